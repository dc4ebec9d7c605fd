import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An HTTP server of a few lines that answers what a test tells it to, and remembers what it was asked.
///
/// Speaks HTTP/1.1 with keep-alive on a port of this machine, a thread for each connection.
package final class ScriptedServer: Sendable {
    /// A request as it came.
    package struct Request: Sendable {
        package let method: String
        /// Path and query, still percent-encoded.
        package let target: String
        /// Names in lower case.
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]
        /// How many came before it.
        package let number: Int

        package var path: String { String(target.prefix { $0 != "?" }) }
        package var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
        package subscript(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    }

    /// What to say to a request.
    package struct Answer: Sendable {
        package var status: Int
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]
        /// How many bytes of the body really go out before the connection is closed; all by default.
        package var sentBytes: Int?
        /// Whether the connection is closed instead of an answer.
        package var isDropped = false
        /// Seconds to wait before the answer.
        package var delay = 0.0

        package init(
            _ status: Int, headers: [(name: String, value: String)] = [], body: String = "", sentBytes: Int? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = Array(body.utf8)
            self.sentBytes = sentBytes
        }

        /// No answer: the connection is closed.
        package static let dropped: Answer = {
            var answer = Answer(500)
            answer.isDropped = true
            return answer
        }()
    }

    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let answer: @Sendable (Request) -> Answer
    private let seen = Mutex<[Request]>([])

    /// - Parameter answer: called on the connection's own thread.
    package init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        self.answer = answer
        (listener, port) = try Loopback.listen(backlog: 64)
        let server = Unowned(self)
        Self.spawn { [listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                Self.spawn { Connection(client).serve(server) }
            }
        }
    }

    /// Answers the requests with these, one after the other; the last one again and again.
    package convenience init(answers: [Answer]) throws {
        try self.init { request in answers[min(request.number, answers.count - 1)] }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// All requests so far, in the order of arrival.
    package var requests: [Request] { seen.withLock { $0 } }

    private func respond(
        to method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8]
    ) -> Answer {
        let request = seen.withLock { seen in
            let request = Request(method: method, target: target, headers: headers, body: body, number: seen.count)
            seen.append(request)
            return request
        }
        return answer(request)
    }

    private static func spawn(_ body: @escaping @Sendable () -> Void) {
        let job = Unmanaged.passRetained(Job(body))
        #if canImport(Darwin)
            var thread: pthread_t?
            pthread_create(
                &thread, nil,
                { raw in
                    Unmanaged<Job>.fromOpaque(raw).takeRetainedValue().body()
                    return nil
                }, job.toOpaque())
            if let thread { pthread_detach(thread) }
        #else
            var thread: pthread_t = 0
            pthread_create(
                &thread, nil,
                { raw in
                    // Cannot be null, because it is the job passed below.
                    Unmanaged<Job>.fromOpaque(raw!).takeRetainedValue().body()
                    return nil
                }, job.toOpaque())
            pthread_detach(thread)
        #endif
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Does not keep the server alive, so that it ends with the test.
    private final class Unowned: Sendable {
        private let server: Mutex<WeakServer>
        init(_ server: ScriptedServer) { self.server = Mutex(WeakServer(server: server)) }
        var value: ScriptedServer? { server.withLock { $0.server } }
    }

    private struct WeakServer { weak var server: ScriptedServer? }

    /// One client's connection; used by one thread.
    private struct Connection {
        private var stream: SocketStream

        init(_ socket: Int32) { stream = SocketStream(socket) }

        func serve(_ server: Unowned) {
            var connection = self
            while connection.serveOne(server) {}
            close(stream.socket)
        }

        private mutating func serveOne(_ server: Unowned) -> Bool {
            guard let head = stream.readHead() else { return false }
            let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
            let words = (lines.first ?? "").split(separator: " ").map(String.init)
            guard words.count >= 2 else { return false }
            let headers = lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return (
                    name: line[..<colon].lowercased(),
                    value: String(line[colon...].dropFirst().drop { $0 == " " })
                )
            }
            func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
            if header("expect")?.lowercased() == "100-continue",
                !stream.put("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            {
                return false
            }
            guard let body = readBody(length: header("content-length"), coding: header("transfer-encoding")) else {
                return false
            }
            guard let answer = server.value?.respond(to: words[0], words[1], headers, body) else { return false }
            if answer.delay > 0 { usleep(UInt32(answer.delay * 1e6)) }
            if answer.isDropped { return false }
            return send(answer, hasBody: words[0] != "HEAD") && header("connection")?.lowercased() != "close"
        }

        private mutating func readBody(length: String?, coding: String?) -> [UInt8]? {
            if coding?.lowercased() == "chunked" {
                var body: [UInt8] = []
                while let line = stream.readLine() {
                    guard let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16),
                        let chunk = stream.read(size + 2)
                    else { return nil }
                    body += chunk.dropLast(2)
                    if size == 0 { return body }
                }
                return nil
            }
            return stream.read(length.flatMap { Int($0) } ?? 0)
        }

        private func send(_ answer: Answer, hasBody: Bool) -> Bool {
            var head = "HTTP/1.1 \(answer.status) Scripted\r\n"
            for header in answer.headers { head += "\(header.name): \(header.value)\r\n" }
            let names = answer.headers.map { $0.name.lowercased() }
            if !names.contains("content-length"), !names.contains("transfer-encoding"), answer.status != 204 {
                head += "Content-Length: \(answer.body.count)\r\n"
            }
            guard stream.put((head + "\r\n").utf8) else { return false }
            guard hasBody else { return true }
            if let count = answer.sentBytes {
                _ = stream.put(answer.body.prefix(count))
                return false
            }
            return stream.put(answer.body)
        }
    }
}
