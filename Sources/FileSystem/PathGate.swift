import Basics

/// A path from a repository or a remote that could lead out of its folder or into what Git and DVC keep for themselves.
package struct UnsafePath: UserFacingError, Equatable {
    /// As it was given; the summary shows it escaped.
    package let path: String
    /// What is wrong, as words that fit behind "the path '…'".
    package let reason: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    package var summary: String {
        let shown = path.printable
        return "unsafe path '\(shown.utf8.count > 300 ? String(shown.prefix(300)) + "…" : shown)': \(reason)"
    }

    package var remedy: String? {
        "nothing was written there; whoever made the listing or file that names it must correct it"
    }
}

/// The one place that says which relative paths from outside may become files.
///
/// It refuses what leaves the folder, what a system could read as leaving it, and what aliases the folders of Git and
/// DVC on any file system that a clone may be taken to. It lets through whatever else Linux allows in a name, since
/// data sets have such names and DVC accepts them: new lines and other control characters (messages escape them),
/// colons, names reserved on Windows, final dots and spaces, and percent escapes, which nothing here decodes.
package enum PathGate {
    package static let longestPath = 4096
    package static let longestName = 255
    package static let deepest = 1000

    /// Throws when nothing may be created at this path.
    package static func check(_ relpath: String) throws(UnsafePath) {
        if let reason = objection(to: Array(relpath.utf8)) { throw UnsafePath(relpath, reason) }
    }

    private static func objection(to path: [UInt8]) -> String? {
        if path.isEmpty { return "it is empty" }
        if path.count > longestPath { return "it is longer than \(longestPath) bytes" }
        if path[0] == slash { return "it is absolute" }
        if path.contains(0) { return "it holds a NUL character" }
        let parts = path.split(separator: slash, omittingEmptySubsequences: false)
        if parts.count > deepest { return "it is more than \(deepest) folders deep" }
        for part in parts {
            if part.isEmpty { return "it has an empty part between or behind slashes" }
            if part.count > longestName { return "a part of it is longer than \(longestName) bytes" }
            if let reason = objection(toPart: part) { return reason }
        }
        return nil
    }

    private static func objection(toPart part: ArraySlice<UInt8>) -> String? {
        if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
            return "'\(String(decoding: part, as: UTF8.self))' is not a name"
        }
        guard part.contains(backslash) else { return reserved(part) }
        // A backslash is an ordinary character of a Linux name, but a separator on Windows: what would climb, name a
        // drive or server, or reach a reserved folder there is refused everywhere.
        if part.starts(with: [backslash, backslash]) { return "it names a server" }
        let pieces = part.split(separator: backslash, omittingEmptySubsequences: false)
        if let drive = pieces.first, drive.count == 2, drive.last == colon, isLetter(drive[drive.startIndex]) {
            return "it names a drive"
        }
        for piece in pieces {
            if piece.elementsEqual("..".utf8) { return "'..' beside a backslash climbs on Windows" }
            if let reason = reserved(piece) { return reason }
        }
        return nil
    }

    /// An objection to names that some file system takes for `.git` or `.dvc`: in other case, with characters that HFS+
    /// ignores, with the dots, spaces and streams that NTFS drops, or as their short names.
    private static func reserved(_ part: ArraySlice<UInt8>) -> String? {
        // The shortest alias is five bytes of letters; only ignorable characters and streams make it longer.
        guard let first = part.first(where: { $0 < 0x80 }), [0x2E, 0x47, 0x67, 0x44, 0x64].contains(first) else {
            return nil
        }
        var name: [UInt8] = []
        for scalar in String(decoding: part, as: UTF8.self).unicodeScalars where !isIgnoredByHFS(scalar) {
            if scalar == ":" { break }
            guard scalar.isASCII else { return nil }
            name.append(UInt8(scalar.value) | (isLetter(UInt8(scalar.value)) ? 0x20 : 0))
        }
        while let last = name.last, last == 0x20 || last == 0x2E { name.removeLast() }
        for (folder, short) in [(".git", "git~1"), (".dvc", "dvc~1")]
        where name.elementsEqual(folder.utf8) || name.elementsEqual(short.utf8) {
            return "'\(folder)' is reserved"
        }
        return nil
    }

    private static func isIgnoredByHFS(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")
    private static let colon = UInt8(ascii: ":")
}
