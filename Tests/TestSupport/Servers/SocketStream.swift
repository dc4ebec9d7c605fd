#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One end of a connection, read by lines and counts; used by one thread.
struct SocketStream {
    let socket: Int32
    private var pending: [UInt8] = []

    init(_ socket: Int32) { self.socket = socket }

    /// The lines up to an empty one, as bytes with the empty one; `nil` at the end of the connection.
    mutating func readHead() -> [UInt8]? {
        let mark = Array("\r\n\r\n".utf8)
        var searched = 0
        while true {
            if let end = pending[max(0, searched - 3)...].firstRange(of: mark)?.upperBound { return take(end) }
            searched = pending.count
            guard fill() else { return nil }
        }
    }

    /// A line with its end.
    mutating func readLine() -> [UInt8]? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) { return take(end + 1) }
            guard fill() else { return nil }
        }
    }

    /// Between one and so many bytes; `nil` at the end of the connection.
    mutating func read(upTo count: Int) -> [UInt8]? {
        if pending.isEmpty, !fill() { return nil }
        return take(min(count, pending.count))
    }

    /// Exactly so many bytes; `nil` where the connection ends before.
    mutating func read(_ count: Int) -> [UInt8]? {
        while pending.count < count { guard fill() else { return nil } }
        return take(count)
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        let piece = Array(pending[..<count])
        pending.removeFirst(count)
        return piece
    }

    private mutating func fill() -> Bool {
        let count = withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
            let count = recv(socket, buffer.baseAddress, buffer.count, 0)
            if count > 0 { pending.append(contentsOf: buffer[..<count]) }
            return count
        }
        return count > 0
    }

    func put(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            #if canImport(Glibc)
                let flags = Int32(truncatingIfNeeded: MSG_NOSIGNAL)
            #else
                let flags: Int32 = 0
            #endif
            let count = bytes.withUnsafeBytes { raw in
                // Cannot be nil, because there is at least one byte to send.
                #if canImport(Glibc)
                    Glibc.send(socket, raw.baseAddress! + sent, raw.count - sent, flags)
                #else
                    Darwin.send(socket, raw.baseAddress! + sent, raw.count - sent, flags)
                #endif
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends the connection by a reset, as a crashed machine or a firewall does.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close(socket)
    }
}
