import HTTP
import TestSupport
import Testing

@testable import Storage

@Suite("answers of WebDAV servers") struct DAVResourceTests {
    private let base = URLParts(scheme: "http", host: "h", path: "/dav/")

    private func parse(_ responses: String, base: URLParts? = nil) throws -> [DAVResource] {
        try DAVResource.parse(
            Array("<d:multistatus xmlns:d='DAV:'>\(responses)</d:multistatus>".utf8), base: base ?? self.base)
    }

    @Test("properties that were not found are left out, those that were are taken from wherever they stand")
    func properties() throws {
        let found = try parse(
            """
            <d:response><d:href>/dav/a%20b</d:href>
              <d:propstat><d:prop><d:getetag/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
              <d:propstat><d:prop><d:resourcetype/><d:getcontentlength> 12 </d:getcontentlength></d:prop>
                <d:status>HTTP/1.1 200 OK</d:status></d:propstat>
              <d:propstat><d:prop><d:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</d:getlastmodified></d:prop>
                <d:status>HTTP/1.1 200 OK</d:status></d:propstat>
            </d:response>
            """)
        #expect(
            found == [
                DAVResource(path: "/dav/a b", isCollection: false, size: 12, modified: 784_111_777, version: nil)
            ])
    }

    @Test("a path may be a whole URL, and may be encoded or not")
    func paths() throws {
        let ok = "<d:status>HTTP/1.1 200 OK</d:status>"
        let property = "<d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop>\(ok)</d:propstat>"
        let texts = [
            "http://h/dav/x/", "https://other/dav/x", "/dav/x/", "/dav/%78", "x", "/dav/ü b", "/dav/%C3%BC%20b/",
        ]
        let paths = try texts.map { text in
            try parse("<d:response><d:href>\(text)</d:href>\(property)</d:response>").first?.path
        }
        #expect(paths == ["/dav/x", "/dav/x", "/dav/x", "/dav/x", "/dav/x", "/dav/ü b", "/dav/ü b"])
    }

    @Test("responses without a path or without properties are left out")
    func incomplete() throws {
        let found = try parse(
            """
            <d:response><d:href>/dav/a</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>
            <d:response><d:propstat><d:prop/><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
            <d:response><d:href>/dav/%FF</d:href><d:propstat><d:prop/><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
            </d:response>
            """)
        #expect(found.isEmpty)
    }

    @Test("what is not a list of resources is refused", arguments: ["<html/>", "<multistatus/>", "no XML", ""])
    func refused(text: String) {
        #expect(throws: StorageError.self) { try DAVResource.parse(Array(text.utf8), base: base) }
    }

    // MARK: Through a server

    private func backend(_ server: ScriptedServer) throws -> WebDAVBackend {
        WebDAVBackend(try WebDAVBackend.address("webdav" + server.url.dropFirst(4) + "/dav"), client: HTTPClient())
    }

    private static func entry(_ path: String, _ property: String) -> String {
        """
        <d:response><d:href>\(path)</d:href><d:propstat><d:prop>\(property)</d:prop>
        <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
        """
    }

    @Test("a listing holds nothing from outside of its folder, whatever the server says")
    func hostileListing() async throws {
        let size = "<d:resourcetype/><d:getcontentlength>1</d:getcontentlength>"
        let paths = [
            "/dav/", "/dav/good", "/etc/passwd", "/dav/../x", "/dav/a/b", "/dav/..", "/davx/y", "/dav/%2e%2e",
            "/dav/a%2Fb", "/dav//",
        ]
        let body =
            "<d:multistatus xmlns:d='DAV:'>" + paths.map { Self.entry($0, size) }.joined() + "</d:multistatus>"
        let server = try ScriptedServer(answers: [.init(207, body: body)])
        var keys: [Key] = []
        for try await entry in try backend(server).list(under: Key("")) { keys.append(entry.key) }
        #expect(keys == [Key("good")])
    }

    @Test("a folder that holds itself is an error, not an endless listing")
    func endlessListing() async throws {
        let server = try ScriptedServer { request in
            let folder = "<d:resourcetype><d:collection/></d:resourcetype>"
            return .init(
                207,
                body: "<d:multistatus xmlns:d='DAV:'>\(Self.entry(request.path, folder))"
                    + "\(Self.entry(request.path + "deep/", folder))</d:multistatus>")
        }
        let error = try await storageFailure {
            for try await _ in try backend(server).list(under: Key("")) {}
        }
        #expect(error.detail.contains("nested"))
    }

    @Test("a server without PROPFIND still tells of single objects, and says that it cannot list")
    func withoutProperties() async throws {
        let server = try ScriptedServer { request in
            request.method == "HEAD" ? .init(200, headers: [("Content-Length", "7")]) : .init(405)
        }
        #expect(try await backend(server).stat(Key("a"))?.size == 7)
        let error = try await storageFailure {
            for try await _ in try backend(server).list(under: Key("")) {}
        }
        #expect(error.kind == .unsupported)
    }

    @Test("a page for people instead of a list of resources is told of")
    func page() async throws {
        let server = try ScriptedServer(answers: [.init(200, body: "<html>Log in</html>")])
        let error = try await storageFailure { _ = try await backend(server).stat(Key("a")) }
        #expect(error.kind == .unsupported)
        #expect(error.remedy?.contains("URL") == true)
    }

    @Test("an upload goes to a temporary name and is moved, after its size was compared")
    func publishing() async throws {
        let server = try ScriptedServer { request in
            switch request.method {
            case "HEAD": .init(200, headers: [("Content-Length", "5")])
            case "MKCOL": .init(405)
            default: .init(201)
            }
        }
        try await backend(server).write(BytesSource("hello"), to: Key("x/y"))
        #expect(server.requests.map(\.method) == ["MKCOL", "PUT", "HEAD", "MOVE"])
        let move = try #require(server.requests.last)
        #expect(move["destination"] == server.url + "/dav/x/y")
        #expect(move["overwrite"] == "T")
        #expect(move.path.hasPrefix("/dav/x/.") && move.path.hasSuffix(".tmp"))
    }

    @Test("what was kept only in part is never moved to its place, and is taken away")
    func halfKept() async throws {
        let server = try ScriptedServer { request in
            request.method == "HEAD" ? .init(200, headers: [("Content-Length", "3")]) : .init(201)
        }
        let error = try await storageFailure { try await backend(server).write(BytesSource("hello"), to: Key("y")) }
        #expect(error.isRetryable)
        #expect(!server.requests.contains { $0.method == "MOVE" })
        #expect(server.requests.last?.method == "DELETE")
    }

    @Test("a move whose answer was lost is settled by looking, without sending the object again")
    func lostAnswer() async throws {
        let server = try ScriptedServer { request in
            switch request.method {
            case "HEAD": .init(200, headers: [("Content-Length", "5")])
            case "MOVE": request.number < 5 ? .dropped : .init(404)
            default: .init(201)
            }
        }
        try await backend(server).write(BytesSource("hello"), to: Key("y"))
        #expect(server.requests.count { $0.method == "PUT" } == 1)
    }
}
