import Basics
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Stands between a client and an HTTP server of this machine and makes trouble as it is told.
///
/// Requests go through as they are, so signatures hold. Bodies must carry their length, as varve's do; answers may also
/// be chunked. Counts the bytes of bodies that went each way.
package final class FaultProxy: Sendable {
    /// A request, as far as a rule may look at it.
    package struct Request: Sendable {
        package let method: String
        /// Path and query.
        package let target: String
        /// How many came before it, and how many with its method and target.
        package let number: Int
        package let repetition: Int
    }

    package enum Fault: Sendable, Equatable {
        /// An answer without asking the server; the body is read first.
        case status(Int, code: String = "SlowDown", retryAfter: Int? = nil)
        /// The server does it, and the client is told that it failed.
        case lostAnswer(status: Int)
        /// The connection is reset: before the body is read, within it, after the server has it, within the answer.
        case resetBefore, resetWithin, resetAfter, resetAnswer
        /// The head tells the whole length, and only this share of the body comes.
        case truncate(Double)
        /// One byte in the middle of the answer is another.
        case corrupt
        case latency(seconds: Double)
        /// The answer comes at so many bytes a second.
        case throttle(bytesPerSecond: Int)
        /// No answer for so long, then the end of the connection.
        case hang(seconds: Double)
    }

    package let port: Int
    private let upstream: Int
    private let listener: Int32
    private let rule: @Sendable (Request) -> Fault?
    private let state = Mutex(State())

    private struct State {
        var requests = 0
        var repetitions: [String: Int] = [:]
        var sent: Int64 = 0
        var received: Int64 = 0
        var faults = 0
        var log: [String] = []
    }

    /// - Parameters:
    ///   - upstream: the server's port.
    ///   - rule: the trouble that a request meets; called on the connection's own thread.
    package init(to upstream: Int, rule: @escaping @Sendable (Request) -> Fault? = { _ in nil }) throws {
        self.upstream = upstream
        self.rule = rule
        (listener, port) = try Loopback.listen(backlog: 256)
        let listener = listener
        spawn { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                guard let self else {
                    close(client)
                    return
                }
                spawn { [weak self] in
                    var client = SocketStream(client)
                    while self?.serve(&client) == true {}
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    /// Bytes of request bodies that clients sent.
    package var bytesSent: Int64 { state.withLock { $0.sent } }
    /// Bytes of answers' bodies that went to clients.
    package var bytesReceived: Int64 { state.withLock { $0.received } }
    package var requests: Int { state.withLock { $0.requests } }
    package var faults: Int { state.withLock { $0.faults } }
    /// Method and target of every request.
    package var log: [String] { state.withLock { $0.log } }

    /// Serves a request; whether the connection goes on.
    private func serve(_ client: inout SocketStream) -> Bool {
        guard let head = client.readHead() else {
            close(client.socket)
            return false
        }
        let message = MessageHead(head)
        let request = note(message)
        let fault = rule(request)
        if fault != nil { state.withLock { $0.faults += 1 } }
        switch fault {
        case .resetBefore:
            client.reset()
            return false
        case .hang(let seconds):
            usleep(UInt32(seconds * 1e6))
            close(client.socket)
            return false
        case .latency(let seconds): usleep(UInt32(seconds * 1e6))
        default: break
        }
        guard let body = readBody(&client, message.length ?? 0, stopHalfWay: fault == .resetWithin) else {
            client.reset()
            return false
        }
        if case .status(let status, let code, let retryAfter) = fault {
            return refuse(&client, status, code, retryAfter, message.method)
        }
        return forward(&client, head, body, message, fault)
    }

    private func note(_ message: MessageHead) -> Request {
        state.withLock { state in
            let name = "\(message.method) \(message.target)"
            defer {
                state.requests += 1
                state.repetitions[name, default: 0] += 1
                state.log.append(name)
            }
            return Request(
                method: message.method, target: message.target, number: state.requests,
                repetition: state.repetitions[name] ?? 0)
        }
    }

    private func readBody(_ client: inout SocketStream, _ length: Int, stopHalfWay: Bool) -> [UInt8]? {
        var body: [UInt8] = []
        body.reserveCapacity(length)
        while body.count < length {
            if stopHalfWay, body.count >= length / 2 { return nil }
            guard let piece = client.read(upTo: length - body.count) else { return nil }
            state.withLock { $0.sent += Int64(piece.count) }
            body += piece
        }
        return stopHalfWay ? nil : body
    }

    private func refuse(
        _ client: inout SocketStream, _ status: Int, _ code: String, _ retryAfter: Int?, _ method: String
    ) -> Bool {
        let body = method == "HEAD" ? "" : "<Error><Code>\(code)</Code><Message>as the test says</Message></Error>"
        var head = "HTTP/1.1 \(status) Fault\r\nContent-Type: application/xml\r\nContent-Length: \(body.utf8.count)\r\n"
        if let retryAfter { head += "Retry-After: \(retryAfter)\r\n" }
        return client.put((head + "\r\n" + body).utf8)
    }

    private func forward(
        _ client: inout SocketStream, _ head: [UInt8], _ body: [UInt8], _ message: MessageHead, _ fault: Fault?
    ) -> Bool {
        guard let socket = Loopback.connect(port: upstream) else {
            client.reset()
            return false
        }
        var server = SocketStream(socket)
        defer { close(socket) }
        guard server.put(head + body), let answerHead = server.readHead() else {
            client.reset()
            return false
        }
        let answer = MessageHead(answerHead)
        let content = readAnswer(&server, answer, of: message.method)
        switch fault {
        case .lostAnswer(let status): return refuse(&client, status, "InternalError", nil, message.method)
        case .resetAfter:
            client.reset()
            return false
        default: break
        }
        return deliver(&client, answer, content, message.method, fault)
    }

    private func readAnswer(_ server: inout SocketStream, _ answer: MessageHead, of method: String) -> [UInt8] {
        if method == "HEAD" || answer.status == 204 || answer.status == 304 { return [] }
        var content: [UInt8] = []
        if answer.isChunked {
            while let line = server.readLine(),
                let size = Int(String(decoding: line.prefix { $0 != 0x0D && $0 != 0x3B }, as: UTF8.self), radix: 16)
            {
                var left = size
                while left > 0, let piece = server.read(upTo: left) {
                    content += piece
                    left -= piece.count
                }
                _ = server.readLine()
                if size == 0 { break }
            }
            return content
        }
        let length = answer.length ?? .max
        while content.count < length, let piece = server.read(upTo: length - content.count) { content += piece }
        return content
    }

    private func deliver(
        _ client: inout SocketStream, _ answer: MessageHead, _ content: [UInt8], _ method: String, _ fault: Fault?
    ) -> Bool {
        var content = content
        let whole = content.count
        if fault == .corrupt, !content.isEmpty { content[content.count / 2] ^= 0x20 }
        var share = 1.0
        if case .truncate(let part) = fault { share = part }
        if fault == .resetAnswer { share = 0.5 }
        let length = method == "HEAD" ? answer.length ?? 0 : whole
        guard client.put(answer.rewritten(length: length)) else {
            close(client.socket)
            return false
        }
        var rate = Int.max
        if case .throttle(let bytesPerSecond) = fault { rate = max(1, bytesPerSecond) }
        let end = Int(Double(whole) * share)
        var sent = 0
        while sent < end {
            let piece = content[sent..<min(sent + min(65536, max(1, rate / 10)), end)]
            guard client.put(piece) else {
                close(client.socket)
                return false
            }
            sent += piece.count
            state.withLock { $0.received += Int64(piece.count) }
            if rate != .max { usleep(100_000) }
        }
        if fault == .resetAnswer {
            client.reset()
            return false
        }
        if sent < whole {
            close(client.socket)
            return false
        }
        return true
    }
}

/// A thread of its own; where there is none to be had the test cannot go on.
private func spawn(_ body: @escaping @Sendable () -> Void) {
    guard startDetachedThread(body) else { fatalError("no thread, because the system has too many") }
}

/// The first line and the headers of a request or an answer.
private struct MessageHead {
    let lines: [String]

    init(_ bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    private var words: [Substring] { (lines.first ?? "").split(separator: " ") }
    var method: String { words.first.map(String.init) ?? "" }
    var target: String { words.count > 1 ? String(words[1]) : "" }
    var status: Int { words.count > 1 ? Int(words[1]) ?? 0 : 0 }
    var length: Int? { value("content-length").flatMap { Int($0) } }
    var isChunked: Bool { value("transfer-encoding")?.lowercased().hasSuffix("chunked") == true }

    private func value(_ name: String) -> String? {
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
            return String(line[colon...].dropFirst().drop { $0 == " " })
        }
        return nil
    }

    /// The head with a plain length in place of whatever framing it had.
    func rewritten(length: Int) -> [UInt8] {
        let kept = lines.filter { line in
            let name = line.prefix { $0 != ":" }.lowercased()
            return name != "content-length" && name != "transfer-encoding" && name != "connection"
        }
        return Array((kept.joined(separator: "\r\n") + "\r\nContent-Length: \(length)\r\n\r\n").utf8)
    }
}
