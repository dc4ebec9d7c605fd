import FileSystem
import Hashing
import Indexing
import Objects
import TestSupport
import Testing

/// Trees that no person would think of: what was stored is restored, and the index never changes what is found.
@Suite struct RandomTreeTests {
    private static let names = ["a", "a-b", "a.b", "é", "e\u{301}", "b", " ", "😀", "x\ny", "q\"", "z"]

    /// A tree of up to 40 files as paths and contents, no path both file and folder.
    private func tree(_ random: inout SeededGenerator) -> [RelativePath: String] {
        var files: [RelativePath: String] = [:]
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let depth = Int.random(in: 1...4, using: &random)
            let path = RelativePath(
                (0..<depth).map { _ in Self.names.randomElement(using: &random) ?? "a" }.joined(separator: "/"))
            let clashes = files.keys.contains { $0.isInside(path) || path.isInside($0) }
            if !clashes { files[path] = text(&random) }
        }
        return files
    }

    private func text(_ random: inout SeededGenerator) -> String {
        String(repeating: "x", count: Int.random(in: 0...3, using: &random))
            + "\(Int.random(in: 0...30, using: &random))"
    }

    private func write(_ files: [RelativePath: String], to bench: Workbench) throws {
        try Files.removeTree(bench.path("data"))
        try Files.makeDirectory(bench.path("data"))
        for (path, text) in files { try bench.write("data/" + path.string, text) }
    }

    /// The files below `data` by path.
    private func found(_ bench: Workbench) throws -> [RelativePath: String] {
        try bench.tree("data").filter { !$0.key.string.hasSuffix("/") }
    }

    @Test(
        "what was stored is restored over any other tree",
        arguments: [LinkType.copy, .hardlink, .symlink], 1...6)
    func restore(type: LinkType, seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let bench = try Workbench([type])
        var stored: [(files: [RelativePath: String], wanted: Checkout.Wanted)] = []
        for _ in 0..<5 {
            let files = tree(&random)
            try write(files, to: bench)
            let wanted = try bench.add("data")
            #expect(wanted.listing?.entries.count == files.count)
            stored.append((files, wanted))
        }
        for _ in 0..<12 {
            let goal = stored[Int.random(in: 0..<stored.count, using: &random)]
            if Int.random(in: 0..<5, using: &random) == 0 { try Files.removeTree(bench.path("data")) }
            try bench.checkout(goal.wanted, at: "data")
            #expect(try found(bench) == goal.files)
            let state = try #require(try bench.scan("data").folder)
            #expect(state.listing() == goal.wanted.listing)
            #expect(state.emptyFolders.isEmpty)
        }
        for (_, wanted) in stored {
            for entry in wanted.listing?.entries ?? [] {
                let path = bench.cache.path(of: ObjectID(entry.digest))
                #expect(MD5.digest(of: try Files.read(path)) == entry.digest)
                #expect(try Files.status(path)?.mode == 0o444)
            }
        }
        #expect(try bench.temporaries().isEmpty)
    }

    @Test("a look with the index finds what a look without it finds, whatever was done meanwhile", arguments: 1...8)
    func index(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(100 + seed))
        let bench = try Workbench()
        try write(tree(&random), to: bench)
        for round in 0..<25 {
            try edit(bench, &random)
            if Int.random(in: 0..<3, using: &random) == 0 { letTheClockTick() }
            // Parts of the output are looked at on their own, too.
            for entry in try Files.entries(in: bench.path("data")) where entry.kind == .directory {
                if Bool.random(using: &random) { try bench.scan(RelativePath("data/" + entry.name)) }
            }
            let known = try #require(try bench.scan("data", storing: Bool.random(using: &random)).folder)
            let blank = StatIndex(path: bench.folder.path("blank\(round)"))
            let fresh = try #require(try bench.scanner(blank).item(at: "data").folder)
            #expect(known.id == fresh.id)
            #expect(known.listing() == fresh.listing())
            #expect(known.size == fresh.size)
            #expect(known.files == fresh.files)
            #expect(Set(known.emptyFolders) == Set(fresh.emptyFolders))
        }
    }

    /// Does a few random things to files and folders.
    private func edit(_ bench: Workbench, _ random: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let files = Array(try found(bench).keys).sorted()
            guard let file = files.randomElement(using: &random) else {
                try bench.write("data/first", "1")
                continue
            }
            let path = bench.path("data/" + file.string)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: overwrite(path, text(&random))
            case 1: try bench.write("data/" + file.string, text(&random))
            case 2: try Files.remove(path)
            case 3:
                try Files.removeTree(
                    bench.path("data/" + (file.string.split(separator: "/").first.map(String.init) ?? "a")))
            case 4: try Files.rename(path, bench.path("data/renamed\(Int.random(in: 0...9, using: &random))"))
            case 5: try Files.makeDirectory(bench.path("data/new\(Int.random(in: 0...9, using: &random))/deep"))
            case 6: try Files.setMode(path, 0o755)
            default: try bench.write("data/new\(Int.random(in: 0...9, using: &random))/deep/file", text(&random))
            }
        }
    }
}
