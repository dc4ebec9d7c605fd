import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Secrets")
struct SecretTests {
    private static let canary = "CANARY0123456789abcdef"

    private func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("a", "a")
        try repository.varve("add", "-q", "a").succeeds()
        return repository
    }

    @Test("a secret goes to config.local with a warning, or where it is told to; the project's file with another")
    func levels() throws {
        let repository = try project()
        try repository.varve("remote", "add", "-d", "s", "s3://bucket/x").succeeds()
        let first = try repository.varve("remote", "modify", "s", "secret_access_key", Self.canary).succeeds()
        #expect(first.errors.contains("was written to .dvc/config.local"))
        #expect(!first.errors.contains(Self.canary))
        #expect(try !Files.read(repository.path(".dvc/config")).contains(Self.canary))
        #expect(try Files.read(repository.path(".dvc/config.local")).contains(Self.canary))
        #expect(try Files.status(repository.path(".dvc/config.local"))?.mode == 0o600)
        #expect(
            try repository.varve("remote", "modify", "--local", "s", "password", "p").fails(status: 251).errors != "")
        let quiet = try repository.varve("config", "--local", "remote.s.session_token", Self.canary).succeeds()
        #expect(quiet.errors == "")
        try repository.varve("config", "remote.s.access_key_id", Self.canary).succeeds()
        #expect(try !Files.read(repository.path(".dvc/config")).contains(Self.canary))
        let insisted = try repository.varve("config", "--project", "remote.s.access_key_id", Self.canary).succeeds()
        #expect(insisted.errors.contains("which goes into Git"))
        #expect(try Files.read(repository.path(".dvc/config")).contains(Self.canary))
        let plain = try repository.varve("remote", "modify", "s", "region", "eu").succeeds()
        #expect(plain.errors == "")
    }

    @Test(
        "a password in a remote's URL is in no message, log or list",
        arguments: ["https", "webdavs", "http", "webdav", "ssh"])
    func passwordInURL(scheme: String) throws {
        let repository = try project()
        let url = "\(scheme)://ada:\(Self.canary)@127.0.0.1:1/x"
        var said = try repository.varve("remote", "add", "-d", "w", url).succeeds().everything
        #expect(said.contains("was written to .dvc/config.local"))
        let commands: [[String]] = [
            ["push", "-v"], ["push", "-v", "-j", "2"], ["fetch", "-v"], ["pull", "-v"], ["status", "-c", "-v"],
            ["status", "-c", "--json"], ["gc", "-w", "-c", "-f", "-v"], ["remote", "list"], ["config", "--list"],
            ["doctor"], ["doctor", "-r", "w"], ["version"], ["data", "status", "--not-in-remote", "-v"],
            ["list-url", url + "/y"], ["get-url", url + "/y", "-v"], ["import-url", url + "/y", "-v"],
            ["import-url", "--no-download", url + "/z"],
        ]
        for command in commands {
            let run = try repository.run(
                [BuiltProgram.varve] + command, with: ["VARVE_LOG": "debug", "GIT_TERMINAL_PROMPT": "0"])
            said += run.everything
        }
        #expect(!said.contains(Self.canary))
        #expect(said.contains("ada:***@"))
    }

    @Test("keys are in no message of a remote that cannot be reached or refuses them")
    func keys() throws {
        let refusing = try ScriptedServer(answers: [
            .init(403, body: "<Error><Code>AccessDenied</Code><Message>no \(Self.canary) here</Message></Error>")
        ])
        let repository = try project()
        for endpoint in [refusing.url, "http://127.0.0.1:1"] {
            let settings = """
                [core]
                    remote = s
                ['remote "s"']
                    url = s3://bucket/x
                    endpointurl = \(endpoint)
                    access_key_id = \(Self.canary)
                    secret_access_key = \(Self.canary)
                    session_token = \(Self.canary)

                """
            try Files.write(Array(settings.utf8), to: repository.path(".dvc/config.local"), sync: false)
            for command in [
                ["push", "-v"], ["fetch", "-v"], ["status", "-c", "-v"], ["doctor", "-r", "s"], ["config", "-l"],
            ] {
                let run = try repository.run([BuiltProgram.varve] + command)
                #expect(!run.everything.contains(Self.canary), "\(command)")
            }
        }
    }
}

extension ProcessRun {
    fileprivate var everything: String { output + errors }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool { String(decoding: self, as: UTF8.self).contains(text) }
}
