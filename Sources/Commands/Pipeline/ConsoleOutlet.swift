import Pipelines
import Processes
import Synchronization

/// Shows what stages print: as it is where one runs at a time, else line by line with the stage's name in front.
final class ConsoleOutlet: StageOutlet {
    private let console: Console
    /// The beginning of a line whose end has not come yet, by stage and stream.
    private let begun = Mutex<[Key: [UInt8]]>([:])

    private struct Key: Hashable {
        let stage: String
        let isError: Bool
    }

    init(_ console: Console) { self.console = console }

    func flush() { console.flush() }

    func say(_ line: String, of stage: String) { console.print("[\(stage)] \(line)") }

    func relay(_ piece: [UInt8], _ stream: ProgramRequest.OutputStream, of stage: String) {
        let key = Key(stage: stage, isError: stream == .errors)
        let lines = begun.withLock { begun -> [[UInt8]] in
            var text = begun[key] ?? []
            text += piece
            // A line that never ends is shown in pieces.
            guard let end = text.lastIndex(of: UInt8(ascii: "\n")) ?? (text.count > 1 << 16 ? text.count - 1 : nil)
            else {
                begun[key] = text
                return []
            }
            begun[key] = Array(text[(end + 1)...])
            var lines = text[...end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            if lines.last?.isEmpty == true { lines.removeLast() }
            return lines.map(Array.init)
        }
        for line in lines { show(line, key) }
    }

    func ended(_ stage: String) {
        for isError in [false, true] {
            let key = Key(stage: stage, isError: isError)
            if let rest = begun.withLock({ $0.removeValue(forKey: key) }), !rest.isEmpty { show(rest, key) }
        }
    }

    private func show(_ line: [UInt8], _ key: Key) {
        // Of a progress bar that draws over itself, what it drew last.
        let drawn = line.split(separator: UInt8(ascii: "\r")).last ?? []
        console.passOn("[\(key.stage)] \(String(decoding: drawn, as: UTF8.self))", asError: key.isError)
    }
}
