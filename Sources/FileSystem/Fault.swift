#if DEBUG
    import Synchronization
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Darwin)
        import Darwin
    #endif
#endif

/// Where tests kill the process or fail a write, to show that a crash at any point loses nothing.
///
/// Only debug builds have it. The environment steers it: `VARVE_FAULT=after:N` ends the process with SIGKILL at the
/// Nth point, `enospc:N` and `eio:N` fail the Nth write or sync, and `VARVE_FAULT_LOG=file` appends the points' names.
package enum Fault {
    #if DEBUG
        /// Marks the moment before or after a system call that changes a file.
        package static func point(_ name: StaticString) {
            guard let plan = Plan.shared else { return }
            plan.pass(name)
        }

        /// The `errno` value with which the write or sync that comes next shall fail instead of being done.
        package static func error(at name: StaticString) -> Int32? {
            guard let plan = Plan.shared else { return nil }
            return plan.failure()
        }

        private final class Plan: Sendable {
            static let shared = Plan()

            private let killing: Int
            private let failing: Int
            private let code: Int32
            private let log: Int32
            private let points = Atomic<Int>(0)
            private let writes = Atomic<Int>(0)

            private init?() {
                let wish = getenv("VARVE_FAULT").map { String(cString: $0) } ?? ""
                let path = getenv("VARVE_FAULT_LOG").map { String(cString: $0) } ?? ""
                if wish.isEmpty && path.isEmpty { return nil }
                let parts = wish.split(separator: ":")
                let number = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
                let kind = parts.first ?? ""
                killing = kind == "after" ? number : 0
                failing = kind == "enospc" || kind == "eio" ? number : 0
                code = kind == "eio" ? EIO : ENOSPC
                log = path.isEmpty ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            }

            func pass(_ name: StaticString) {
                if log >= 0 {
                    let line = "\(name)\n"
                    _ = line.withCString { write(log, $0, line.utf8.count) }
                }
                if points.wrappingAdd(1, ordering: .relaxed).newValue == killing { kill(getpid(), SIGKILL) }
            }

            func failure() -> Int32? {
                writes.wrappingAdd(1, ordering: .relaxed).newValue == failing ? code : nil
            }
        }
    #else
        @inlinable package static func point(_ name: StaticString) {}
        @inlinable package static func error(at name: StaticString) -> Int32? { nil }
    #endif
}
