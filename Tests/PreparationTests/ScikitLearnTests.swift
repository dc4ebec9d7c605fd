import Documents
import FileSystem
import Tables
import TestSupport
import Testing

@testable import Preparation

/// `fixtures/prepare/make.py` made the numbers.
@Suite("scikit-learn's definitions") struct ScikitLearnTests {
    private static let golden: Mapping = {
        let root = Paths.parent(Paths.parent(Paths.parent(#filePath)))
        let bytes = (try? Files.read(Paths.join(root, "fixtures/prepare/golden.json"))) ?? []
        return (try? JSON.parse(bytes))?.mapping ?? Mapping()
    }()

    private func csv(_ columns: Mapping) -> String {
        let cells = columns.entries.map { $0.value.array ?? [] }
        var text = columns.keys.joined(separator: ",") + "\n"
        for row in 0..<(cells.first?.count ?? 0) {
            let fields = cells.map { column -> String in
                switch column[row] {
                case .int(let number): String(number)
                case .float(let number): TableWriter.spelling(number)
                case .string(let text): text
                default: ""
                }
            }
            text += fields.joined(separator: ",") + "\n"
        }
        return text
    }

    @Test("every step gives what scikit-learn gives, to a part in 10^12")
    func golden() throws {
        let data = try #require(Self.golden["data"]?.mapping)
        let cases = try #require(Self.golden["cases"]?.array)
        #expect(cases.count == 22)
        let text = csv(data)
        for item in cases {
            let item = try #require(item.mapping)
            let steps = JSON.emitPython(try #require(item["steps"]))
            let expected = try #require(item["expected"]?.mapping)
            let bench = Workbench()
            try bench.prepare(text, steps)
            let table = try ColumnTable.read(bench.folder.path("out/prepared.csv"), format: .csv)
            if let order = item["order"]?.array?.compactMap(\.string) {
                #expect(table.columns.map(\.name).filter { order.contains($0) } == order)
            }
            for entry in expected.entries {
                let column = try #require(table.column(entry.key), "\(steps): \(entry.key)")
                let values = try #require(entry.value.array)
                #expect(values.count == table.rows)
                for (row, value) in values.enumerated() {
                    let known: Double? =
                        switch value {
                        case .int(let number): Double(number)
                        case .float(let number): number
                        default: nil
                        }
                    let cell = column.cell(row)
                    if let known {
                        let found = cell.number ?? .nan
                        #expect(
                            abs(found - known) <= 1e-12 * max(1, abs(known)), "\(steps): \(entry.key), row \(row)")
                    } else if let word = value.string {
                        #expect(cell.spelling == Array(word.utf8), "\(steps): \(entry.key), row \(row)")
                    } else {
                        #expect(cell.isMissing, "\(steps): \(entry.key), row \(row)")
                    }
                }
            }
        }
    }
}
