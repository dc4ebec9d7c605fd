extension String {
    /// The text with everything that a terminal would obey rather than show written out, as `\x1b` or `\u202e`.
    ///
    /// File names, Git messages and answers of servers are written by others; they may not move the cursor, set a
    /// colour, or turn the reading direction around. Tabs and line ends stay.
    package var escapingControlCharacters: String {
        guard unicodeScalars.contains(where: \.isObeyedByTerminals) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            guard scalar.isObeyedByTerminals else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            let width = scalar.value < 0x100 ? 2 : 4
            result +=
                (width == 2 ? "\\x" : "\\u") + String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return result
    }

    /// As `escapingControlCharacters`, but colours, which `Style` sets, stay.
    package var escapingControlCharactersButColours: String {
        let parts = split(separator: "\u{1B}[", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first else { return escapingControlCharacters }
        return parts.dropFirst().reduce(String(first).escapingControlCharacters) { text, part in
            let code = part.prefix { $0.isNumber || $0 == ";" }
            let isColour = part.dropFirst(code.count).first == "m"
            return text + (isColour ? "\u{1B}[" : "\\x1b[") + String(part).escapingControlCharacters
        }
    }

    /// As `escapingControlCharacters`, on one line: tabs and line ends are written out too.
    package var onOneLine: String {
        var result = ""
        for scalar in escapingControlCharacters.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Columns that a terminal needs for this text, as far as can be told without its font.
    package var displayWidth: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return unicodeScalars.reduce(0) { $0 + $1.displayWidth }
    }
}

extension Unicode.Scalar {
    fileprivate var isObeyedByTerminals: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F...0x9F: true
        // Embeddings, overrides, isolates and marks of reading direction; line and paragraph separators.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    fileprivate var displayWidth: Int {
        switch value {
        case 0x0300...0x036F, 0x200B...0x200F, 0x20D0...0x20FF, 0xFE00...0xFE0F, 0xFE20...0xFE2F: 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
