#if DEBUG
    import FileSystem
    import Testing

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// What a killed or failing process leaves behind; each case is a process of its own.
    @Suite("Faults") struct FaultTests {
        let folder = TemporaryFolder()

        @Test("a process killed anywhere in a write leaves the old content or the new")
        func killedWrite() async throws {
            let path = folder("f")
            for point in 1...8 {
                try Files.write(Array("old".utf8), to: path, sync: false)
                await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, point = point as Int] in
                    setenv("VARVE_FAULT", "after:\(point)", 1)
                    try Files.write(Array("new".utf8), to: path)
                }
                #expect(try folder.text("f") == (point < 8 ? "old" : "new"), "killed at point \(point)")
                for name in try folder.temporaries() { try Files.remove(folder(name)) }
                #expect(try Files.names(in: folder.path) == ["f"])
            }
        }

        @Test("a write that meets a full disk or a broken one fails with that, and leaves the old content alone")
        func failedWrite() async throws {
            let path = folder("f")
            try Files.write(Array("old".utf8), to: path, sync: false)
            for (fault, code) in [("enospc:1", ENOSPC), ("enospc:2", ENOSPC), ("eio:1", EIO), ("eio:2", EIO)] {
                await #expect(processExitsWith: .exitCode(7)) {
                    [path = path as String, fault = fault as String, code = code as Int32] in
                    setenv("VARVE_FAULT", fault, 1)
                    do {
                        try Files.write(Array("new".utf8), to: path)
                    } catch let error as FileError {
                        exit(error.code == code ? 7 : 8)
                    }
                }
                #expect(try Files.names(in: folder.path) == ["f"])
                #expect(try folder.text("f") == "old")
            }
        }

        @Test("a copy that meets a full disk leaves nothing under its name")
        func failedCopy() async throws {
            let (source, copy) = (try folder.write("f"), folder("g"))
            await #expect(processExitsWith: .exitCode(7)) { [source = source as String, copy = copy as String] in
                setenv("VARVE_FAULT", "enospc:1", 1)
                do {
                    try Files.copy(from: source, to: copy)
                } catch let error as FileError {
                    exit(error.code == ENOSPC ? 7 : 8)
                }
            }
            #expect(try Files.names(in: folder.path) == ["f"])
        }

        @Test("a workspace file is there at every moment while a link takes its place")
        func killedMaterialize() async throws {
            let (root, source) = (folder.path, try folder.write("object", "data"))
            for type in [LinkType.copy, .hardlink, .symlink] {
                for point in 1...9 {
                    try Files.write(Array("old".utf8), to: folder("w/f").made, sync: false)
                    await #expect(processExitsWith: .failure) {
                        [
                            root = root as String, source = source as String, name = type.rawValue as String,
                            point = point as Int
                        ] in
                        setenv("VARVE_FAULT", "after:\(point)", 1)
                        let type = try #require(LinkType(rawValue: name))
                        try SafeFolder(root: root).materialize(type, from: source, at: "w/f")
                        exit(1)
                    }
                    #expect(["old", "data"].contains(try folder.text("w/f")), "\(type) killed at point \(point)")
                    try Files.removeTree(folder("w"))
                }
            }
            #expect(try folder.text("object") == "data")
        }

        @Test("the log names every point that was passed")
        func log() async throws {
            let (path, log) = (folder("f"), folder("log"))
            await #expect(processExitsWith: .success) { [path = path as String, log = log as String] in
                setenv("VARVE_FAULT_LOG", log, 1)
                try Files.write([1], to: path)
            }
            #expect(
                try folder.text("log").split(separator: "\n")
                    == ["create", "create", "write", "write", "sync", "sync", "rename", "rename"])
        }
    }

    extension String {
        /// The path, with the folder that it is in made.
        fileprivate var made: String {
            get throws {
                try Files.makeDirectory(Paths.parent(self))
                return self
            }
        }
    }
#endif
