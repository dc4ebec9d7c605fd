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

    package init(processors: Int, memory: Int64, gpus: [String]) {
        self.processors = processors
        self.memory = memory
        self.gpus = gpus
        freeGPUs = gpus
    }

    /// What the machine has; devices are those that the caller may see, where that is said.
    package init(of environment: HostEnvironment) {
        let memory = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        var gpus: [String] = []
        if let visible = environment.variables["CUDA_VISIBLE_DEVICES"] ?? environment.variables["HIP_VISIBLE_DEVICES"] {
            gpus = visible.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty && $0 != "-1" }
        } else if let devices = try? Files.names(in: "/proc/driver/nvidia/gpus") {
            gpus = devices.indices.map(String.init)
        }
        self.init(processors: environment.processors, memory: memory, gpus: gpus)
    }

    /// What a stage got.
    package struct Share: Sendable, Equatable {
        let processors: Int
        let memory: Int64
        package let gpus: [String]
        let mutexes: [String]
    }

    /// Takes what a stage wants; `nil` while others have it. More than there is counts as all there is.
    package mutating func take(_ wish: ResourceWish) -> Share? {
        let processors = min(wish.processors, self.processors)
        let memory = min(wish.memory, self.memory)
        let count = min(wish.gpus, gpus.count)
        guard usedProcessors + processors <= self.processors, usedMemory + memory <= self.memory,
            count <= freeGPUs.count, heldMutexes.isDisjoint(with: wish.mutexes)
        else { return nil }
        usedProcessors += processors
        usedMemory += memory
        let devices = Array(freeGPUs.prefix(count))
        freeGPUs.removeFirst(count)
        heldMutexes.formUnion(wish.mutexes)
        return Share(processors: processors, memory: memory, gpus: devices, mutexes: wish.mutexes)
    }

    package mutating func giveBack(_ share: Share) {
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
