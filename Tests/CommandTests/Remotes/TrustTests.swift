import FileSystem
import TestSupport
import Testing

@Suite("Credentials and the servers that may have them")
struct TrustTests {
    private static let canary = "canary-secret-123456789"
    private static let ambient = ["AWS_ACCESS_KEY_ID": "canary-key", "AWS_SECRET_ACCESS_KEY": canary]

    private func project(_ settings: String, local: String = "") throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("a", "a")
        try repository.varve("add", "-q", "a").succeeds()
        try Files.write(Array(settings.utf8), to: repository.path(".dvc/config"), sync: false)
        if !local.isEmpty { try Files.write(Array(local.utf8), to: repository.path(".dvc/config.local"), sync: false) }
        return repository
    }

    private func settings(_ server: ScriptedServer) -> String {
        "[core]\n    remote = s\n['remote \"s\"']\n    url = s3://bucket/x\n    endpointurl = \(server.url)\n"
    }

    @Test("a repository's own endpoint gets nothing signed with the credentials of the environment")
    func ambient() throws {
        let server = try ScriptedServer(answers: [.init(404)])
        let repository = try project(settings(server))
        for command in [["push"], ["status", "-c"], ["gc", "-w", "-c", "-f"], ["doctor", "-r", "s"]] {
            let run = try repository.run([BuiltProgram.varve] + command, with: Self.ambient)
            #expect(run.status != 0)
            #expect((run.errors + run.output).contains("varve remote trust s"))
        }
        try repository.remove(".dvc/cache")
        for command in ["pull", "fetch"] {
            let run = try repository.run([BuiltProgram.varve, command], with: Self.ambient)
            #expect(run.status == 1)
            #expect(run.errors.contains("varve remote trust s"))
        }
        #expect(server.requests.isEmpty)
    }

    @Test("an accepted server gets them, and one that is revoked does no more")
    func accepted() throws {
        let server = try ScriptedServer(answers: [.init(403)])
        let repository = try project(settings(server))
        try repository.varve("remote", "trust", "s").prints("Accepted \(server.url).\n")
        try repository.varve("remote", "trust", "--list").prints("\(server.url)\n")
        _ = try repository.run([BuiltProgram.varve, "push"], with: Self.ambient)
        #expect(!server.requests.isEmpty)
        try repository.varve("remote", "trust", "--revoke", "s").succeeds()
        let before = server.requests.count
        #expect(try repository.run([BuiltProgram.varve, "push"], with: Self.ambient).status == 1)
        #expect(server.requests.count == before)
    }

    @Test("an endpoint of the user's own settings needs no acceptance")
    func ownSettings() throws {
        let server = try ScriptedServer(answers: [.init(403)])
        let repository = try project(
            "[core]\n    remote = s\n['remote \"s\"']\n    url = s3://bucket/x\n",
            local: "['remote \"s\"']\n    endpointurl = \(server.url)\n")
        _ = try repository.run([BuiltProgram.varve, "push"], with: Self.ambient)
        #expect(!server.requests.isEmpty)
    }

    @Test("a password that the user set for one server does not go to another that the repository names later")
    func movedServer() throws {
        let first = try ScriptedServer(answers: [.init(404)])
        let second = try ScriptedServer(answers: [.init(404)])
        func settings(_ server: ScriptedServer) -> String {
            "[core]\n    remote = s\n['remote \"s\"']\n    url = \(server.url)/x\n    auth = basic\n"
        }
        let repository = try project(
            settings(first), local: "['remote \"s\"']\n    user = ada\n    password = \(Self.canary)\n")
        _ = try repository.varve("fetch")
        try repository.remove(".dvc/cache")
        _ = try repository.varve("fetch")
        #expect(!first.requests.isEmpty)
        try Files.write(Array(settings(second).utf8), to: repository.path(".dvc/config"), sync: false)
        let run = try repository.varve("fetch")
        #expect(run.status != 0)
        #expect(run.errors.contains("varve remote trust s"))
        #expect(!run.errors.contains(Self.canary))
        #expect(second.requests.isEmpty)
    }

    @Test("a repository's settings run no command for a token")
    func tokenCommand() throws {
        let repository = try project(
            "[core]\n    remote = s\n['remote \"s\"']\n    url = webdav://127.0.0.1:9/x\n"
                + "    bearer_token_command = touch ran; echo token\n")
        let run = try repository.varve("push")
        #expect(run.status == 1)
        #expect(!repository.exists("ran"))
    }

    @Test("no secret is in what any command says", arguments: ["", "-v"])
    func secrets(verbosity: String) throws {
        let server = try ScriptedServer(answers: [.init(403, body: "<Error><Code>SignatureDoesNotMatch</Code></Error>")]
        )
        let repository = try project(
            settings(server),
            local: "['remote \"s\"']\n    access_key_id = canary-key\n    secret_access_key = \(Self.canary)\n"
                + "    session_token = canary-token\n")
        let verbose = verbosity.isEmpty ? [] : [verbosity]
        for command in [
            ["push"], ["pull"], ["status", "-c"], ["doctor", "-r", "s"], ["remote", "list"], ["version"],
            ["gc", "-w", "-c", "-f"],
        ] {
            let run = try repository.run([BuiltProgram.varve] + command + verbose, with: [:])
            for secret in ["canary-key", Self.canary, "canary-token"] {
                #expect(!run.output.contains(secret) && !run.errors.contains(secret), "\(command)")
            }
        }
    }
}
