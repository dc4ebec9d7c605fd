/// Lines of a folder's listing as SFTP servers write them, like those of `ls -l`:
/// `-rw-r--r--    1 user     group          12 Nov 23 09:09 name`.
enum SSHListing {
    private static let months: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Files and folders; what is neither, and lines of another form, are left out.
    static func parse(_ bytes: [UInt8]) -> [FolderWalk.Item] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap(item)
    }

    private static func item(_ line: ArraySlice<UInt8>) -> FolderWalk.Item? {
        guard let (size, name) = sizeAndName(line), let text = String(validating: name, as: UTF8.self),
            text != ".", text != "..", !text.isEmpty
        else { return nil }
        switch line.first {
        case UInt8(ascii: "-"): return FolderWalk.Item(text, .file, Metadata(size: size))
        case UInt8(ascii: "d"): return FolderWalk.Item(text, .folder)
        // Links are passed over, as in a folder: what they lead to is not part of the store.
        default: return nil
        }
    }

    /// Finds the size by the date behind it, since names of groups may hold blanks.
    private static func sizeAndName(_ line: ArraySlice<UInt8>) -> (size: Int64, name: ArraySlice<UInt8>)? {
        let words = line.split(separator: UInt8(ascii: " "))
        guard words.count >= 8 else { return nil }
        for index in 3..<(words.count - 4) where isDate(words[(index + 1)...(index + 3)]) {
            guard let size = Int64(String(decoding: words[index], as: UTF8.self)), size >= 0 else { continue }
            // One blank, then the name with all of its own.
            let start = words[index + 3].endIndex + 1
            return (size, line[start...])
        }
        return nil
    }

    /// `Nov 23 09:09` or `Nov 23 2025`.
    private static func isDate(_ words: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        let texts = words.map { String(decoding: $0, as: UTF8.self) }
        guard texts.count == 3, months.contains(texts[0].lowercased()), let day = Int(texts[1]),
            (1...31).contains(day)
        else { return false }
        return texts[2].utf8.count >= 4
            && texts[2].utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ":") }
    }
}
