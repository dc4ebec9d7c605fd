import FileSystem
import HTTP
import Storage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("SSH servers", .enabled(if: TestPrograms.areProvided)) struct SSHServerTests {
    private let server: SSHServer

    init() throws { server = try SSHServer.shared() }

    private func backend(_ change: (inout SSHOptions) -> Void = { _ in }) throws -> SSHBackend {
        var options = SSHOptions()
        options.keyFile = server.keyFile
        options.usesAgent = false
        options.knownHosts = server.knownHosts
        change(&options)
        let address = try SSHAddress(
            "\(server.url)/\(WebServer.unique())/not made/yet", options: options, config: SSHConfig(""),
            home: "/nonexistent", localUser: "nobody")
        return SSHBackend(address, client: HTTPClient())
    }

    @Test("OpenSSH keeps every promise of a backend")
    func contract() async throws {
        try await BackendContract(backend()).check()
    }

    @Test("a folder is listed by itself, and what a killed writer left is found and no member")
    func folders() async throws { try await FolderContract().check(backend()) }

    @Test("so does rclone, with a password")
    func rclone() async throws {
        let server = try PasswordSSHServer.shared()
        var options = SSHOptions()
        options.password = WebServer.password
        options.knownHosts = server.knownHosts
        options.usesAgent = false
        let address = try SSHAddress(
            "\(server.url)/\(WebServer.unique())", options: options, config: SSHConfig(""), home: "/nonexistent",
            localUser: "nobody")
        try await BackendContract(SSHBackend(address, client: HTTPClient())).check()
    }

    @Test("a wrong password and an unknown key are refused, and no retry helps")
    func wrongLogin() async throws {
        let other = try PasswordSSHServer.shared()
        var options = SSHOptions()
        options.password = "wr0ng"
        options.knownHosts = other.knownHosts
        options.usesAgent = false
        let address = try SSHAddress(
            "\(other.url)/x", options: options, config: SSHConfig(""), home: "/nonexistent", localUser: "nobody")
        let stranger = try backend { $0.keyFile = server.strangerKeyFile }
        for backend in [SSHBackend(address, client: HTTPClient()), stranger] {
            let error = try await storageFailure { _ = try await backend.stat(Key("a")) }
            #expect(error.kind == .permission)
            #expect(!error.isRetryable)
            #expect(!"\(error)".contains("wr0ng"))
        }
    }

    @Test("a host whose key is not known is refused before the login")
    func unknownHost() async throws {
        let backend = try backend { $0.knownHosts = "/nonexistent/known_hosts" }
        let error = try await storageFailure { try await backend.write(BytesSource("x"), to: Key("a")) }
        #expect(error.kind == .permission)
        #expect(!error.isRetryable)
        #expect(error.detail.contains("not known"))
        #expect(error.remedy?.contains("known_hosts") == true)
    }

    @Test("a host whose key has changed is refused, and said to have")
    func changedHost() async throws {
        let backend = try backend { $0.knownHosts = server.changedHosts }
        let error = try await storageFailure { _ = try await backend.stat(Key("a")) }
        #expect(error.kind == .permission)
        #expect(!error.isRetryable)
        #expect(error.detail.contains("changed"))
        #expect(error.remedy?.contains("ssh-keygen -R") == true)
    }

    @Test("a locked key opens with its passphrase only")
    func passphrase() async throws {
        for passphrase in [WebServer.password, "wr0ng", nil] {
            let backend = try backend {
                $0.keyFile = server.lockedKeyFile
                $0.passphrase = passphrase
            }
            if passphrase == WebServer.password {
                try await backend.write(BytesSource("x"), to: Key("a"))
            } else {
                let error = try await storageFailure { try await backend.write(BytesSource("x"), to: Key("a")) }
                #expect(error.kind == .permission)
            }
        }
    }

    @Test("a folder where nobody may write is a matter of permission, or of the folder")
    func unwritable() async throws {
        var options = SSHOptions()
        options.keyFile = server.keyFile
        options.usesAgent = false
        options.knownHosts = server.knownHosts
        let address = try SSHAddress(
            "ssh://\(server.user)@127.0.0.1:\(server.port)/proc/varve", options: options, config: SSHConfig(""),
            home: "/nonexistent", localUser: "nobody")
        let error = try await storageFailure {
            try await SSHBackend(address, client: HTTPClient()).write(BytesSource("x"), to: Key("a"))
        }
        #expect(!error.isRetryable)
        #expect(error.kind != .notFound)
    }

    @Test("a folder is no object")
    func folder() async throws {
        let backend = try backend()
        try await backend.write(BytesSource("x"), to: Key("a/b"))
        #expect(try await backend.stat(Key("a")) == nil)
        #expect(try await backend.stat(Key("a/b"))?.size == 1)
    }

    @Test("a cancelled write leaves nothing under its name")
    func cancelled() async throws {
        let backend = try backend()
        let source = TricklingSource()
        let writing = Task { try await backend.write(source, to: Key("a")) }
        await source.hasBegun()
        writing.cancel()
        let error = try await storageFailure { try await writing.value }
        #expect(error.kind == .cancelled)
        #expect(try await backend.stat(Key("a")) == nil)
        for try await entry in backend.list(under: Key("")) { Issue.record("\(entry.key) is left behind") }
    }

    @Test("links and temporary files are not listed")
    func listed() async throws {
        let folder = WebServer.unique()
        var options = SSHOptions()
        options.keyFile = server.keyFile
        options.usesAgent = false
        options.knownHosts = server.knownHosts
        let address = try SSHAddress(
            "\(server.url)/\(folder)", options: options, config: SSHConfig(""), home: "/nonexistent",
            localUser: "nobody")
        let backend = SSHBackend(address, client: HTTPClient())
        try await backend.write(BytesSource("x"), to: Key("a/ two  blanks "))
        try await backend.write(BytesSource("x"), to: Key("a/\(TemporaryName.make())"))
        try #require(symlink("\(server.data)/\(folder)/a", "\(server.data)/\(folder)/link") == 0)
        var keys: [Key] = []
        for try await entry in backend.list(under: Key("")) { keys.append(entry.key) }
        #expect(keys == [Key("a/ two  blanks ")])
    }
}
