import Synchronization

/// What a program wrote.
final class OutputBox: Sendable {
    private let collected = Mutex<[UInt8]>([])

    func append(_ bytes: [UInt8]) { collected.withLock { if $0.count < 1 << 20 { $0 += bytes } } }
    var bytes: [UInt8] { collected.withLock { $0 } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
