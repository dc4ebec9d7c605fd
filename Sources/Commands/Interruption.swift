import Basics
import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ctrl-C: the first asks the running command to stop, a second one, or two seconds without an end, stops the process.
enum Interruption {
    fileprivate static let happened = Atomic<Bool>(false)
    fileprivate static let pipeEnd = Atomic<Int32>(-1)

    static var hasHappened: Bool { happened.load(ordering: .relaxed) }

    /// Calls `stop` on a thread of its own at the first Ctrl-C.
    static func watch(stop: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipeEnd.store(ends[1], ordering: .relaxed)
        let reading = ends[0]
        let watcher = Watcher(reading: reading, stop: stop)
        guard watcher.start() else { return }
        signal(SIGINT, noteInterruption)
    }

    /// Takes a request to end the process as Ctrl-C, for commands that have programs to end first.
    static func watchTermination() {
        guard pipeEnd.load(ordering: .relaxed) >= 0 else { return }
        signal(SIGTERM, noteInterruption)
        // Who started the program with `nohup` wants it to outlive the terminal.
        if let before = signal(SIGHUP, noteInterruption), unsafeBitCast(before, to: Int.self) == 1 {
            signal(SIGHUP, SIG_IGN)
        }
    }

    private final class Watcher: Sendable {
        private let reading: Int32
        private let stop: @Sendable () -> Void

        init(reading: Int32, stop: @escaping @Sendable () -> Void) {
            self.reading = reading
            self.stop = stop
        }

        func start() -> Bool { startDetachedThread { self.wait() } }

        private func wait() {
            guard readByte() else { return }
            stop()
            var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            // Programs that were started get the time that they have to end in.
            _ = poll(&ready, 1, LivingGroups.isEmpty ? 2000 : 20_000)
            LivingGroups.kill()
            let message = "\nERROR: interrupted by the user\n"
            _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            _exit(ExitStatus.interrupted)
        }

        private func readByte() -> Bool {
            var byte: UInt8 = 0
            while true {
                let count = read(reading, &byte, 1)
                if count == 1 { return true }
                if count < 0, errno == EINTR { continue }
                return false
            }
        }
    }
}

/// Does only what a signal handler may: it sets a flag and writes to the pipe that the watcher reads.
private func noteInterruption(_ signal: Int32) {
    Interruption.happened.store(true, ordering: .relaxed)
    var byte: UInt8 = 1
    _ = write(Interruption.pipeEnd.load(ordering: .relaxed), &byte, 1)
}
