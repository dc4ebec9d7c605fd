import FileSystem
import Hashing
import Indexing
import Objects
import Testing
import Versioning

@Suite("Comparing tracked data") struct DataComparisonTests {
    @Test("a file of the same content elsewhere is a rename")
    func rename() throws {
        let changes = try changes(from: side(["a": "1"]), to: side(["b": "1"]))
        #expect(changes == ["renamed a -> b"])
    }

    @Test("of several files with one content the first deleted becomes the first added, the rest stays as it is")
    func ambiguousRenames() throws {
        let changes = try changes(from: side(["x": "1", "y": "1", "z": "1"]), to: side(["p": "1", "q": "1"]))
        #expect(changes == ["deleted z", "renamed x -> p", "renamed y -> q"])
    }

    @Test("first means by parts of the path: what is in a folder comes before what starts with its name")
    func renamesGoByParts() throws {
        let old = side(folders: ["d": ["f/1": "same"]], ["d/f-1": "same"])
        let changes = try changes(from: old, to: side(["new": "same"]))
        #expect(changes.contains("renamed d/f/1 -> new"))
    }

    @Test("a renamed folder is a rename of itself and of its files")
    func folderRename() throws {
        let changes = try changes(
            from: side(folders: ["d": ["a": "1", "s/b": "2"]]), to: side(folders: ["e": ["a": "1", "s/b": "2"]]))
        #expect(changes == ["renamed d/ -> e/", "renamed d/a -> e/a", "renamed d/s/b -> e/s/b"])
    }

    @Test("a changed folder is modified, and each of its files is told")
    func folderChange() throws {
        let changes = try changes(
            from: side(folders: ["d": ["a": "1", "b": "2", "c": "3"]]),
            to: side(folders: ["d": ["a": "1", "b": "9", "n": "4"]]))
        #expect(changes == ["added d/n", "deleted d/c", "modified d/", "modified d/b"])
    }

    @Test("two folders with one ID are not looked into")
    func equalFoldersStayClosed() throws {
        let entry = DataEntry(path: "d", id: try #require(ObjectID(String(repeating: "a", count: 32) + ".dir")))
        let closed = DataSide([entry]) { _ in throw Opened() }
        #expect(try DataComparison(rule: .presence).changes(from: closed, to: closed).isEmpty)
        #expect(try DataComparison(rule: .content, isGranular: false).changes(from: closed, to: closed).isEmpty)
    }

    @Test("files of a folder whose listing is lost are neither added nor deleted")
    func lostListing() throws {
        let old = side(folders: ["d": ["a": "1"]])
        let lost = DataSide(old.outputs) { _ in nil }
        let changes = try changes(from: lost, to: side(folders: ["d": ["a": "1", "b": "2"]]))
        #expect(changes == ["modified d/", "unknown d/a", "unknown d/b"])
    }

    @Test("a file that became a folder is modified, and the folder's files are added")
    func fileToFolder() throws {
        let changes = try changes(from: side(["x": "1"]), to: side(folders: ["x": ["f": "2"]]))
        #expect(changes == ["added x/f", "modified x"])
    }

    @Test("an output inside of the other side's folder is compared with the file there")
    func nestedOutputs() throws {
        let changes = try changes(
            from: side(["d/a": "1", "d/b": "2"]), to: side(folders: ["d": ["a": "1", "b": "3"]]))
        #expect(changes == ["added d/", "modified d/b"])
    }

    @Test("an output that was never recorded is absent by content but not by presence")
    func unrecorded() throws {
        let never = DataSide([DataEntry(path: "out", id: nil)]) { _ in nil }
        let there = side(["out": "1"])
        #expect(try changes(.content, from: never, to: there) == ["added out"])
        #expect(try changes(.presence, from: never, to: there) == ["modified out"])
        #expect(try changes(.content, from: never, to: side([:])) == [])
        #expect(try changes(.presence, from: never, to: side([:])) == ["deleted out"])
    }

    @Test("paths that are not selected are neither told nor joined to renames")
    func selection() throws {
        var comparison = DataComparison(rule: .presence)
        comparison.selects = { $0.isInside("d") }
        let changes = try comparison.changes(
            from: side(["a": "1", "d/x": "2"]), to: side(["d/a": "1", "d/x": "3"]))
        #expect(changes.described == ["added d/a", "modified d/x"])
    }

    @Test("what stayed the same is told where it is asked for")
    func unchanged() throws {
        let both = side(folders: ["d": ["a": "1"]], ["f": "2"])
        var comparison = DataComparison(rule: .content, keepsUnchanged: true)
        #expect(
            try comparison.changes(from: both, to: both).described == [
                "unchanged d/", "unchanged d/a", "unchanged f",
            ])
        comparison.isGranular = false
        #expect(try comparison.changes(from: both, to: both).described == ["unchanged d/", "unchanged f"])
    }

    // MARK: Sides

    private struct Opened: Error {}

    private func changes(
        _ rule: DataComparison.Rule = .presence, from old: DataSide, to new: DataSide
    ) throws -> [String] {
        try DataComparison(rule: rule).changes(from: old, to: new).described
    }

    private func side(folders: [String: [String: String]] = [:], _ files: [String: String] = [:]) -> DataSide {
        var listings: [ObjectID: DirectoryObject] = [:]
        var entries = files.map { DataEntry(path: RelativePath($0), id: ObjectID(digest($1))) }
        for (path, files) in folders {
            let listing = DirectoryObject(
                entries: files.map { DirectoryObject.Entry(path: RelativePath($0), digest: digest($1)) })
            listings[listing.id()] = listing
            entries.append(DataEntry(path: RelativePath(path), id: listing.id()))
        }
        let known = listings
        return DataSide(entries) { known[$0] }
    }

    private func side(_ files: [String: String]) -> DataSide { side(folders: [:], files) }

    private func digest(_ text: String) -> MD5Digest { MD5.digest(of: Array(text.utf8)) }
}

extension [DataChange] {
    fileprivate var described: [String] {
        map { change in
            let name = (change.old ?? change.new)?.name ?? ""
            return change.kind == .renamed ? "renamed \(name) -> \(change.name)" : "\(change.kind) \(name)"
        }.sorted()
    }
}
