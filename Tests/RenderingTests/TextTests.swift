import Rendering
import Testing

@Suite("text for people")
struct TextTests {
    /// Pairs printed by DVC's `naturalsize`.
    @Test(
        "sizes are those that DVC prints",
        arguments: [
            (0, "0"), (1023, "1023"), (1024, "1.00k"), (1535, "1.50k"), (10235, "10.0k"), (1_022_976, "999k"),
            (1_024_000, "0.98M"), (1_048_576, "1.00M"), (5_368_709_120, "5.00G"), (123_456_789_012, "115G"),
            (4_611_686_018_427_387_904, "4.00E"),
        ] as [(Int64, String)])
    func sizes(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test("one is singular, the rest is plural")
    func plurals() {
        #expect(counted(1, "file") == "1 file")
        #expect(counted(0, "file") == "0 files")
        #expect(counted(2, "directory", plural: "directories") == "2 directories")
    }

    @Test("what a terminal would obey is written out")
    func controlCharacters() {
        #expect("a\u{1B}[2Jb".escapingControlCharacters == "a\\x1b[2Jb")
        #expect("bell\u{7}\r\n\tend".escapingControlCharacters == "bell\\x07\\x0d\n\tend")
        #expect("\u{9B}31m".escapingControlCharacters == "\\x9b31m")
        #expect("cod\u{202E}txt.exe".escapingControlCharacters == "cod\\u202etxt.exe")
        #expect("two\nlines\tlong".onOneLine == "two\\nlines\\tlong")
    }

    @Test("text in any script is left alone")
    func otherScripts() {
        let text = "données/日本語/файл 👩‍🔬.csv"
        #expect(text.escapingControlCharacters == text)
    }

    @Test("NO_COLOR wins over CLICOLOR_FORCE, which wins over the terminal")
    func colours() {
        let terminal = Terminal(isInteractive: true)
        let pipe = Terminal(isInteractive: false)
        #expect(Style(variables: [:], terminal: terminal).isEnabled)
        #expect(!Style(variables: [:], terminal: pipe).isEnabled)
        #expect(!Style(variables: ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], terminal: terminal).isEnabled)
        #expect(Style(variables: ["CLICOLOR_FORCE": "1"], terminal: pipe).isEnabled)
        #expect(!Style(variables: ["TERM": "dumb"], terminal: terminal).isEnabled)
        #expect(Style(isEnabled: true).paint("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    }
}
