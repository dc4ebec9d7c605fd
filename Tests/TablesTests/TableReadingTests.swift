import FileSystem
import Tables
import TestSupport
import Testing

@Suite("reading tables") struct TableReadingTests {
    private func read(
        _ text: String, _ format: TableFormat = .csv
    ) throws -> (columns: [String], rows: [[String?]], problems: [TableProblem]) {
        let folder = TemporaryFolder("table")
        try Files.write(Array(text.utf8), to: folder.path("t"), sync: false)
        var file = try TableFile(folder.path("t"), format: format, name: "t.csv")
        var rows: [[String?]] = []
        var row = TableRow()
        while try file.next(&row) {
            let again = try file.row(at: row.offset, line: row.line)
            let cells = file.columns.indices.map { row.text($0) }
            #expect(file.columns.indices.map { again.text($0) } == cells)
            rows.append(cells)
        }
        return (file.columns, rows, file.problems)
    }

    @Test("quotes, line ends in them, doubled quotes and empty fields are taken as RFC 4180 has them")
    func quotes() throws {
        let table = try read("a,b,c\n1,\"x, y\",\n\"two\nlines\",\"say \"\"hi\"\"\",\"\"\n,in\"side,z")
        #expect(table.columns == ["a", "b", "c"])
        #expect(table.rows == [["1", "x, y", nil], ["two\nlines", "say \"hi\"", nil], [nil, "in\"side", "z"]])
    }

    @Test("a byte order mark, Windows line ends and blank lines are no data")
    func windows() throws {
        let table = try read("\u{FEFF}a,b\r\n1,2\r\n\r\n3,\"x\r\"\r\n")
        #expect(table.columns == ["a", "b"])
        #expect(table.rows == [["1", "2"], ["3", "x\r"]])
    }

    @Test("records with too many or too few fields are told by their line, and the rest is read")
    func ragged() throws {
        let table = try read("a,b\n1,2\n3\n\"4\n5\",6,7\n8,9\n")
        #expect(table.rows == [["1", "2"], ["8", "9"]])
        #expect(table.problems.map(\.line) == [3, 4])
        #expect(
            table.problems.map(\.reason) == [
                "1 field where the heading has 2", "3 fields where the heading has 2",
            ])
    }

    @Test("a quote that is never closed is told by the line where it opens")
    func unclosed() throws {
        #expect {
            try read("a,b\n1,\"x\n\"\n2,\"open\n3,4\n5,6\n")
        } throws: { error in
            (error as? TableError)?.line == 4 && (error as? TableError)?.reason.contains("never closed") == true
        }
    }

    @Test("columns without a name or with the same are told apart")
    func headings() throws {
        #expect(try read("a,,a\n1,2,3\n").columns == ["a", "column 2", "a.1"])
        #expect(try read("").columns.isEmpty)
        #expect(try read("only\n\n1\n").rows == [["1"]])
    }

    @Test("tabs separate, and JSON lines have a column for each name")
    func others() throws {
        #expect(try read("a\tb\n1,2\t3\n", .tsv).rows == [["1,2", "3"]])
        let lines = try read(
            "{\"b\": 1, \"a\": \"x\"}\n\n{\"c\": {\"z\": 1, \"y\": [2]}, \"a\": null}\r\n[1]\n{\"a\": \n{\"a\": \"é\"}",
            .jsonl)
        #expect(lines.columns == ["b", "a", "c"])
        #expect(
            lines.rows == [["1", "x", nil], [nil, nil, "{\"y\": [2], \"z\": 1}"], [nil, "é", nil]])
        #expect(lines.problems.map(\.line) == [4, 5])
    }

    @Test("a file longer than the buffer is read whole, wherever its pieces are cut")
    func long() throws {
        var text = "id,name\n"
        for number in 0..<60_000 { text += "\(number),\"row, \"\"\(number)\"\"\"\r\n" }
        let table = try read(text)
        #expect(table.rows.count == 60_000)
        #expect(table.rows.enumerated().allSatisfy { $1 == ["\($0)", "row, \"\($0)\""] })
    }
}

@Suite("profiles of columns") struct ColumnProfileTests {
    private func profile(_ cells: [String?]) -> ColumnProfile {
        var profile = ColumnProfile(name: "x")
        for cell in cells { profile.add(cell.map { Array($0.utf8)[...] }) }
        return profile
    }

    @Test("the kind is the narrowest that all values are of")
    func kinds() {
        #expect(profile([nil, "NA", "NaN"]).kind == .empty)
        #expect(profile(["1", nil, "-2"]).kind == .integer)
        #expect(profile(["1", "2.5e-3"]).kind == .number)
        #expect(profile(["true", "False"]).kind == .boolean)
        #expect(profile(["2024-01-31", "2024-02-01T10:00:00Z"]).kind == .date)
        #expect(profile(["1", "x"]).kind == .text)
        #expect(profile(["0x10"]).kind == .text)
        #expect(profile(["1e", "e5", "-"]).kind == .text)
    }

    @Test("numbers have mean, spread and bounds, text has bounds by its bytes")
    func statistics() throws {
        let numbers = profile(["4", "2", nil, "9", "-1.5"])
        #expect(numbers.mean == 3.375)
        #expect(try abs(#require(numbers.standardDeviation) - 4.385107) < 1e-6)
        #expect(numbers.minimum == "-1.5" && numbers.maximum == "9.0")
        #expect(numbers.missing == 1 && numbers.rows == 5 && numbers.distinct == 4)
        let words = profile(["b", "a", "c", "a"])
        #expect(words.minimum == "a" && words.maximum == "c" && words.mean == nil && words.distinct == 3)
    }

    @Test("many different values are counted to within five in a hundred")
    func distinct() {
        let count = profile((0..<50_000).map { "value \($0 % 20_000)" }).distinct
        #expect((19_000...21_000).contains(count))
    }
}
