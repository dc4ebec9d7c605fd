import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a trial prints: all of it in a file, the last lines in memory.
package final class OutputTail: Sendable {
    private struct State {
        var descriptor: Int32
        var lines: [String] = []
        var part: [UInt8] = []
        var lastError: String?
        var errorPart: [UInt8] = []
    }
    private let state: Mutex<State>

    package init(_ path: String) {
        state = Mutex(State(descriptor: open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)))
    }

    package var lines: [String] { state.withLock(\.lines) }
    var lastError: String? { state.withLock(\.lastError) }

    package func take(_ bytes: [UInt8], isOutput: Bool) {
        state.withLock { state in
            if state.descriptor >= 0 {
                // A full disk loses the log, not the trial.
                _ = bytes.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
            }
            var part = (isOutput ? state.part : state.errorPart) + bytes
            while let end = part.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: part[..<end], as: UTF8.self)
                if isOutput {
                    state.lines.append(line)
                    if state.lines.count > 200 { state.lines.removeFirst() }
                } else if line.contains(where: { !$0.isWhitespace }) {
                    state.lastError = String(line.prefix(300))
                }
                part.removeSubrange(...end)
            }
            if part.count > 1 << 20 { part = [] }
            if isOutput { state.part = part } else { state.errorPart = part }
        }
    }

    package func close() {
        state.withLock { state in
            if !state.part.isEmpty { state.lines.append(String(decoding: state.part, as: UTF8.self)) }
            state.part = []
            if state.descriptor >= 0 { _ = closeDescriptor(state.descriptor) }
            state.descriptor = -1
        }
    }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
