import Basics
import FileSystem
import Hashing
import Objects
import TestSupport
import Testing

@testable import Indexing

@Suite struct CheckoutTests {
    let bench: Workbench

    init() throws { bench = try Workbench() }

    /// Stores a tree of files and removes it from the workspace again.
    private func stored(_ files: [String: String], at path: RelativePath = "data") throws -> Checkout.Wanted {
        try Files.makeDirectory(bench.path(path.string))
        for (name, text) in files { try bench.write(path.string + "/" + name, text) }
        let wanted = try bench.add(path)
        try Files.removeTree(bench.path(path.string))
        return wanted
    }

    private func object(_ text: String) -> ObjectID { ObjectID(MD5.digest(of: Array(text.utf8))) }

    @Test("a folder is made, changed and removed, and the changes are counted")
    func lifecycle() throws {
        let first = try stored(["a": "a", "b": "b", "sub/c": "c"])
        let second = try stored(["a": "A!", "sub/deeper/d": "d", "e": ""])
        var change = try bench.checkout(first, at: "data")
        #expect(change == Checkout.Change(kind: .added, added: 3))
        #expect(try bench.tree("data") == ["a": "a", "b": "b", "sub/": "", "sub/c": "c"])
        change = try bench.checkout(first, at: "data")
        #expect(change == .none)
        change = try bench.checkout(second, at: "data")
        #expect(change == Checkout.Change(kind: .modified, added: 2, modified: 1, deleted: 2))
        #expect(
            try bench.tree("data") == ["a": "A!", "e": "", "sub/": "", "sub/deeper/": "", "sub/deeper/d": "d"])
        change = try bench.checkout(.nothing, at: "data")
        #expect(change == Checkout.Change(kind: .deleted, deleted: 3))
        #expect(!Files.exists(bench.path("data")))
        #expect(bench.index().root("data") == nil)
        #expect(try bench.temporaries().isEmpty)
    }

    @Test("files that were just put in place need not be read again", arguments: [LinkType.copy, .hardlink, .symlink])
    func adopted(type: LinkType) throws {
        let bench = try Workbench([type])
        for number in 0..<30 { try bench.write("data/\(number % 3)/\(number)", "text \(number)") }
        let wanted = try bench.add("data")
        try Files.removeTree(bench.path("data"))
        letTheClockTick()
        try bench.checkout(wanted, at: "data")
        // Those that are as young as the look at them are read once more, and then never again.
        letTheClockTick()
        try bench.scan("data")
        #expect(try bench.reads("data") == 0)
        guard case .folder(let id, _) = wanted else { return }
        #expect(try bench.scan("data").folder?.id == id)
    }

    @Test("a file becomes a folder and a folder a file, inside of a directory and as the whole output")
    func typeChanges() throws {
        let file = try stored(["a": "file", "x/y/z": "deep"])
        let folder = try stored(["a/b": "inner", "a/c/d": "inner too", "x": "flat"])
        try bench.checkout(file, at: "data")
        try bench.checkout(folder, at: "data")
        #expect(
            try bench.tree("data")
                == ["a/": "", "a/b": "inner", "a/c/": "", "a/c/d": "inner too", "x": "flat"])
        try bench.checkout(file, at: "data")
        #expect(try bench.tree("data") == ["a": "file", "x/": "", "x/y/": "", "x/y/z": "deep"])

        try bench.write("single", "alone")
        let single = try bench.add("single")
        try bench.checkout(single, at: "data")
        #expect(bench.text("data") == "alone")
        try bench.checkout(folder, at: "data")
        #expect(try bench.tree("data").count == 5)
        #expect(try bench.temporaries().isEmpty)
    }

    @Test("empty folders are removed and those that a listing needs are made")
    func emptyFolders() throws {
        let wanted = try stored(["a": "a", "sub/b": "b"])
        try bench.checkout(wanted, at: "data")
        try Files.makeDirectory(bench.path("data/empty/deep"))
        try Files.makeDirectory(bench.path("data/sub/empty"))
        #expect(try bench.checkout(wanted, at: "data").kind == .modified)
        #expect(try bench.tree("data") == ["a": "a", "sub/": "", "sub/b": "b"])
    }

    @Test("a folder that holds ignored files only stays, and is no change")
    func ignoredFiles() throws {
        let wanted = try stored(["a": "a"])
        try bench.checkout(wanted, at: "data")
        try bench.write(".dvcignore", "*.tmp\n")
        try bench.write("data/sub/x.tmp", "mine")
        #expect(try bench.checkout(wanted, at: "data") == .none)
        #expect(bench.text("data/sub/x.tmp") == "mine")
        try bench.checkout(.nothing, at: "data")
        #expect(try bench.tree("data") == ["sub/": "", "sub/x.tmp": "mine"])
    }

    @Test("nothing is touched when a file would be lost, and everything is done when that is wanted")
    func unsaved() throws {
        let wanted = try stored(["a": "a", "b": "b"])
        try bench.checkout(wanted, at: "data")
        try bench.write("data/a", "precious")
        try bench.write("data/new", "precious, too")
        try Files.remove(bench.path("data/b"))
        let before = try bench.tree("data")
        for goal in [wanted, .nothing, .file(object("a"), isExecutable: false)] {
            #expect(throws: UnsavedFiles(paths: [bench.path("data/a"), bench.path("data/new")])) {
                try bench.checkout(goal, at: "data")
            }
            #expect(try bench.tree("data") == before)
        }
        try bench.checkout(wanted, at: "data", .init(force: true))
        #expect(try bench.tree("data") == ["a": "a", "b": "b"])
    }

    @Test("many files that would be lost are all found")
    func manyUnsaved() throws {
        let wanted = try stored(["a": "a"])
        for number in 0..<1200 { try bench.write("data/\(number)", "precious \(number)") }
        do {
            try bench.checkout(wanted, at: "data")
            Issue.record("nothing was refused")
        } catch let error as UnsavedFiles {
            #expect(error.paths.count == 1200)
        }
    }

    @Test("a file that changes between the look and the work is left alone", arguments: ["a", "gone", "single"])
    func changedMeanwhile(name: String) throws {
        let first = try stored(["a": "old", "gone": "old", "c": "old c"])
        let second = try stored(["a": "new", "c": "new c"])
        try bench.checkout(first, at: "data")
        try bench.write("single", "first")
        let single = try bench.add("single")
        try bench.write("single", "second")
        try bench.add("single")
        letTheClockTick()
        let target: (RelativePath, Checkout.Wanted, String) =
            name == "single" ? ("single", single, "single") : ("data", second, "data/" + name)
        #expect(throws: (any Error).self) {
            try bench.checkout(target.1, at: target.0) { overwrite(bench.path(target.2), "mine") }
        }
        #expect(bench.text(target.2)?.hasPrefix("mine") == true)
        #expect(try bench.temporaries().isEmpty)
    }

    @Test("a file that appears between the look and the work is left alone")
    func appearedMeanwhile() throws {
        let wanted = try stored(["a": "a"])
        let file = Checkout.Wanted.file(object("a"), isExecutable: false)
        #expect(throws: ChangedMeanwhile.self) {
            try bench.checkout(wanted, at: "data") { try bench.write("data", "mine") }
        }
        #expect(bench.text("data") == "mine")
        #expect(throws: CheckoutFailed.self) {
            try bench.checkout(file, at: "other") { try bench.write("other", "mine") }
        }
        #expect(bench.text("other") == "mine")
        try bench.checkout(wanted, at: "third")
        try Files.remove(bench.path("third/a"))
        #expect(throws: CheckoutFailed.self) {
            try bench.checkout(wanted, at: "third") { try bench.write("third/a", "mine") }
        }
        #expect(bench.text("third/a") == "mine")
        #expect(try bench.temporaries().isEmpty)
    }

    @Test("a file that a folder is to replace is left alone when it changes meanwhile")
    func fileUnderFolder() throws {
        let wanted = try stored(["a": "a"])
        try bench.write("data", "recorded")
        try bench.add("data")
        letTheClockTick()
        #expect(throws: ChangedMeanwhile.self) {
            try bench.checkout(wanted, at: "data") { overwrite(bench.path("data"), "mine now") }
        }
        #expect(bench.text("data") == "mine now")
        #expect(try Files.names(in: bench.folder.path("staging")).isEmpty)
    }

    @Test(
        "a file that takes the place of a link between the look and the work is left alone", arguments: [true, false])
    func linkReplaced(isRemoved: Bool) throws {
        let bench = try Workbench([.symlink])
        try bench.write("data/a", "old")
        let old = try bench.add("data")
        try bench.write("data/a", "new")
        let new = try bench.add("data")
        try bench.checkout(old, at: "data")
        #expect(try Files.status(bench.path("data/a"))?.kind == .symlink)
        #expect(throws: (any Error).self) {
            try bench.checkout(isRemoved ? .nothing : new, at: "data") {
                try Files.remove(bench.path("data/a"))
                try bench.write("data/a", "mine")
            }
        }
        #expect(bench.text("data/a") == "mine")
    }

    @Test("links to objects that left the cache and came back are made anew", arguments: [true, false])
    func brokenLinks(isFolder: Bool) throws {
        let bench = try Workbench([.symlink])
        let name = isFolder ? "data/a" : "data"
        try bench.write(name, "content")
        let wanted = try bench.add("data")
        try Files.remove(bench.path(name))
        try bench.link(name, to: "/nonexistent/object")
        try bench.checkout(wanted, at: "data")
        #expect(bench.text(name) == "content")
    }

    @Test("a folder whose objects are missing is not touched at all", arguments: [true, false])
    func missingObjects(allowsMissing: Bool) throws {
        let first = try stored(["a": "a", "b": "b"])
        let second = try stored(["a": "new a", "c": "new c"])
        try bench.checkout(first, at: "data")
        try Files.remove(bench.cache.path(of: object("new c")))
        if allowsMissing {
            #expect(try bench.checkout(second, at: "data", .init(allowMissing: true)) == .none)
        } else {
            do {
                try bench.checkout(second, at: "data")
                Issue.record("a missing object was not reported")
            } catch let error as CheckoutFailed {
                #expect(error.paths == ["data/c"])
                #expect(error.causes.first is MissingObject)
            }
        }
        #expect(try bench.tree("data") == ["a": "a", "b": "b"])
        #expect(throws: CheckoutFailed.self) { try bench.checkout(second, at: "elsewhere") }
        #expect(!Files.exists(bench.path("elsewhere")))
    }

    @Test("objects of files that are right already need not be in the cache")
    func unneededObjects() throws {
        let first = try stored(["a": "a", "b": "b"])
        let second = try stored(["a": "a", "b": "B"])
        try bench.checkout(first, at: "data")
        try Files.remove(bench.cache.path(of: object("a")))
        try bench.checkout(second, at: "data")
        #expect(try bench.tree("data") == ["a": "a", "b": "B"])
    }

    @Test("a damaged object is not handed out, and nothing is left of the attempt")
    func damagedObject() throws {
        let wanted = try stored(["a": "good", "b": "fine"])
        let path = bench.cache.path(of: object("good"))
        try Files.remove(path)
        try Files.create(path, bytes: Array("evil".utf8), mode: 0o444)
        #expect(throws: CheckoutFailed.self) { try bench.checkout(wanted, at: "data") }
        #expect(!Files.exists(bench.path("data")))
        #expect(!Files.exists(path))
        #expect(try Files.names(in: bench.folder.path("staging")).isEmpty)
    }

    @Test("the execute bit is set without touching the object", arguments: [LinkType.copy, .hardlink, .symlink])
    func executable(type: LinkType) throws {
        let bench = try Workbench([type])
        try bench.write("tool", "#!")
        _ = try bench.add("tool")
        let wanted = Checkout.Wanted.file(object("#!"), isExecutable: true)
        let plain = Checkout.Wanted.file(object("#!"), isExecutable: false)
        #expect(try bench.checkout(wanted, at: "tool").kind == .modified)
        #expect(try #require(try Files.status(bench.path("tool"))).isExecutable)
        try Files.remove(bench.path("tool"))
        try bench.checkout(plain, at: "tool")
        try bench.checkout(wanted, at: "tool")
        #expect(try #require(try Files.status(bench.path("tool"))).isExecutable)
        #expect(try Files.status(bench.path("tool"))?.kind == .file)
        #expect(try Files.status(bench.cache.path(of: object("#!")))?.mode == 0o444)
        #expect(bench.text("tool") == "#!")
        #expect(try bench.scan("tool").file?.isExecutable == true)
    }

    @Test("a link to a folder inside of an output leads no file out of it")
    func linkedFolder() throws {
        let wanted = try stored(["sub/a": "a"])
        try Files.makeDirectory(bench.path("data"))
        try Files.makeDirectory(bench.path("outside"))
        try bench.link("data/sub", to: bench.path("outside"))
        #expect(throws: (any Error).self) { try bench.checkout(wanted, at: "data") }
        #expect(try Files.names(in: bench.path("outside")).isEmpty)
    }
}
