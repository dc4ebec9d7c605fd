import Basics
import Documents
import FileSystem
import Testing
import Versioning

@Suite("Settings") struct SettingsStoreTests {
    @Test(
        "a broken rule is told in DVC's words, with the file",
        arguments: [
            ("[core]\nnosuch = 1", "extra keys not allowed @ data['core']['nosuch']"),
            ("[nosuch]\na = 1", "extra keys not allowed @ data['nosuch']"),
            ("a = b", "extra keys not allowed @ data['a']"),
            ("[core]\nautostage = yes", "expected true or false for dictionary value @ data['core']['autostage']"),
            ("[core]\nautostage = a,b", "expected true or false for dictionary value @ data['core']['autostage']"),
            (
                "[core]\nchecksum_jobs = 0",
                "value must be at least 1 for dictionary value @ data['core']['checksum_jobs']"
            ),
            ("[core]\nchecksum_jobs = 1.5", "expected int for dictionary value @ data['core']['checksum_jobs']"),
            ("[core]\nsite_cache_dir = a,b", "expected str for dictionary value @ data['core']['site_cache_dir']"),
            (
                "[state]\nrow_cleanup_quota = 101",
                "value must be at most 100 for dictionary value @ data['state']['row_cleanup_quota']"
            ),
            (
                "[cache]\ntype = foo,bar",
                "Unsupported cache type(s): bar, foo for dictionary value @ data['cache']['type']"
            ),
            ("[cache]\nshared = x", "expected one of group for dictionary value @ data['cache']['shared']"),
            (
                "[parsing]\nbool = x",
                "expected one of store_true, boolean_optional for dictionary value @ data['parsing']['bool']"
            ),
            (
                "[hydra]\nconfig_dir = a\nconfig_module = b",
                "two or more values in the same group of exclusion 'config_source' @ data['hydra'][<config_source>]"
            ),
            ("[remote \"a\"]\njobs = 3", "expected 'url' for dictionary value @ data['remote']['a']"),
            (
                "[remote \"a\"]\nurl = foo://host/x",
                "Unsupported URL type foo:// for dictionary value @ data['remote']['a']"
            ),
            (
                "[remote \"a\"]\nurl = file://h/x",
                "Unsupported URL type file:// for dictionary value @ data['remote']['a']"
            ),
            ("[remote \"a\"]\nurl = http://[::1", "not a valid value for dictionary value @ data['remote']['a']"),
            ("[remote \"a\"]\nurl = s3://b\nnosuch = 1", "extra keys not allowed @ data['remote']['a']['nosuch']"),
            (
                "[remote \"a\"]\nurl = http://h/\nread_timeout = -1",
                "value must be at least 0 for dictionary value @ data['remote']['a']['read_timeout']"
            ),
            (
                "[remote \"a\"]\nurl = s3://b\ncache_regions = true",
                "expected bool for dictionary value @ data['remote']['a']['cache_regions']"
            ),
            ("[remote]\na = b", "expected a dictionary for dictionary value @ data['remote']['a']"),
            ("[db \"x\"]\nfoo = 1", "extra keys not allowed @ data['db']['x']['foo']"),
        ])
    func mistakes(source: String, message: String) throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config", source + "\n")
            let path = fixture.path(".dvc/config")
            #expect(throws: SettingsError(message, file: path)) { try fixture.store.load() }
        }
    }

    @Test(
        "what DVC accepts is accepted",
        arguments: [
            "[core]\nautostage = TRUE", "[core]\nchecksum_jobs = 1_000", "[core]\nexperiments = true",
            "[cache]\ntype = hardlink,symlink", "[cache]\nshared = GROUP", "[cache]\nprotected = true\nlocal = x",
            "[remote \"a\"]\nurl = foo:/x", "[remote \"a\"]\nurl = C:\\x", "[remote \"a\"]\nurl =",
            "[remote \"a\"]\nurl = S3://b\nregion = x", "[remote \"a\"]\nurl = remote://b/c\nfoo = x",
            "[remote \"a\"]\nurl = http://h/\nssl_verify = /x/y\nconnect_timeout = inf", "[index]\ndir = x",
            "[feature]\nnew = 1", "[parsing]\nlist = Append",
        ])
    func acceptance(source: String) throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config", source + "\n")
            #expect(throws: Never.self) { try fixture.store.load() }
        }
    }

    @Test("a syntax error names the file and the line, and says how comments begin")
    func syntaxError() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config.local", "[core]\n  ; old\n")
            let error = try #require(throws: SettingsError.self) { try fixture.store.load() }
            #expect(error.message.hasSuffix("(matched as neither section nor keyword) at line 2"))
            #expect(error.file == fixture.path(".dvc/config.local"))
            #expect(error.remedy == "comments begin with '#' in settings files")
        }
    }

    @Test("levels are merged key by key, the stronger winning, and values have their types")
    func merging() throws {
        try SettingsFixture.with { fixture in
            try fixture.write("system/config", "[core]\nchecksum_jobs = 2\nautostage = true\n")
            try fixture.write("global/config", "[core]\nchecksum_jobs = 3\nremote = A\n")
            try fixture.write(
                ".dvc/config",
                "[cache]\ntype = hardlink,copy\nshared = group\n[remote \"a\"]\nurl = s3://b/p\njobs = 4\n")
            try fixture.write(".dvc/config.local", "[remote \"a\"]\nuse_ssl = false\n[core]\nautostage = False\n")
            let settings = try fixture.store.load()
            #expect(settings.checksumJobs == 3)
            #expect(settings.defaultRemote == "a")
            #expect(!settings.stagesAutomatically)
            #expect(settings.linkTypes == [.hardlink, .copy])
            #expect(settings.isSharedWithGroup)
            #expect(settings.warnsOfSlowLinks)
            let remote = try settings.remote(nil)
            #expect(remote.url == "s3://b/p")
            #expect(remote.scheme == "s3")
            #expect(remote.jobs == 4)
            #expect(!remote.flag("use_ssl"))
            #expect(!remote.isVerified)
            #expect(remote.levels == ["url": .project, "jobs": .project, "use_ssl": .local])
        }
    }

    @Test("without any file there are DVC's initial values")
    func initialValues() throws {
        try SettingsFixture.with { fixture in
            let settings = try fixture.store.load()
            #expect(settings.linkTypes == [.reflink, .copy])
            #expect(settings.cacheFolder == nil)
            #expect(settings.defaultRemote == nil)
            #expect(settings.values["core", "check_update"] == true)
            #expect(throws: SettingsError.self) { try settings.remote(nil) }
            #expect(throws: SettingsError.self) { try settings.remote("nosuch") }
        }
    }

    @Test("relative paths are seen from their file's folder, URLs and absolute ones stay, and ~ is the home folder")
    func paths() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(
                ".dvc/config",
                """
                [cache]
                dir = ../../shared/./cache/
                [remote "a"]
                url = ../../store
                [remote "b"]
                url = ~/data
                [remote "c"]
                url = /abs/../x
                [remote "d"]
                url = ssh://h/x
                keyfile = key
                """)
            let settings = try fixture.store.load()
            #expect(settings.cacheFolder == Paths.normalized(fixture.path("../shared/cache")))
            #expect(try settings.remote("a").url == Paths.normalized(fixture.path("../store")))
            #expect(try settings.remote("b").url == fixture.path("home/data"))
            #expect(try settings.remote("c").url == "/abs/../x")
            #expect(try settings.remote("d")["keyfile"] == fixture.path(".dvc/key"))
        }
    }

    @Test("a remote below another takes over its options and its URL")
    func remoteBelowRemote() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(
                ".dvc/config",
                """
                [remote "server"]
                url = ssh://host/base
                user = root
                port = 22
                [remote "images"]
                url = remote://server/tmp/pictures
                user = alice
                [remote "loop"]
                url = remote://loop/x
                """)
            let settings = try fixture.store.load()
            let images = try settings.remote("IMAGES")
            #expect(images.url == "ssh://host/base/tmp/pictures")
            #expect(images.scheme == "ssh")
            #expect(images["user"] == "alice")
            #expect(images.integer("port") == 22)
            #expect(throws: SettingsError("remote 'loop' refers to itself through remote:// URLs")) {
                try settings.remote("loop")
            }
        }
    }

    @Test("a rejected change leaves every file as it was")
    func rejectedChange() throws {
        try SettingsFixture.with { fixture in
            let before = "# kept\n[core]\n    remote = a\n"
            try fixture.write(".dvc/config", before)
            try fixture.write(".dvc/config.local", "[remote \"a\"]\nurl = /x\n")
            let name = try #require(OptionName("core.autostage"))
            #expect(throws: SettingsError.self) { try fixture.store.set(name, to: "maybe", at: nil) }
            #expect(try fixture.read(".dvc/config") == before)
            // A stronger level that hides the mistake does not excuse it.
            try fixture.write(".dvc/config.local", "[core]\nautostage = true\n")
            #expect(throws: SettingsError.self) { try fixture.store.set(name, to: "maybe", at: .project) }
            #expect(try fixture.read(".dvc/config") == before)
            // A value that only fails together with another level does not get through either.
            try fixture.write(".dvc/config.local", "[remote \"b\"]\njobs = 2\n")
            #expect(throws: SettingsError.self) { try fixture.store.set(name, to: "true", at: .project) }
            #expect(try fixture.read(".dvc/config") == before)
        }
    }

    @Test("outside of a repository its levels are refused and the others work")
    func outsideRepository() throws {
        try SettingsFixture.with(inRepository: false) { fixture in
            let name = try #require(OptionName("core.checksum_jobs"))
            #expect(throws: SettingsError("Not inside a DVC repo")) { try fixture.store.set(name, to: "1", at: nil) }
            #expect(throws: SettingsError("Not inside a DVC repo")) { try fixture.store.entry(name, at: .local) }
            try fixture.store.set(name, to: "4", at: .global)
            #expect(try fixture.read("global/config") == "[core]\n    checksum_jobs = 4\n")
            #expect(try fixture.store.entry(name, at: nil)?.value == "4")
        }
    }

    @Test("an existing file keeps its permissions when it is rewritten")
    func modes() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config.local", "[core]\n")
            try Files.setMode(fixture.path(".dvc/config.local"), 0o600)
            try fixture.store.set(try #require(OptionName("core.remote")), to: "x", at: .local)
            #expect(try Files.status(fixture.path(".dvc/config.local"))?.mode == 0o600)
        }
    }

    @Test("settings of one command are checked with the rest")
    func overrides() throws {
        try SettingsFixture.with { fixture in
            try fixture.write(".dvc/config", "[remote \"a\"]\nurl = s3://b\n")
            let settings = try fixture.store.load(
                overrides: SettingsOverrides(remote: "A", remoteOptions: [("endpointurl", "http://x"), ("jobs", "2")]))
            #expect(try settings.remote(nil)["endpointurl"] == "http://x")
            #expect(try settings.remote(nil).jobs == 2)
            #expect(try settings.remote(nil).levels["jobs"] == nil)
            #expect(throws: SettingsError.self) {
                try fixture.store.load(overrides: SettingsOverrides(remoteOptions: [("jobs", "2")]))
            }
        }
    }

    @Test(
        "secrets are starred where settings are shown",
        arguments: [
            ("password", "p", "***"), ("secret_access_key", "k", "***"), ("region", "r", "r"),
            ("url", "ssh://me:pw@h/x", "ssh://me:***@h/x"), ("url", "https://h/x?sig=abc", "https://h/x?***"),
            ("url", "s3://b/x", "s3://b/x"), ("endpointurl", "http://u:p@h", "http://u:***@h"),
        ])
    func secrets(option: String, value: String, shown: String) {
        #expect(SettingsSecrets.shown(value, of: option) == shown)
    }
}

