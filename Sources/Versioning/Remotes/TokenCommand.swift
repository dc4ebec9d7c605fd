import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A shell command of the user's that prints a token for a WebDAV server (DVC's `bearer_token_command`).
struct TokenCommand: Sendable {
    private let command: String

    init(_ command: String) { self.command = command }

    /// Longer than any token; what comes after it is not read.
    private static let limit = 64 << 10

    /// What the command prints, without the blanks around it.
    func run() async throws(StorageError) -> String {
        try await onOwnThread { _ throws(StorageError) in
            guard let output = popen(command, "r") else {
                throw StorageError(errno: errno, "cannot run the command for the token")
            }
            var bytes = [UInt8](repeating: 0, count: Self.limit)
            let count = fread(&bytes, 1, bytes.count, output)
            let status = pclose(output)
            guard status == 0 else {
                throw StorageError(
                    .permission, "the command for the token failed (status \(status >> 8 & 0xFF))",
                    remedy: "run it by hand; it is the remote's `bearer_token_command`")
            }
            var text = bytes[..<count]
            while let last = text.last, last <= 0x20 { text = text.dropLast() }
            return String(decoding: text.drop { $0 <= 0x20 }, as: UTF8.self)
        }
    }
}
