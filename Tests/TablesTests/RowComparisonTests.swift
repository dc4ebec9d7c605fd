import Basics
import FileSystem
import Tables
import TestSupport
import Testing

@Suite("comparing rows") struct RowComparisonTests {
    private func compare(
        _ old: String, _ new: String, keys: [String] = [], format: TableFormat = .csv, limit: Int = 20,
        memory: Int = 1 << 20
    ) throws -> RowDiff {
        let folder = TemporaryFolder("rows")
        try Files.write(Array(old.utf8), to: folder.path("old"), sync: false)
        try Files.write(Array(new.utf8), to: folder.path("new"), sync: false)
        var comparison = RowComparison(scratch: folder.path)
        comparison.keys = keys
        comparison.limit = limit
        comparison.memory = memory
        return try comparison.compare(
            TableFile(folder.path("old"), format: format), TableFile(folder.path("new"), format: format))
    }

    @Test("with a key rows are added, removed and changed, cell by cell")
    func keyed() throws {
        let diff = try compare(
            "id,name,n\n1,a,1\n2,b,2\n3,c,3\n", "id,name,n\n3,c,3\n2,B,2\n4,d,4\n", keys: ["id"])
        #expect((diff.added, diff.removed, diff.changed, diff.unchanged) == (1, 1, 1, 1))
        #expect(diff.changedCells.map(\.column) == ["name"])
        let example = try #require(diff.examples.first)
        #expect(example.key.map { [$0.column, $0.value] } == [["id", "2"]])
        #expect(example.cells.map { [$0.column, $0.old, $0.new] } == [["name", "b", "B"]])
        #expect(example.oldLine == 3 && example.newLine == 3)
        #expect(diff.examples.map(\.change) == [.changed, .removed, .added])
    }

    @Test("without a key rows are the same when they hold the same, as often as they do")
    func byContent() throws {
        let diff = try compare("a,b\n1,x\n1,x\n2,y\n", "b,a\nx,1\ny,2\nz,3\n")
        #expect((diff.added, diff.removed, diff.changed, diff.unchanged) == (1, 1, 0, 2))
        #expect(diff.isReordered)
    }

    @Test("columns that came, went and changed their kind are told, and only shared ones are compared")
    func schema() throws {
        let diff = try compare("id,old,n\n1,x,1\n2,y,2\n", "id,n,new\n1,1,a\n2,two,b\n", keys: ["id"])
        #expect(diff.addedColumns == ["new"] && diff.droppedColumns == ["old"])
        #expect(
            diff.retypedColumns.map { [$0.column, $0.old.rawValue, $0.new.rawValue] } == [["n", "integer", "text"]])
        #expect((diff.changed, diff.unchanged) == (1, 1))
        #expect(!diff.isReordered)
    }

    @Test("rows that share a key are paired in order, and told")
    func repeatedKeys() throws {
        let diff = try compare("id,n\n1,a\n1,b\n1,c\n", "id,n\n1,b\n1,x\n", keys: ["id"])
        #expect((diff.added, diff.removed, diff.changed, diff.unchanged) == (0, 1, 1, 1))
        #expect(diff.old.repeatedKeys == 2 && diff.new.repeatedKeys == 1)
    }

    @Test("a missing cell is not an empty text of another length, and cells do not run together")
    func boundaries() throws {
        #expect(try compare("a,b\nxy,z\n", "a,b\nx,yz\n").added == 1)
        #expect(try compare("a,b\n,z\n", "a,b\nz,\n").added == 1)
    }

    @Test("a key that is no column is refused with those that there are")
    func wrongKey() throws {
        #expect { try compare("a\n1\n", "a\n1\n", keys: ["b"]) } throws: { error in
            (error as? any UserFacingError)?.summary.hasSuffix("has no column 'b'") == true
        }
    }

    @Test("a table that is not there has no rows")
    func oneSide() throws {
        let folder = TemporaryFolder("rows")
        try Files.write(Array("a\n1\n2\n".utf8), to: folder.path("t"), sync: false)
        let diff = try RowComparison(scratch: folder.path).compare(nil, TableFile(folder.path("t"), format: .csv))
        #expect(diff.added == 2 && diff.addedColumns.isEmpty)
    }

    @Test("what is found does not depend on the memory that there is", arguments: [1, 5000, 1 << 24])
    func bounded(_ memory: Int) throws {
        var generator = SeededGenerator(seed: 5)
        var (old, new) = ("id,v\n", "id,v\n")
        var expected = (added: 0, removed: 0, changed: 0, unchanged: 0)
        var rows: [String] = []
        for number in 0..<3000 {
            let value = Int.random(in: 0..<100, using: &generator)
            switch Int.random(in: 0..<20, using: &generator) {
            case 0:
                old += "\(number),\(value)\n"
                expected.removed += 1
            case 1:
                rows.append("\(number),\(value)\n")
                expected.added += 1
            case 2:
                old += "\(number),\(value)\n"
                rows.append("\(number),\(value + 1)\n")
                expected.changed += 1
            default:
                old += "\(number),\(value)\n"
                rows.append("\(number),\(value)\n")
                expected.unchanged += 1
            }
        }
        rows.shuffle(using: &generator)
        new += rows.joined()
        let diff = try compare(old, new, keys: ["id"], limit: 3, memory: memory)
        #expect(diff.added == expected.added && diff.removed == expected.removed)
        #expect(diff.changed == expected.changed && diff.unchanged == expected.unchanged)
        let lines = diff.examples.filter { $0.change == .removed }.compactMap(\.oldLine)
        #expect(lines == lines.sorted() && lines.count == 3)
    }
}
