#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension LockHolder {
    /// Reads who holds a lock from its file: ` <pid>` as DVC writes it, or `<path>|<host>|<pid>|<number>` where the
    /// lock is a hard link. Nil for other content, such as the path that DVC writes to its hard-link locks.
    init?(reading path: String) {
        guard let bytes = try? Files.read(path, limit: 1 << 14) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let fields = text.split(separator: "|", omittingEmptySubsequences: false)
        if fields.count >= 4, let pid = Int32(fields[fields.count - 2]), pid > 0 {
            let host = String(fields[fields.count - 3])
            let isHere = host.hasSameBytes(as: LockHolder.thisHost)
            self.init(pid: pid, host: isHere ? nil : host, command: isHere ? LockHolder.command(of: pid) : nil)
        } else {
            let word = text.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\r\n" }).first
            guard let word, let pid = Int32(word), pid > 0 else { return nil }
            self.init(pid: pid, host: nil, command: LockHolder.command(of: pid))
        }
    }

    /// Whether the process ran on this computer and is no longer there.
    var hasEnded: Bool {
        host == nil && kill(pid, 0) != 0 && errno == ESRCH
    }

    static let thisHost: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    private static func command(of pid: Int32) -> String? {
        guard let bytes = try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16) else { return nil }
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let line = words.joined(separator: " ")
        if line.isEmpty { return nil }
        return line.utf8.count > 120 ? String(line.prefix(120)) + "…" : line
    }
}
