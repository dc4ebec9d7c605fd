import FileSystem
import TestSupport
import Testing

@testable import Tables

@Suite("columns in memory") struct ColumnTableTests {
    private let folder = TemporaryFolder("columns")

    private func file(_ text: String) throws -> String {
        let path = folder.path("t.csv")
        try Files.write(Array(text.utf8), to: path, sync: false)
        return path
    }

    private func read(_ text: String, _ wish: ColumnTable.Wish = .init(), blockSize: Int = 1 << 22) throws
        -> ColumnTable
    {
        try SeparatedColumns(
            path: file(text), format: .csv, name: "t.csv", missing: MissingWords(wish.missing), blockSize: blockSize,
            threads: 2
        ).read(wish)
    }

    private static func described(_ result: Result<ColumnTable, any Error>) -> String {
        switch result {
        case .success(let table):
            let columns = table.columns.map { column -> String in
                let content =
                    switch column.content {
                    case .numbers(let numbers, let areIntegers):
                        "numbers \(areIntegers) \(numbers.map { $0.isNaN ? "-" : String($0.bitPattern) })"
                    case .words(let codes, let levels): "words \(codes) \(levels)"
                    case .mixed(let codes, let levels, let number, let word):
                        "mixed \(codes) \(levels) \(number) \(word)"
                    case .empty: "empty"
                    }
                return "\(column.name) \(column.missing) \(content)"
            }
            return "\(table.rows) \(table.lines) \(columns.joined(separator: "; "))"
        case .failure(let error): return "\(error)"
        }
    }

    @Test("tables of chance are read in blocks of any size as they are read row by row")
    func differential() throws {
        var random = SeededGenerator(seed: 17)
        let cells = [
            "1", "2.5", "-0.001", "1e3", "", "", "NA", "word", "\"quo,ted\"", "\"say \"\"x\"\"\"", "\"two\nlines\"",
            "in\"side",
            "\"12\"", "0.1234567890123456789", "\"\"", "x\r", "7.", "1e", "\"a\"b", "-", "+4", "?", "\"\r\n\"", "1 ",
        ]
        let ends = ["\n", "\r\n", "\n", "\n\n", "\r\n\r\n"]
        for round in 0..<160 {
            let columns = Int.random(in: 1...4, using: &random)
            // Some tables have one kind of cell for each column, so that columns of numbers are among them.
            let kinds = (0..<columns).map { _ in Int.random(in: 1...cells.count, using: &random) }
            var text = round % 5 == 0 ? "\u{FEFF}" : ""
            text += (0..<columns).map { "c\($0)" }.joined(separator: ",") + "\n"
            for row in 0..<Int.random(in: 0...30, using: &random) {
                let isRagged = round % 20 == 3 && row == 11
                text += (0..<(isRagged ? columns + 1 : columns)).map { column in
                    cells[Int.random(in: 0..<(column < columns ? kinds[column] : 3), using: &random)]
                }.joined(separator: ",")
                text += ends.randomElement(using: &random) ?? "\n"
            }
            if round % 3 == 0, text.utf8.last == UInt8(ascii: "\n") { text.removeLast() }
            if round % 31 == 0 { text += "\n\"open" }
            var wish = ColumnTable.Wish()
            if round % 7 == 0 { wish.columns = round % 2 == 0 ? ["c0"] : ["c0", "c0"] }
            if round % 11 == 0 { wish.asWords = ["c0"] }
            if round % 13 == 0 { wish.missing = ["1", "word"] }
            let path = try file(text)
            let known = Self.described(
                Result { try ColumnTable.readByRows(path, format: .csv, wish: wish, name: "t.csv") })
            for blockSize in [1, 7, 64, 1 << 16] {
                let found = Self.described(Result { try read(text, wish, blockSize: blockSize) })
                #expect(found == known, "round \(round), blocks of \(blockSize): \(text.debugDescription)")
            }
        }
    }

    @Test("every number is the nearest one, whatever its digits and its exponent")
    func numbers() {
        var random = SeededGenerator(seed: 5)
        func check(_ text: String) {
            #expect(TableNumber(Array(text.utf8)[...])?.value.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            if number.isFinite { check("\(number)") }
            let unit = Double(random.next() >> 11) * 0x1p-53
            check("\(unit)")
            check("\(unit * 1e6)")
            let digits = String(random.next()).prefix(Int.random(in: 1...20, using: &random))
            check("\(digits)e\(Int.random(in: -30...30, using: &random))")
            check("0.\(digits)")
            check("-\(digits).\(digits)")
        }
        // In the middle between two numbers, and a little beside it.
        for text in [
            "9007199254740993", "9007199254740993.0", "9007199254740993.00000000000000001", "9007199254740995",
            "0.500000000000000166533453693773481063544750213623046875", "1e22", "1e23", "8.5e22",
            "0.000000000000000000",
            "00000000000000000000000001.5", "2.2250738585072014e-308", "4.9e-324", "1.7976931348623157e308", "1e-400",
            "100000000000000008192", "18446744073709551615", "18446744073709551616", "6250000000000000.5e3",
        ] { check(text) }
        for text in ["", "-", ".", "1e", "1e+", "0x10", "inf", "nan", "1 ", " 1", "1e400", "1_0", "1.2.3", "e5", "+-1"]
        {
            #expect(TableNumber(Array(text.utf8)[...]) == nil, "\(text)")
        }
        #expect(TableNumber(Array("5.e2".utf8)[...])?.value == 500)
        #expect(TableNumber(Array(".5".utf8)[...])?.value == 0.5)
        #expect(TableNumber(Array("-0".utf8)[...])?.value.sign == .minus)
    }

    @Test("a missing column, an empty file and one without rows have messages of their own")
    func problems() throws {
        func message(_ text: String, _ columns: [String]? = nil) -> String {
            var wish = ColumnTable.Wish()
            wish.columns = columns
            do {
                _ = try read(text, wish)
                return "read"
            } catch { return (error as? TableError)?.summary ?? "\(error)" }
        }
        #expect(message("a,b\n1,2\n", ["c"]) == "'t.csv': has no column 'c'; it has a, b")
        #expect(message("") == "'t.csv': is empty: there is not even a heading")
        #expect(message("a,b\n") == "'t.csv': has no rows")
        #expect(message("a,b\n1,2\n3\n") == "'t.csv', line 3: 1 field where the heading has 2")
        #expect(message("a,b\n1,\"2\n") == "'t.csv', line 2: the quote that opens here is never closed")
    }
}
