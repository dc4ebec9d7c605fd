package import Basics
import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this machine has to give to stages that run side by side, and what of it is given.
package struct ResourcePool: Sendable {
    package let processors: Int
    /// Bytes.
    package let memory: Int64
    /// Names of the devices, as `CUDA_VISIBLE_DEVICES` lists them.
    package let gpus: [String]
    private var usedProcessors = 0
    private var usedMemory: Int64 = 0
    private var freeGPUs: [String]
    private var heldMutexes: Set<String> = []
    private var holds: [String: ResourceSlots.Hold] = [:]
    private let slots: ResourceSlots?

    /// - Parameter slots: what other processes have, too; without it only this one's stages count.
    package init(processors: Int, memory: Int64, gpus: [String], slots: ResourceSlots? = nil) {
        self.slots = slots
        self.processors = processors
        self.memory = memory
        self.gpus = gpus
        freeGPUs = gpus
    }

    /// What the machine has; devices are those that the caller may see, where that is said.
    package init(of environment: HostEnvironment, slots: ResourceSlots? = nil) {
        let memory = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        var gpus: [String] = []
        if let visible = environment.variables["CUDA_VISIBLE_DEVICES"] ?? environment.variables["HIP_VISIBLE_DEVICES"] {
            gpus = visible.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty && $0 != "-1" }
        } else if let devices = try? Files.names(in: "/proc/driver/nvidia/gpus") {
            gpus = devices.indices.map(String.init)
        }
        self.init(processors: environment.processors, memory: memory, gpus: gpus, slots: slots)
    }

    /// What a stage got.
    package struct Share: Sendable, Equatable {
        let processors: Int
        let memory: Int64
        package let gpus: [String]
        let mutexes: [String]
    }

    /// Takes what a stage wants. More than there is counts as all there is.
    ///
    /// - Returns: `nil` while other stages of this process have it.
    /// - Throws: while those of another process have it.
    package mutating func take(_ wish: ResourceWish) throws(ResourceBusy) -> Share? {
        let processors = min(wish.processors, self.processors)
        let memory = min(wish.memory, self.memory)
        let count = min(wish.gpus, gpus.count)
        guard usedProcessors + processors <= self.processors, usedMemory + memory <= self.memory,
            count <= freeGPUs.count, heldMutexes.isDisjoint(with: wish.mutexes)
        else { return nil }
        let (devices, taken) = try lockSlots(wish.mutexes, devices: count)
        holds.merge(taken) { _, new in new }
        usedProcessors += processors
        usedMemory += memory
        freeGPUs.removeAll(where: devices.contains)
        heldMutexes.formUnion(wish.mutexes)
        return Share(processors: processors, memory: memory, gpus: devices, mutexes: wish.mutexes)
    }

    /// Locks the mutexes and so many devices, or none of them.
    private func lockSlots(
        _ mutexes: [String], devices count: Int
    ) throws(ResourceBusy) -> (devices: [String], holds: [String: ResourceSlots.Hold]) {
        guard let slots else { return (Array(freeGPUs.prefix(count)), [:]) }
        var holds: [String: ResourceSlots.Hold] = [:]
        for name in mutexes {
            guard let hold = slots.lock(mutex: name) else { throw ResourceBusy(resource: "mutex '\(name)'") }
            holds["mutex " + name] = hold
        }
        var devices: [String] = []
        for name in freeGPUs where devices.count < count {
            guard let hold = slots.lock(device: name) else { continue }
            holds["gpu " + name] = hold
            devices.append(name)
        }
        guard devices.count == count else { throw ResourceBusy(resource: "a GPU") }
        return (devices, holds)
    }

    package mutating func giveBack(_ share: Share) {
        for name in share.mutexes { holds["mutex " + name] = nil }
        for name in share.gpus { holds["gpu " + name] = nil }
        usedProcessors -= share.processors
        usedMemory -= share.memory
        freeGPUs = gpus.filter { freeGPUs.contains($0) || share.gpus.contains($0) }
        heldMutexes.subtract(share.mutexes)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
