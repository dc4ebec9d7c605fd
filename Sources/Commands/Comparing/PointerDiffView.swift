import Objects
import ProjectFiles
import Rendering
import Versioning

/// What `git diff` shows of a pointer file: the data behind it, and what else the file says otherwise.
struct PointerDiffView {
    private static let limit = 20
    let path: String
    let old: [UInt8]
    let new: [UInt8]
    let changes: [PointerChange]

    var text: String {
        var lines = ["diff --varve \(path)"]
        for change in changes {
            lines.append("\(change.path.onOneLine): \(Self.state(change.old)) -> \(Self.state(change.new))")
            if let files = change.files {
                let all =
                    files.added.map { "+ \($0)" } + files.deleted.map { "- \($0)" } + files.modified.map { "~ \($0)" }
                lines += all.prefix(Self.limit).map { "  " + $0.onOneLine }
                if all.count > Self.limit { lines.append("  and \(all.count - Self.limit) more") }
            } else if change.old?.object?.isDirectory == true || change.new?.object?.isDirectory == true {
                lines.append("  (which files, the cache does not know: run `varve fetch`)")
            }
            if let rows = change.rows {
                let view = RowDiffView(rows, path: change.path.onOneLine)
                lines += view.text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
            }
        }
        lines += otherLines
        return lines.joined(separator: "\n")
    }

    private static func state(_ checksum: OutputChecksum?) -> String {
        guard let checksum else { return "nothing" }
        var parts: [String] = []
        if let count = checksum.nfiles { parts.append(counted(count, "file")) }
        if let size = checksum.size {
            parts.append(size < 1024 ? counted(size, "byte") : "\(ByteCount(Int64(size)))B")
        }
        if let id = checksum.object { parts.append(String(id.text.prefix(8))) }
        return parts.isEmpty ? "no data" : parts.joined(separator: ", ")
    }

    /// Lines of the file itself that say more than which data it is.
    private var otherLines: [String] {
        func lines(_ bytes: [UInt8]) -> [String] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        func isOfData(_ line: String) -> Bool {
            let word = line.drop { $0 == " " || $0 == "-" }
            return ["md5:", "size:", "nfiles:", "hash:"].contains { word.hasPrefix($0) } || word == "outs:"
        }
        let (before, after) = (lines(old), lines(new))
        let gone = before.filter { !after.contains($0) && !isOfData($0) }
        let come = after.filter { !before.contains($0) && !isOfData($0) }
        return gone.map { "-" + $0 } + come.map { "+" + $0 }
    }
}
