import Basics
import HTTP
import Storage
import TestSupport
import Testing

@Suite("web servers", .enabled(if: TestPrograms.areProvided)) struct WebServerTests {
    private let server: WebServer
    private let login = HTTPLogin(user: WebServer.user, password: WebServer.password)

    init() throws { server = try WebServer.shared() }

    private func backend(
        _ place: String, base: String? = nil, credentials: WebCredentials = .none, method: HTTPMethod = .put,
        _ configuration: HTTPConfiguration = HTTPConfiguration()
    ) throws -> HTTPBackend {
        let address = try WebAddress("\(base ?? server.url)/\(place)/\(WebServer.unique())")
        return HTTPBackend(address, client: HTTPClient(configuration), credentials: credentials, method: method)
    }

    private func trusting(_ authority: String) -> HTTPConfiguration {
        var configuration = HTTPConfiguration()
        configuration.trust = .authorities(authority)
        return configuration
    }

    @Test("a server that takes PUT keeps every promise that HTTP can keep")
    func contract() async throws {
        try await BackendContract(backend("put"), without: [.list, .delete]).check()
    }

    @Test("so does one with a login")
    func privateContract() async throws {
        try await BackendContract(backend("private", credentials: .login(login)), without: [.list, .delete]).check()
    }

    @Test("so does one over TLS, trusted by its own authority")
    func secureContract() async throws {
        let backend = try backend("put", base: server.secureURL, trusting(server.authority))
        try await BackendContract(backend, without: [.list, .delete]).check()
    }

    @Test("an unknown authority ends a connection before anything is sent")
    func untrusted() async throws {
        let backend = try backend("private", base: server.secureURL, credentials: .login(login))
        let error = try await storageFailure { _ = try await backend.stat(Key("a")) }
        #expect(error.kind == .permission)
        #expect(!error.isRetryable)
        #expect(error.remedy?.contains("ssl_verify") == true)
    }

    @Test("ssl_verify = false reads from whoever answers")
    func unverified() async throws {
        var configuration = HTTPConfiguration()
        configuration.trust = .anyone
        let backend = try backend("put", base: server.secureURL, configuration)
        try await backend.write(BytesSource("x"), to: Key("a"))
        #expect(try await backend.stat(Key("a"))?.size == 1)
    }

    @Test("a wrong password, or none, is a matter of permission that no retry helps")
    func wrongPassword() async throws {
        let wrong = HTTPLogin(user: WebServer.user, password: "wr0ng")
        for credentials in [WebCredentials.none, .login(wrong)] {
            let backend = try backend("private", credentials: credentials)
            for attempt in 0..<3 {
                let error = try await storageFailure {
                    switch attempt {
                    case 0: _ = try await backend.stat(Key("a"))
                    case 1: try await backend.read(Key("a"), range: nil, into: MemorySink())
                    default: try await backend.write(BytesSource("x"), to: Key("a"))
                    }
                }
                #expect(error.kind == .permission)
                #expect(!error.isRetryable)
                #expect(!"\(error)".contains("wr0ng"))
            }
        }
    }

    @Test("a server that takes no uploads names the way out")
    func readOnly() async throws {
        let address = try WebAddress("\(server.url)/read/\(WebServer.unique())")
        for method in [HTTPMethod.put, .post] {
            let backend = HTTPBackend(address, client: HTTPClient(), method: method)
            let error = try await storageFailure { try await backend.write(BytesSource("x"), to: Key("a")) }
            #expect(error.kind == .unsupported)
            #expect(error.remedy?.contains("`method`") == true)
        }
    }

    @Test("what one place took, another serves")
    func readElsewhere() async throws {
        let folder = WebServer.unique()
        let writer = HTTPBackend(try WebAddress("\(server.url)/put/\(folder)"), client: HTTPClient(), method: .put)
        let reader = HTTPBackend(try WebAddress("\(server.url)/read/\(folder)/"), client: HTTPClient())
        try await writer.write(BytesSource("content"), to: Key("files/md5/ab/cd"))
        let sink = MemorySink()
        try await reader.read(Key("files/md5/ab/cd"), range: nil, into: sink)
        #expect(sink.bytes == Array("content".utf8))
        let metadata = try #require(try await reader.stat(Key("files/md5/ab/cd")))
        #expect(metadata.version != nil)
        #expect(metadata.modified != nil)
    }

    @Test("403, 500 and 503 are told apart")
    func statuses() async throws {
        let expected: [(String, StorageError.Kind, Bool)] = [
            ("forbidden", .permission, false), ("broken", .unreachable, true), ("busy", .throttled, true),
        ]
        for (place, kind, isRetryable) in expected {
            let backend = try backend(place)
            let error = try await storageFailure { try await backend.read(Key("a"), range: nil, into: MemorySink()) }
            #expect(error.kind == kind)
            #expect(error.isRetryable == isRetryable)
            #expect(error.retryAfter == (place == "busy" ? .seconds(7) : nil))
            let other = try await storageFailure { _ = try await backend.stat(Key("a")) }
            #expect(other.kind == kind)
        }
    }

    @Test("nobody at the port is unreachable, and may be tried again")
    func nobody() async throws {
        let port = try Loopback.freePorts(1)[0]
        let backend = HTTPBackend(try WebAddress("http://127.0.0.1:\(port)/x"), client: HTTPClient())
        let error = try await storageFailure { _ = try await backend.stat(Key("a")) }
        #expect(error.kind == .unreachable)
        #expect(error.isRetryable)
    }
}