/// A folder with every level's settings in it, removed after use.
struct SettingsFixture {
    let root: String
    let environment: HostEnvironment
    let store: SettingsStore

    static func with(
        inRepository: Bool = true, workingDirectory: String = ".", _ body: (SettingsFixture) throws -> Void
    ) throws {
        let root = try TemporaryFolder.make()
        defer { try? Files.removeTree(root) }
        if inRepository { try Files.makeDirectory(Paths.join(root, ".dvc")) }
        let environment = HostEnvironment(
            variables: [
                "HOME": Paths.join(root, "home"), "DVC_SYSTEM_CONFIG_DIR": Paths.join(root, "system"),
                "DVC_GLOBAL_CONFIG_DIR": Paths.join(root, "global"),
            ],
            workingDirectory: Paths.absolute(workingDirectory, from: root), processors: 2)
        try body(
            SettingsFixture(
                root: root, environment: environment,
                store: SettingsStore(
                    environment: environment, dvcFolder: inRepository ? Paths.join(root, ".dvc") : nil)))
    }

    func path(_ name: String) -> String { Paths.join(root, name) }

    func write(_ name: String, _ text: String) throws {
        try Files.makeDirectory(Paths.parent(path(name)))
        try Files.write(Array(text.utf8), to: path(name), sync: false)
    }

    func read(_ name: String) throws -> String? {
        try Files.readIfPresent(path(name)).map { String(decoding: $0, as: UTF8.self) }
    }
}

enum TemporaryFolder {
    static func make() throws -> String {
        let folder = Paths.join(Paths.resolvingLinks("/tmp"), "varve-settings-\(TemporaryName.make())")
        try Files.makeDirectory(folder)
        return folder
    }
}
