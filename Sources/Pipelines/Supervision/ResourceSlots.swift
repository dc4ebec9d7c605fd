import Basics
import FileSystem
package import Versioning

/// Locks between processes for what only one stage may have at a time: devices of the machine, and mutexes of a
/// repository. The system gives them back when a process ends in whatever way.
package struct ResourceSlots: Sendable {
    /// `nil` where the user has no home to keep locks in; devices are then shared out within one process only.
    private let devices: String?
    private let mutexes: String

    package init(of repository: Repository) {
        devices = repository.environment.stateFolder.map { Paths.join($0, "devices") }
        mutexes = Paths.join(repository.scratch, "mutexes")
    }

    /// - Parameters:
    ///   - devices: a folder that all processes of the user share.
    ///   - mutexes: a folder that all processes in one repository share.
    package init(devices: String, mutexes: String) {
        self.devices = devices
        self.mutexes = mutexes
    }

    /// - Returns: `nil` while another process has the device.
    func lock(device: String) -> Hold? {
        guard let devices else { return Hold(lock: nil) }
        return hold(device, in: devices)
    }

    /// - Returns: `nil` while another process has the mutex.
    func lock(mutex: String) -> Hold? { hold(mutex, in: mutexes) }

    /// What is held until the last reference goes.
    struct Hold: Sendable {
        let lock: FileLock?
    }

    private func hold(_ name: String, in folder: String) -> Hold? {
        let path = Paths.join(folder, Self.fileName(of: name))
        do {
            try Files.makeDirectory(folder)
            return Hold(lock: try FileLock.acquire(path, wait: .seconds(0)))
        } catch let error as LockError where error.cause == .held {
            return nil
        } catch {
            // A folder that cannot be written keeps nobody from running stages.
            return Hold(lock: nil)
        }
    }

    /// A name out of a project file must not lead to another folder.
    private static func fileName(of name: String) -> String {
        var result = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "_" + String(byte, radix: 16)
            }
        }
        return String(result.prefix(200))
    }
}

/// Something that only one stage may have is with another process.
package struct ResourceBusy: UserFacingError {
    /// Such as `mutex 'disk'`.
    let resource: String

    package var summary: String { "\(resource) is held by a stage of another command" }
}
