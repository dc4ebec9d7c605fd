import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A hostile repository harms nothing")
struct HostileTests {
    @Test("by its pointer files", arguments: HostileFile.all(in: "pointer-files"))
    func pointerFile(_ file: HostileFile) throws {
        let project = try HostileProject {
            try $0.plantObject([])
            try $0.write("data.dvc", file.bytes)
        }
        try project.survives(file.name)
    }

    @Test("by its pipeline files", arguments: HostileFile.all(in: "pipeline-files"))
    func pipelineFile(_ file: HostileFile) throws {
        let project = try HostileProject { try $0.write("dvc.yaml", file.bytes) }
        try project.survives(file.name)
        #expect(!project.repository.exists("owned"))
    }

    @Test("by its listings of folders", arguments: HostileFile.all(in: "listings"))
    func listing(_ file: HostileFile) throws {
        let project = try HostileProject {
            try $0.plantObject([])
            let digest = try $0.plantObject(file.bytes, isDirectory: true)
            try $0.write("data.dvc", "outs:\n- md5: \(digest).dir\n  hash: md5\n  path: data\n")
        }
        let isOnlyOddlyNamed = ["escape-sequence", "right-to-left"].contains { file.name.contains($0) }
        try project.survives(file.name, isRefusedBy: isOnlyOddlyNamed ? [] : ["checkout"])
    }

    @Test("by its settings", arguments: HostileFile.all(in: "settings"))
    func settings(_ file: HostileFile) throws {
        let project = try HostileProject { try $0.write(".dvc/config", file.bytes) }
        try project.survives(file.name)
    }

    @Test("by a listing of a million files")
    func largeListing() throws {
        let repository = try TemporaryRepository()
        try repository.plantObject([])
        var bytes = Array("[".utf8)
        for number in 0..<1_000_000 {
            if number > 0 { bytes += ", ".utf8 }
            bytes += #"{"md5": "ffffffffffffffffffffffffffffffff", "relpath": "\#(number)"}"#.utf8
        }
        bytes += "]".utf8
        let digest = try repository.plantObject(bytes, isDirectory: true)
        try repository.write("data.dvc", "outs:\n- md5: \(digest).dir\n  path: data\n")
        let run = try repository.varve("checkout").fails()
        #expect(run.errors.utf8.count < 1 << 20, "the message of \(run.errors.utf8.count) bytes names every file")
        #expect(!repository.exists("data"))
    }

    @Test("by YAML nested a hundred thousand deep")
    func deepYAML() throws {
        let text = "outs: " + String(repeating: "[", count: 100_000)
        let block = "outs:\n" + String(repeating: "- ", count: 100_000) + "x\n"
        for text in [text, block] {
            let project = try HostileProject { try $0.write("data.dvc", text) }
            try project.survives("deep YAML")
        }
    }

    // MARK: Links

    @Test("by a link where a parent folder of the data should be")
    func linkedParent() throws {
        let project = try HostileProject {
            try $0.plantObject([])
            mkdir($0.folder + "/outside", 0o755)
            symlink("../outside", $0.path("sub"))
            try $0.write("data.dvc", "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: sub/data\n")
        }
        try project.survives("linked parent")
    }

    @Test("by a link where the data should be")
    func linkedData() throws {
        for target in ["../outside", "../outside/victim"] {
            let project = try HostileProject {
                try $0.plantObject([])
                try $0.write("../outside/victim", "precious\n")
                symlink(target, $0.path("data"))
                let listing = #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "victim"}]"#
                let digest = try $0.plantObject(Array(listing.utf8), isDirectory: true)
                try $0.write("data.dvc", "outs:\n- md5: \(digest).dir\n  path: data\n")
            }
            try project.survives("data that leads to \(target)")
        }
    }

    @Test("by links in the place of project files")
    func linkedProjectFiles() throws {
        for name in ["safe.txt.dvc", ".gitignore", "data.dvc", "dvc.yaml", "dvc.lock", ".dvcignore"] {
            let project = try HostileProject {
                try $0.write("../outside/victim", "precious\n")
                try? $0.remove(name)
                symlink("../outside/victim", $0.path(name))
                try $0.git("rm", "--quiet", "--cached", "safe.txt")
            }
            try project.survives("link in place of \(name)")
        }
    }

    @Test("by links inside the folder of the cache")
    func linkedCache() throws {
        for place in [".dvc/cache", ".dvc/cache/files", ".dvc/cache/files/md5", ".dvc/cache/files/md5/d4", ".dvc/tmp"] {
            let project = try HostileProject {
                try $0.write("../outside/victim", "precious\n")
                try $0.write("x.txt", "x\n")
                try? $0.remove(place)
                try Files.makeDirectory(Paths.parent($0.path(place)))
                symlink($0.folder + "/outside", $0.path(place))
                try $0.write("data.dvc", "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: data\n")
            }
            // A cache elsewhere is the user's right; only what lies there must stay.
            for command in HostileProject.commands {
                let copy = try TemporaryRepository(copyOf: project.repository)
                try copy.run([BuiltProgram.varve] + command).ends()
                #expect(try copy.read("../outside/victim") == "precious\n", "\(place) \(command)")
            }
        }
    }

    @Test("by a cache object that is a link")
    func linkedObject() throws {
        let project = try HostileProject {
            try $0.write("../outside/secret", "secret\n")
            let digest = try $0.plantObject(Array("harmless\n".utf8))
            let object = $0.path(".dvc/cache/files/md5/\(digest.prefix(2))/\(digest.dropFirst(2))")
            unlink(object)
            unlink($0.folder + "/remote/files/md5/\(digest.prefix(2))/\(digest.dropFirst(2))")
            symlink($0.folder + "/outside/secret", object)
            try $0.write("data.dvc", "outs:\n- md5: \(digest)\n  path: data\n")
        }
        try project.survives("linked object", isRefusedBy: ["checkout"])
        try project.repository.varve("checkout", "data.dvc")
        #expect(!project.repository.exists("data"), "the secret is in the workspace")
    }

    // MARK: Things that are no files

    @Test("by a FIFO in the place of a project file or of data")
    func fifo() throws {
        for name in ["data.dvc", "data", "dvc.yaml", ".gitignore", ".dvcignore", ".dvc/config", ".dvc/config.local"] {
            let project = try HostileProject {
                if name == "data" {
                    try $0.write("data.dvc", "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: data\n")
                }
                try? $0.remove(name)
                mkfifo($0.path(name), 0o644)
                try $0.git("rm", "--quiet", "--cached", "safe.txt")
            }
            try project.survives("FIFO \(name)")
        }
    }

    @Test("by names that steer a terminal")
    func escapeSequences() throws {
        let name = "x\u{1b}]0;owned\u{7}\u{202e}gpj"
        let project = try HostileProject {
            try $0.write(name, "x\n")
            try $0.write(
                "\(name).dvc", "outs:\n- md5: ffffffffffffffffffffffffffffffff\n  path: \"x\\e]0;owned\\a\\u202egpj\"\n"
            )
        }
        try project.survives("escape sequences")
        try project.repository.varve("add", name).ends()
    }
}
