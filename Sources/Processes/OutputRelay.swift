#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Passes on what comes through the pipes of a program.
struct OutputRelay {
    private let take: (@Sendable (ProgramRequest.OutputStream, [UInt8]) -> Void)?
    private var sources: [(descriptor: Int32, stream: ProgramRequest.OutputStream)] = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(_ streams: ProgramRequest.Streams, output: Int32, errors: Int32) {
        guard case .relayed(let take) = streams else {
            self.take = nil
            return
        }
        self.take = take
        sources = [(output, .output), (errors, .errors)]
        for source in sources { _ = fcntl(source.descriptor, F_SETFL, O_NONBLOCK) }
    }

    /// Waits for output, the bell or the deadline, and passes on what there is.
    mutating func pass(waitingFor bell: Bell, until deadline: ContinuousClock.Instant?) {
        var polled = [pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)]
        polled += sources.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        let count = poll(&polled, nfds_t(polled.count), Self.milliseconds(until: deadline))
        guard count > 0 else { return }
        if polled[0].revents != 0 { bell.hush() }
        let ready = Set(polled.dropFirst().filter { $0.revents != 0 }.map(\.fd))
        sources = sources.filter { source in !ready.contains(source.descriptor) || read(source) }
    }

    /// Passes on what is left in the pipes. Others may hold them open still, so their end is not waited for.
    mutating func drain() {
        for source in sources { _ = read(source) }
    }

    /// - Returns: whether more may come.
    private mutating func read(_ source: (descriptor: Int32, stream: ProgramRequest.OutputStream)) -> Bool {
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                #if canImport(Glibc)
                    Glibc.read(source.descriptor, bytes.baseAddress, bytes.count)
                #else
                    Darwin.read(source.descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count > 0 {
                take?(source.stream, Array(buffer[..<count]))
            } else if count == 0 {
                return false
            } else if errno != EINTR {
                return errno == EAGAIN
            }
        }
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = ContinuousClock.now.duration(to: deadline)
        if left <= .zero { return 0 }
        let (seconds, attoseconds) = left.components
        return seconds > 1_000_000
            ? 1_000_000_000 : Int32(seconds) * 1000 + Int32(attoseconds / 1_000_000_000_000_000) + 1
    }
}
