import FileSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server that a test started; it ends with the test process, even if that crashes.
///
/// The server is watched by a shell that waits at a pipe: when this process is gone the pipe closes and the shell kills
/// the server.
package final class ServerProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let id: Int32
    /// Where the server may keep its state; removed when the test lets go of it.
    package let folder: TemporaryFolder
    private let command: String
    private let leash: Int32

    /// Starts a program with nothing of the test's own environment.
    ///
    /// - Parameter arguments: the program first, as a path.
    package init(_ arguments: [String], folder: TemporaryFolder, environment: [String: String] = [:]) throws {
        self.folder = folder
        command = arguments.joined(separator: " ")
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        leash = ends[1]
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The shell becomes the server, so that both have one process ID.
        let script = """
            exec 3<&0
            { read -r _ <&3 || kill -9 $$; } &
            cd "$1" && shift && exec "$@" </dev/null 3<&-
            """
        let words = ["sh", "-c", script, "sh", folder.path] + arguments
        let variables = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"] + environment.map { "\($0.key)=\($0.value)" }
        let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for string in argv + envp { free(string) } }
        var process = pid_t()
        let status = posix_spawn(&process, "/bin/sh", &actions, nil, argv, envp)
        close(ends[0])
        guard status == 0 else {
            close(ends[1])
            throw Failure(description: "\(command): \(String(cString: strerror(status)))")
        }
        id = process
    }

    deinit { stop() }

    /// What the server wrote to its standard output and error.
    package var log: String {
        String(decoding: (try? Files.read(folder.path("log"))) ?? [], as: UTF8.self)
    }

    /// Waits until the check says that the server answers; fails when it has died or the time is up.
    package func waitUntilReady(seconds: Double = 60, _ isReady: () -> Bool) throws {
        for _ in 0..<Int(seconds * 50) {
            if isReady() { return }
            var state: Int32 = 0
            if waitpid(id, &state, WNOHANG) == id {
                throw Failure(description: "the server ended by itself: \(command)\n\(log)")
            }
            usleep(20_000)
        }
        throw Failure(description: "the server does not answer within \(seconds) s: \(command)\n\(log)")
    }

    /// Kills the server and waits for its end.
    package func stop() {
        kill(id, SIGKILL)
        var state: Int32 = 0
        // The watching shell is told that nothing is left to kill.
        var newline: UInt8 = 0x0A
        _ = write(leash, &newline, 1)
        close(leash)
        waitpid(id, &state, 0)
    }
}

/// Ports and addresses of this machine.
package enum Loopback {
    /// Where the next search for a port begins; another process of tests begins elsewhere.
    private static let nextPort = Atomic<Int>(Int(getpid()) &* 61)

    /// Ports that nobody listened on a moment ago, all different and never given twice.
    ///
    /// They lie below the range that systems give to outgoing connections, which could take them in between.
    package static func freePorts(_ count: Int) throws -> [Int] {
        let range = 12_000..<32_000
        var ports: [Int] = []
        for _ in range where ports.count < count {
            let port = range.lowerBound + nextPort.wrappingAdd(1, ordering: .relaxed).newValue % range.count
            guard let (socket, _) = try? listen(backlog: 1, port: port) else { continue }
            close(socket)
            ports.append(port)
        }
        guard ports.count == count else { throw ServerProcess.Failure(description: "no free ports") }
        return ports
    }

    /// A socket that listens on the port, or on any free one.
    static func listen(backlog: Int32, port: Int = 0) throws -> (socket: Int32, port: Int) {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        guard listener >= 0 else { throw ServerProcess.Failure(description: "no socket") }
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        var address = Self.address(port: port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutableBytes(of: &address) { bytes in
            // Cannot be nil, because a sockaddr_in is not empty.
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(listener, pointer, length) == 0 && getsockname(listener, pointer, &length) == 0
        }
        #if canImport(Glibc)
            let listening = Glibc.listen(listener, backlog)
        #else
            let listening = Darwin.listen(listener, backlog)
        #endif
        guard bound, listening == 0 else {
            close(listener)
            throw ServerProcess.Failure(description: "no free port: \(String(cString: strerror(errno)))")
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Whether a connection to the port comes about.
    package static func accepts(port: Int) -> Bool {
        guard let socket = connect(port: port) else { return false }
        close(socket)
        return true
    }

    /// Whether the port answers a plain HTTP request with any status.
    package static func speaksHTTP(port: Int) -> Bool {
        guard let socket = connect(port: port) else { return false }
        defer { close(socket) }
        let request = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        guard send(socket, request, request.count, 0) == request.count else { return false }
        var answer = [UInt8](repeating: 0, count: 5)
        return recv(socket, &answer, 5, 0) == 5 && answer == Array("HTTP/".utf8)
    }

    package static func connect(port: Int) -> Int32? {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let client = socket(AF_INET, stream, 0)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.address(port: port)
        let connected = withUnsafeBytes(of: &address) { bytes in
            // Cannot be nil, because a sockaddr_in is not empty.
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            #if canImport(Glibc)
                return Glibc.connect(client, pointer, socklen_t(bytes.count))
            #else
                return Darwin.connect(client, pointer, socklen_t(bytes.count))
            #endif
        }
        guard connected == 0 else {
            close(client)
            return nil
        }
        return client
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
