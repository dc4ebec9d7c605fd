import FileSystem
import Tables
import TestSupport
import Testing

@Suite("writing tables") struct TableWritingTests {
    private let folder = TemporaryFolder("table")

    private func written(_ format: TableFormat, _ columns: [String], _ rows: [[TableCell]]) throws -> String {
        let path = folder.path("t.\(format.rawValue)")
        let writer = try TableWriter(path, format: format, columns: columns)
        for row in rows { try writer.write(row) }
        try writer.finish()
        return String(decoding: try Files.read(path), as: UTF8.self)
    }

    private static let rows: [[TableCell]] = [
        [.text("plain"), .number(1)], [.text("a,\"b\"\nc"), .number(0.1)], [.missing, .number(.nan)],
        [.bytes(Array("tab\there".utf8)[...]), .number(-1e-7)], [.text("é\u{1}\\"), .literal(Array("1.50".utf8)[...])],
        [.text("x")],
    ]

    @Test("fields with separators, quotes and ends of line are quoted as RFC 4180 has it; missing ones are empty")
    func separated() throws {
        #expect(
            try written(.csv, ["a", "b,c"], Self.rows)
                == "a,\"b,c\"\nplain,1\n\"a,\"\"b\"\"\nc\",0.1\n,\ntab\there,-1e-07\né\u{1}\\,1.50\nx,\n")
        #expect(try written(.tsv, ["a", "b"], [[.text("x\ty"), .text("p,q")]]) == "a\tb\n\"x\ty\"\tp,q\n")
    }

    @Test("JSON lines keep numbers, flags, strings and nothing apart, and spell numbers as JSON does")
    func lines() throws {
        let odd: [[TableCell]] = ["007", "1.", "True", "-0.5e3", "1e5x"].map { [.literal(Array($0.utf8)[...])] }
        #expect(
            try written(.jsonl, ["a", "b"], Self.rows).split(separator: "\n") == [
                #"{"a":"plain","b":1}"#, #"{"a":"a,\"b\"\nc","b":0.1}"#, #"{"a":null,"b":null}"#,
                #"{"a":"tab\there","b":-1e-07}"#, #"{"a":"é\u0001\\","b":1.50}"#, #"{"a":"x","b":null}"#,
            ])
        #expect(
            try written(.jsonl, ["a"], odd).split(separator: "\n") == [
                #"{"a":"007"}"#, #"{"a":1}"#, #"{"a":true}"#, #"{"a":-0.5e3}"#, #"{"a":"1e5x"}"#,
            ])
    }

    @Test("a record with one empty cell is still a record, and a heading may begin with a byte order mark")
    func readBack() throws {
        _ = try written(.csv, ["\u{FEFF}a"], [[.missing], [.text("1")], [.missing]])
        var file = try TableFile(folder.path("t.csv"), format: .csv)
        #expect(file.columns == ["\u{FEFF}a"])
        var row = TableRow()
        var cells: [String?] = []
        while try file.next(&row) { cells.append(row.text(0)) }
        #expect(cells == [nil, "1", nil])
    }

    @Test("until it is finished nobody sees the file, and one that is let go leaves nothing behind")
    func atomic() throws {
        let path = folder.path("out.csv")
        try Files.write(Array("old\n".utf8), to: path)
        do {
            let writer = try TableWriter(path, format: .csv, columns: ["a"])
            for number in 0..<100_000 { try writer.write([.number(Double(number))]) }
            try writer.seal()
            #expect(try Files.read(path) == Array("old\n".utf8))
        }
        #expect(try Files.read(path) == Array("old\n".utf8))
        #expect(try Files.names(in: folder.path) == ["out.csv"])
    }

    @Test("numbers have the fewest digits that read back as the same")
    func spelling() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            #expect(Double(TableWriter.spelling(number)) == number)
        }
        #expect(TableWriter.spelling(-0.0) == "-0.0")
        #expect(TableWriter.spelling(9_007_199_254_740_991) == "9007199254740991")
    }
}
