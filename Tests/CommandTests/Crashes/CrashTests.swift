import FileSystem
import TestSupport
import Testing

@Suite("A command that is cut short")
struct CrashTests {
    @Test("loses nothing and is mended by the next run, wherever it is killed", arguments: CrashScenario.all)
    func killed(_ scenario: CrashScenario) throws {
        let reference = try scenario.makeReference()
        for point in CrashScenario.chosen(of: reference.points) {
            try scenario.check("after:\(point)", reference, isKill: true)
        }
    }

    @Test("loses nothing and says so when the disk is full or fails", arguments: CrashScenario.all)
    func failing(_ scenario: CrashScenario) throws {
        let reference = try scenario.makeReference()
        // Both take the same way through the program, so they take turns.
        for write in 1...6 {
            try scenario.check("\(write % 2 == 0 ? "eio" : "enospc"):\(write)", reference, isKill: false)
        }
    }

    @Test("leaves no more behind after many crashes than after one")
    func leftoversAreBounded() throws {
        let repository = try TemporaryRepository()
        for number in 0..<40 { try repository.write("data/\(number)", "content \(number)\n") }
        for point in stride(from: 1, through: 60, by: 2) {
            try repository.varve("add", "data", with: ["VARVE_FAULT": "after:\(point)"])
        }
        let scratch = try TreeSnapshot(of: repository.path(".dvc/tmp"))
        #expect(try repository.snapshot().items.count + scratch.items.count < 40 * 5)
        try repository.varve("add", "data").succeeds()
        #expect(try repository.snapshot().leftovers == [])
        #expect(try TreeSnapshot(of: repository.path(".dvc/tmp")).leftovers == [])
    }
}

extension CrashScenario {
    /// A folder with a few files: big enough to be hashed alone, small ones, an empty one, one in a subfolder.
    private static func writeData(_ repository: TemporaryRepository, _ version: Int) throws {
        for number in 0..<6 { try repository.write("data/file\(number)", "version \(version) of \(number)\n") }
        try repository.write("data/same", "always the same\n")
        try repository.write("data/sub/empty", "")
        try repository.write("data/sub/deep/big", [UInt8](repeating: UInt8(version), count: 3_000_000))
        try repository.write("data/only\(version)", "only in \(version)\n")
        try repository.write("table.csv", "version,\(version)\n")
    }

    private static func track(_ repository: TemporaryRepository) throws {
        try repository.varve("add", "data", "table.csv").succeeds()
        try repository.commitAll()
    }

    /// Version 1 in history, version 2 in the workspace's project files and version 2's data in the workspace.
    private static func twoVersions(_ repository: TemporaryRepository) throws {
        try writeData(repository, 1)
        try track(repository)
        try writeData(repository, 2)
        try repository.remove("data/only1")
        try track(repository)
    }

    private static func useLinks(_ kind: String, _ repository: TemporaryRepository) throws {
        try repository.varve("config", "cache.type", kind).succeeds()
        try repository.varve("checkout", "--relink").succeeds()
    }

    private static func offline(_ repository: TemporaryRepository) throws {
        try repository.varve("push").succeeds()
        try repository.remove(".dvc/cache")
        try repository.remove("data")
        try repository.remove("table.csv")
    }

    static let all: [CrashScenario] =
        [
            CrashScenario(name: "add files", command: ["add", "a.bin", "b.bin"]) {
                try $0.write("a.bin", "first\n")
                try $0.write("b.bin", [UInt8](repeating: 7, count: 3_000_000))
            },
            CrashScenario(name: "add folder", command: ["add", "data"]) { try writeData($0, 1) },
            CrashScenario(name: "add changed folder", command: ["add", "data", "table.csv"]) {
                try writeData($0, 1)
                try track($0)
                try writeData($0, 2)
            },
            CrashScenario(name: "add over hard links", command: ["add", "data"]) {
                try writeData($0, 1)
                try track($0)
                try useLinks("hardlink", $0)
                try $0.write("data/file0", "changed\n")
            },
            CrashScenario(name: "check out anew", command: ["checkout"]) {
                try writeData($0, 1)
                try track($0)
                try $0.remove("data")
                try $0.remove("table.csv")
            },
        ]
        + ["copy", "hardlink", "symlink"].map { kind in
            CrashScenario(name: "switch versions as \(kind)", command: ["checkout"]) {
                try twoVersions($0)
                if kind != "copy" { try useLinks(kind, $0) }
                try $0.git("checkout", "--quiet", "HEAD~1", "--", "data.dvc", "table.csv.dvc")
            }
        }
        + ["hardlink", "symlink"].map { kind in
            CrashScenario(name: "relink to \(kind)", command: ["checkout", "--relink"]) {
                try writeData($0, 1)
                try track($0)
                try $0.varve("config", "cache.type", kind).succeeds()
            }
        }
        + [
            CrashScenario(name: "relink to copies", command: ["checkout", "--relink"]) {
                try writeData($0, 1)
                try track($0)
                try useLinks("symlink", $0)
                try $0.varve("config", "cache.type", "copy").succeeds()
            },
            CrashScenario(name: "commit", command: ["commit", "--force"]) {
                try writeData($0, 1)
                try track($0)
                try writeData($0, 2)
            },
            CrashScenario(name: "push", command: ["push"]) {
                try $0.addRemote()
                try twoVersions($0)
            },
            CrashScenario(name: "pull", command: ["pull"]) {
                try $0.addRemote()
                try writeData($0, 1)
                try track($0)
                try offline($0)
            },
            CrashScenario(name: "fetch", command: ["fetch"]) {
                try $0.addRemote()
                try writeData($0, 1)
                try track($0)
                try offline($0)
            },
            CrashScenario(name: "gc", command: ["gc", "--workspace", "--force"], removes: true) {
                try twoVersions($0)
            },
            CrashScenario(
                name: "gc in the remote", command: ["gc", "--workspace", "--cloud", "--force"], removes: true
            ) {
                try $0.addRemote()
                try twoVersions($0)
                try $0.varve("push", "--all-commits").succeeds()
            },
            CrashScenario(name: "move", command: ["move", "data", "moved"], isOnce: true) {
                try writeData($0, 1)
                try track($0)
            },
            CrashScenario(name: "remove", command: ["remove", "data.dvc"], removes: true, isOnce: true) {
                try writeData($0, 1)
                try track($0)
            },
            CrashScenario(name: "config", command: ["config", "core.autostage", "true"]) {
                try $0.addRemote()
            },
        ]
}
