import FileSystem
import HTTP
import Storage
import TestSupport
import Testing

@Suite("WebDAV servers", .enabled(if: TestPrograms.areProvided)) struct WebDAVTests {
    private let server: WebServer
    private let login = WebCredentials.login(HTTPLogin(user: WebServer.user, password: WebServer.password))

    init() throws { server = try WebServer.shared() }

    private func backend(
        _ url: String, credentials: WebCredentials, _ configuration: HTTPConfiguration = HTTPConfiguration()
    ) throws -> WebDAVBackend {
        WebDAVBackend(try WebDAVBackend.address(url), client: HTTPClient(configuration), credentials: credentials)
    }

    private func dav(_ url: String) -> String { "webdav" + url.dropFirst(4) }

    @Test("nginx keeps every promise of a backend")
    func nginx() async throws {
        let url = "\(dav(server.url))/dav/\(WebServer.unique())/not/made yet"
        try await BackendContract(backend(url, credentials: login)).check()
    }

    @Test("so does nginx over TLS and HTTP/2")
    func nginxSecure() async throws {
        var configuration = HTTPConfiguration()
        configuration.trust = .authorities(server.authority)
        let url = "\(dav(server.secureURL))/dav/\(WebServer.unique())"
        try await BackendContract(backend(url, credentials: login, configuration)).check()
    }

    @Test("a folder is listed by itself, and what a killed writer left is found and no member")
    func folders() async throws {
        // nginx lists no name that begins with a dot.
        try await FolderContract(hasUnfinished: false)
            .check(backend("\(dav(server.url))/dav/\(WebServer.unique())", credentials: login))
        let strict = try StrictDAVServer.shared()
        try await FolderContract().check(backend("\(dav(strict.url))/\(WebServer.unique())", credentials: login))
    }

    @Test("so does a server that cannot move")
    func moveless() async throws {
        let url = "\(dav(server.url))/moveless/\(WebServer.unique())"
        try await BackendContract(backend(url, credentials: .none)).check()
    }

    @Test("so does rclone, which wants every parent made")
    func rclone() async throws {
        let server = try StrictDAVServer.shared()
        try await BackendContract(backend("\(dav(server.url))/\(WebServer.unique())/deep", credentials: login)).check()
    }

    @Test("a login in the URL is used, and shown nowhere")
    func loginInURL() async throws {
        let url = "webdav://varve:secret@127.0.0.1:\(server.port)/dav/\(WebServer.unique())"
        let address = try WebDAVBackend.address(url)
        let credentials = try WebCredentials.webDAV(
            tokenSource: nil, token: nil, user: nil, password: nil, customHeader: nil, address: address)
        let backend = WebDAVBackend(address, client: HTTPClient(), credentials: credentials)
        try await backend.write(BytesSource("x"), to: Key("a"))
        #expect(!backend.name.contains("secret"))
        #expect(backend.name.hasPrefix("webdav://127.0.0.1:"))
    }

    @Test("a certificate of the client's lets it in where one is asked for")
    func clientCertificate() async throws {
        var configuration = HTTPConfiguration()
        configuration.trust = .authorities(server.authority)
        let url = "\(dav(server.certifiedURL))/dav/\(WebServer.unique())"
        await #expect(throws: StorageError.self) {
            try await backend(url, credentials: login, configuration).write(BytesSource("x"), to: Key("a"))
        }
        configuration.clientCertificate = (server.clientCertificate, server.clientKey)
        try await backend(url, credentials: login, configuration).write(BytesSource("x"), to: Key("a"))
    }

    @Test("a wrong password is a matter of permission for every verb")
    func wrongPassword() async throws {
        let wrong = WebCredentials.login(HTTPLogin(user: WebServer.user, password: "wr0ng"))
        let backend = try backend("\(dav(server.url))/dav/\(WebServer.unique())", credentials: wrong)
        func kind(_ body: () async throws(StorageError) -> Void) async -> StorageError.Kind? {
            do throws(StorageError) {
                try await body()
                return nil
            } catch {
                return error.isRetryable ? nil : error.kind
            }
        }
        #expect(await kind { () async throws(StorageError) in _ = try await backend.stat(Key("a")) } == .permission)
        #expect(
            await kind { () async throws(StorageError) in
                try await backend.write(BytesSource("x"), to: Key("a"))
            } == .permission)
        #expect(await kind { () async throws(StorageError) in try await backend.delete([Key("a")]) } == .permission)
        #expect(
            await kind { () async throws(StorageError) in
                for try await _ in backend.list(under: Key("")) {}
            } == .permission)
    }

    @Test("temporary objects of writers that were killed are not listed")
    func temporaries() async throws {
        let folder = WebServer.unique()
        let backend = try backend("\(dav(server.url))/dav/\(folder)", credentials: login)
        try await backend.write(BytesSource("x"), to: Key("a/b"))
        try await backend.write(BytesSource("x"), to: Key("a/\(TemporaryName.make())"))
        var keys: [Key] = []
        for try await entry in backend.list(under: Key("")) { keys.append(entry.key) }
        #expect(keys == [Key("a/b")])
    }

    @Test("a collection that somebody removed is made again")
    func removedCollection() async throws {
        for base in ["\(dav(server.url))/dav", dav(try StrictDAVServer.shared().url)] {
            let folder = WebServer.unique()
            // nginx answers 500 where a parent is missing, which the next try sees to.
            let backend = RetryingBackend(
                try backend("\(base)/\(folder)", credentials: login), sleep: { _ in })
            try await backend.write(BytesSource("x"), to: Key("a/b/c"))
            // The collection itself, as somebody who cleans up would.
            let response = try await HTTPClient().send(
                HTTPRequest(
                    .delete, "http" + base.dropFirst(6) + "/\(folder)/a/",
                    login: HTTPLogin(user: WebServer.user, password: WebServer.password)))
            #expect(response.isSuccess)
            try await backend.write(BytesSource("y"), to: Key("a/b/d"))
            #expect(try await backend.stat(Key("a/b/d"))?.size == 1)
        }
    }

    @Test("a cancelled write leaves nothing under its name")
    func cancelled() async throws {
        for base in ["\(dav(server.url))/dav", dav(try StrictDAVServer.shared().url)] {
            let backend = try backend("\(base)/\(WebServer.unique())", credentials: login)
            let source = TricklingSource()
            let writing = Task { try await backend.write(source, to: Key("a")) }
            await source.hasBegun()
            writing.cancel()
            let error = try await storageFailure { try await writing.value }
            #expect(error.kind == .cancelled)
            #expect(try await backend.stat(Key("a")) == nil)
            for try await entry in backend.list(under: Key("")) { Issue.record("\(entry.key) is left behind") }
        }
    }

    @Test("a collection is no object")
    func collection() async throws {
        let backend = try backend("\(dav(server.url))/dav/\(WebServer.unique())", credentials: login)
        try await backend.write(BytesSource("x"), to: Key("a/b"))
        #expect(try await backend.stat(Key("a")) == nil)
    }
}
