import Documents
import FileSystem
import Testing
import Versioning

/// Expected files are those that DVC 3.67.1 leaves after the same commands.
@Suite("config, remote and cache") struct SettingsCommandTests {
    @Test("options are set, read and unset, and an emptied file is one empty line")
    func options() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config", "")
            let remote = try #require(OptionName("core.remote"))
            let type = try #require(OptionName("cache.type"))
            #expect(try fixture.store.entry(remote, at: nil) == nil)
            try fixture.store.set(remote, to: "myremote", at: nil)
            try fixture.store.set(type, to: "reflink,hardlink,copy", at: nil)
            #expect(
                try fixture.read(".dvc/config")
                    == "[core]\n    remote = myremote\n[cache]\n    type = \"reflink,hardlink,copy\"\n")
            #expect(try fixture.store.entry(type, at: nil)?.value == "reflink,hardlink,copy")
            #expect(try fixture.store.entry(remote, at: .project)?.origin == ".dvc/config")
            try fixture.store.unset(remote, at: nil)
            try fixture.store.unset(type, at: nil)
            #expect(try fixture.read(".dvc/config") == "\n")
        }
    }

    @Test(
        "asking one level for what it lacks, or unsetting it, is an error in DVC's words",
        arguments: [
            ("core.remote", "option 'remote' doesn't exist in section 'core'"),
            ("nosuch.x", "section 'nosuch' doesn't exist"), ("remote.x.url", "remote 'x' doesn't exist"),
        ])
    func missing(name: String, message: String) throws {
        try SettingsFixture.with { fixture in
            let name = try #require(OptionName(name))
            #expect(throws: SettingsError(message)) { try fixture.store.entry(name, at: .project) }
            #expect(throws: SettingsError(message)) { try fixture.store.unset(name, at: nil) }
            #expect(try fixture.store.entry(name, at: nil) == nil)
        }
    }

    @Test(
        "a name has two parts, or three below remote and db",
        arguments: [
            ("core.remote", ["core", "remote"]), ("remote.X.Url", ["remote", "x", "url"]),
            ("db.x.url", ["db", "x", "url"]),
            ("remote.x", ["remote", "x"]), ("core", nil), ("a.b.c", nil), ("remote.a.b.url", nil), ("", nil),
        ])
    func names(text: String, path: [String]?) {
        #expect(OptionName(text)?.path == path)
    }

    @Test("the list shows every file's options with absolute paths, remotes first")
    func list() throws {
        try SettingsFixture.with { fixture in
            try fixture.write("global/config", "[core]\nchecksum_jobs = 4\n")
            try fixture.write(".dvc/config", "[core]\nremote = x\n[remote \"x\"]\nurl = ../../d\n[cache]\ntype = a,b\n")
            try fixture.write(".dvc/config.local", "[remote \"x\"]\npassword = \"k,#\"\n")
            let lines = try fixture.store.entries(at: nil).map { "\($0.origin)\t\($0.name)=\($0.value)" }
            #expect(
                lines == [
                    "\(fixture.path("global/config"))\tcore.checksum_jobs=4",
                    ".dvc/config\tremote.x.url=\(Paths.normalized(fixture.path("../d")))",
                    ".dvc/config\tcore.remote=x", ".dvc/config\tcache.type=['a', 'b']",
                    ".dvc/config.local\tremote.x.password=k,#",
                ])
        }
    }

    @Test("a relative URL is seen from the working directory and kept relative to the file")
    func relativePaths() throws {
        try SettingsFixture.with(workingDirectory: "sub") { fixture in
            try fixture.store.addRemote("A", url: "../../remote", isDefault: true, overwriting: false, at: nil)
            #expect(
                try fixture.read(".dvc/config")
                    == "[core]\n    remote = a\n['remote \"a\"']\n    url = ../../remote\n")
            try fixture.store.modifyRemote("a", option: "url", value: "/abs/../q", at: nil)
            #expect(try fixture.store.remoteEntries(at: nil).map(\.url) == ["/abs/../q"])
            try fixture.store.modifyRemote("a", option: "url", value: "~/d", at: nil)
            #expect(try fixture.read(".dvc/config") == "[core]\n    remote = a\n['remote \"a\"']\n    url = ~/d\n")
            try fixture.store.modifyRemote("a", option: "url", value: "s3://b/x", at: nil)
            #expect(
                try fixture.store.remoteEntries(at: nil) == [RemoteEntry(name: "a", url: "s3://b/x", isDefault: true)])
            try fixture.store.set(try #require(OptionName("cache.dir")), to: "../c", at: nil)
            #expect(try fixture.store.cacheFolder(at: nil) == fixture.path("c"))
            #expect(try fixture.store.entry(try #require(OptionName("cache.dir")), at: nil)?.value == fixture.path("c"))
            #expect(try fixture.store.values(.project)["cache", "dir"] == .string(fixture.path("c")))
        }
    }

    @Test("the cache folder is .dvc/cache until it is set")
    func cacheFolder() throws {
        try SettingsFixture.with { fixture in
            let folder = try fixture.store.cacheFolder(at: nil)
            #expect(folder == fixture.path(".dvc/cache"))
            #expect(throws: SettingsError("option 'dir' doesn't exist in section 'cache'")) {
                try fixture.store.cacheFolder(at: .local)
            }
        }
    }

    @Test("adding a remote twice needs force, which drops its options")
    func addTwice() throws {
        try SettingsFixture.with { fixture in
            try fixture.store.addRemote("x", url: "s3://b", isDefault: false, overwriting: false, at: nil)
            try fixture.store.modifyRemote("x", option: "region", value: "eu", at: nil)
            #expect(throws: SettingsError("remote 'x' already exists. Use `-f|--force` to overwrite it.")) {
                try fixture.store.addRemote("X", url: "/y", isDefault: false, overwriting: false, at: nil)
            }
            try fixture.store.addRemote("x", url: "/y", isDefault: false, overwriting: true, at: nil)
            #expect(try fixture.read(".dvc/config") == "['remote \"x\"']\n    url = /y\n")
        }
    }

    @Test("renaming moves the remote to the end, follows the default, and leaves an empty local file as DVC does")
    func rename() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(
                ".dvc/config",
                "[core]\n    remote = a\n['remote \"a\"']\n    url = s3://a\n['remote \"b\"']\n    url = s3://b\n")
            try fixture.store.renameRemote("a", to: "c", at: nil)
            #expect(
                try fixture.read(".dvc/config")
                    == "[core]\n    remote = c\n['remote \"b\"']\n    url = s3://b\n['remote \"c\"']\n    url = s3://a\n"
            )
            #expect(try fixture.read(".dvc/config.local") == "\n")
            #expect(throws: SettingsError("Rename failed. Remote name 'c' already exists.")) {
                try fixture.store.renameRemote("b", to: "c", at: nil)
            }
            #expect(throws: SettingsError("remote 'nosuch' doesn't exist.")) {
                try fixture.store.renameRemote("nosuch", to: "x", at: nil)
            }
        }
    }

    @Test("renaming takes the local credentials along")
    func renameWithCredentials() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config", "['remote \"a\"']\n    url = s3://a\n")
            try fixture.write(".dvc/config.local", "['remote \"a\"']\n    session_token = t\n[core]\n    remote = a\n")
            try fixture.store.renameRemote("a", to: "b", at: nil)
            #expect(try fixture.read(".dvc/config") == "['remote \"b\"']\n    url = s3://a\n")
            #expect(
                try fixture.read(".dvc/config.local")
                    == "[core]\n    remote = b\n['remote \"b\"']\n    session_token = t\n")
        }
    }

    @Test("removing a remote unsets it as the default here and in the local file")
    func remove() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config", "[core]\nremote = a\n[remote \"a\"]\nurl = s3://a\n")
            try fixture.write(".dvc/config.local", "[core]\nremote = a\nautostage = true\n")
            try fixture.store.removeRemote("A", at: nil)
            #expect(try fixture.read(".dvc/config") == "\n")
            #expect(try fixture.read(".dvc/config.local") == "[core]\n    autostage = true\n")
            #expect(throws: SettingsError("remote 'a' doesn't exist.")) { try fixture.store.removeRemote("a", at: nil) }
        }
    }

    @Test("a remote with local credentials is not half removed")
    func removeWithCredentials() throws {
        try SettingsFixture.with { fixture in
            let text = "['remote \"a\"']\n    url = s3://a\n"
            try fixture.write(".dvc/config", text)
            try fixture.write(".dvc/config.local", "['remote \"a\"']\n    session_token = t\n")
            let error = try #require(throws: SettingsError.self) { try fixture.store.removeRemote("a", at: nil) }
            #expect(error.remedy == "remove them first: `varve remote remove --local a`")
            #expect(try fixture.read(".dvc/config") == text)
            try fixture.store.removeRemote("a", at: .local)
            try fixture.store.removeRemote("a", at: nil)
            #expect(try fixture.store.remoteEntries(at: nil) == [])
        }
    }

    @Test("the default remote must be known, by this level or a weaker one")
    func defaultRemote() throws {
        try SettingsFixture.with { fixture in
            try fixture.store.addRemote("one", url: "s3://b/one", isDefault: false, overwriting: false, at: nil)
            #expect(try fixture.store.defaultRemote(at: nil) == nil)
            try fixture.store.setDefaultRemote("One", at: .local)
            #expect(try fixture.read(".dvc/config.local") == "[core]\n    remote = one\n")
            #expect(try fixture.store.defaultRemote(at: nil) == "one")
            #expect(try fixture.store.defaultRemote(at: .project) == nil)
            #expect(throws: SettingsError("default remote must be present in remote list.")) {
                try fixture.store.setDefaultRemote("missing", at: nil)
            }
            try fixture.store.setDefaultRemote(nil, at: .local)
            #expect(try fixture.read(".dvc/config.local") == "\n")
        }
    }

    @Test("a secret goes to config.local, which then only its owner reads, unless another file is named")
    func secrets() throws {
        try SettingsFixture.with { fixture in
            let store = fixture.store
            try store.addRemote("y", url: "s3://b/p", isDefault: false, overwriting: false, at: nil)
            let project = try fixture.read(".dvc/config")
            try fixture.write(".dvc/config.local", "[core]\n    remote = y\n")
            try Files.setMode(fixture.path(".dvc/config.local"), 0o644)
            try store.modifyRemote("y", option: "access_key_id", value: "id", at: nil)
            try store.set(try #require(OptionName("remote.y.secret_access_key")), to: "key", at: nil)
            #expect(try fixture.read(".dvc/config") == project)
            #expect(
                try fixture.read(".dvc/config.local")
                    == "[core]\n    remote = y\n['remote \"y\"']\n    access_key_id = id\n    secret_access_key = key\n"
            )
            #expect(try Files.status(fixture.path(".dvc/config.local"))?.mode == 0o600)
            try store.modifyRemote("y", option: "secret_access_key", value: nil, at: nil)
            try store.unset(try #require(OptionName("remote.y.access_key_id")), at: nil)
            #expect(try fixture.read(".dvc/config.local") == "[core]\n    remote = y\n['remote \"y\"']\n")
            try store.modifyRemote("y", option: "secret_access_key", value: "key", at: .project)
            #expect(try fixture.read(".dvc/config") == project! + "    secret_access_key = key\n")
            try store.modifyRemote("y", option: "secret_access_key", value: nil, at: nil)
            #expect(try fixture.read(".dvc/config") == project)
        }
    }

    @Test("a URL with a password in it makes a remote of config.local, in place of one of the project")
    func passwordInURL() throws {
        try SettingsFixture.with { fixture in
            let store = fixture.store
            try store.addRemote("w", url: "https://h/old", isDefault: false, overwriting: false, at: nil)
            let url = "https://ada:pw@h/x"
            #expect(throws: SettingsError.self) {
                try store.addRemote("w", url: url, isDefault: false, overwriting: false, at: nil)
            }
            try store.addRemote("w", url: url, isDefault: true, overwriting: true, at: nil)
            #expect(try fixture.read(".dvc/config")?.contains("old") == false)
            #expect(
                try fixture.read(".dvc/config.local")
                    == "[core]\n    remote = w\n['remote \"w\"']\n    url = \(url)\n")
            #expect(try Files.status(fixture.path(".dvc/config.local"))?.mode == 0o600)
            #expect(try store.remoteEntries(at: nil).map(\.url) == [url])
        }
    }

    @Test("local options of a remote of the project are a section without a URL")
    func localOptions() throws {
        try SettingsFixture.with { fixture in
            try fixture.store.addRemote("y", url: "s3://b/p", isDefault: false, overwriting: false, at: nil)
            try fixture.store.modifyRemote("y", option: "secret_access_key", value: "k,#", at: .local)
            #expect(try fixture.read(".dvc/config.local") == "['remote \"y\"']\n    secret_access_key = \"k,#\"\n")
            #expect(try fixture.store.remoteEntries(at: .local) == [])
            try fixture.store.modifyRemote("y", option: "secret_access_key", value: nil, at: .local)
            #expect(try fixture.read(".dvc/config.local") == "['remote \"y\"']\n")
            #expect(throws: SettingsError("remote 'z' doesn't exist.")) {
                try fixture.store.modifyRemote("z", option: "url", value: "x", at: nil)
            }
        }
    }
}
