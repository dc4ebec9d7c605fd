import HTTP
import Storage
import TestSupport
import Testing

@Suite("listings of S3") struct S3ListingTests {
    private static func page(_ keys: [String], next: String? = nil, more: String = "") -> ScriptedServer.Answer {
        let objects = keys.map { "<Contents><Key>\($0)</Key><Size>1</Size><ETag>&quot;t&quot;</ETag></Contents>" }
        let tail = next.map { "<IsTruncated>true</IsTruncated><NextContinuationToken>\($0)</NextContinuationToken>" }
        return ScriptedServer.Answer(
            200,
            body: "<ListBucketResult xmlns=\"x\">\(more)\(objects.joined())"
                + (tail ?? "<IsTruncated>false</IsTruncated>") + "</ListBucketResult>")
    }

    private func keys(_ server: ScriptedServer, _ options: [String: String] = [:]) async throws -> [String] {
        var keys: [String] = []
        for try await entry in try S3FailureTests.backend(server, options).list(under: Key("")) {
            keys.append(entry.key.path)
        }
        return keys
    }

    @Test("pages are followed by their tokens, which are sent back as they came")
    func pages() async throws {
        let server = try ScriptedServer(answers: [
            Self.page(["p/a", "p/b"], next: "t+/=1 "), Self.page([], next: "2"), Self.page(["p/c"]),
        ])
        #expect(try await keys(server) == ["a", "b", "c"])
        #expect(
            server.requests.map(\.query) == [
                "encoding-type=url&list-type=2&max-keys=1000&prefix=p%2F",
                "continuation-token=t%2B%2F%3D1%20&encoding-type=url&list-type=2&max-keys=1000&prefix=p%2F",
                "continuation-token=2&encoding-type=url&list-type=2&max-keys=1000&prefix=p%2F",
            ])
    }

    @Test("a folder is asked for by itself, over pages, and only what lies right in it comes back")
    func folder() async throws {
        func prefixes(_ names: String...) -> String {
            names.map { "<CommonPrefixes><Prefix>\($0)</Prefix></CommonPrefixes>" }.joined()
        }
        let server = try ScriptedServer(answers: [
            Self.page(["p/d/", "p/d/a b"], next: "1", more: prefixes("p/d/sub/", "p/d//", "p/d/../")),
            Self.page(["p/d/z"], more: prefixes("p/d/y/", "q/d/x/")), Self.page([]), Self.page([]),
        ])
        let backend = try S3FailureTests.backend(server, [:])
        let members = try #require(try await backend.members(of: "d"))
        #expect(members.filter { !$0.isFolder }.map(\.name) == ["a b", "z"])
        #expect(members.filter(\.isFolder).map(\.name) == ["sub", "y"])
        #expect(
            server.requests[0].query.contains("delimiter=%2F") && server.requests[0].query.contains("prefix=p%2Fd%2F"))
        #expect(server.requests.count == 2)
        #expect(try await backend.members(of: "nowhere") == nil)
        #expect(try await backend.members(of: "") == [])
    }

    @Test("a token that comes again is an error, and not a loop")
    func repeatedToken() async throws {
        let server = try ScriptedServer(answers: [Self.page(["p/a"], next: "same"), Self.page(["p/b"], next: "same")])
        let error = await #expect(throws: StorageError.self) { try await keys(server) }
        #expect(error?.kind == .corrupt && error?.isRetryable == false)
        #expect(server.requests.count == 2)
        let cycle = try ScriptedServer { request in Self.page(["p/a"], next: "t\(request.number % 2)") }
        await #expect(throws: StorageError.self) { try await keys(cycle) }
        #expect(cycle.requests.count < 5)
    }

    @Test("a page that begins before the last one ended is refused: keys would be lost or come twice")
    func disorder() async throws {
        let server = try ScriptedServer(answers: [Self.page(["p/a", "p/m"], next: "1"), Self.page(["p/b"])])
        await #expect(throws: StorageError.self) { try await keys(server) }
    }

    @Test("a server that lists in an order of its own is put in order")
    func otherOrder() async throws {
        let server = try ScriptedServer(answers: [
            Self.page(["p/a/x", "p/a-b"], next: "1"), Self.page(["p/a.b", "p/0"]),
        ])
        #expect(try await keys(server) == ["0", "a-b", "a.b", "a/x"])
    }

    @Test("names that are encoded are decoded, and only those")
    func encoding() async throws {
        let encoded = try ScriptedServer(answers: [
            Self.page(["p/a+b%2Bc%25", "p/%C3%BC%0A"], more: "<EncodingType>url</EncodingType>")
        ])
        #expect(try await keys(encoded) == ["a b+c%", "ü\n"])
        let plain = try ScriptedServer(answers: [Self.page(["p/a+b%2Bc&amp;", "p/&#252;"])])
        #expect(try await keys(plain) == ["a+b%2Bc&", "ü"])
        let broken = try ScriptedServer(answers: [Self.page(["p/%C3"], more: "<EncodingType>url</EncodingType>")])
        await #expect(throws: StorageError.self) { try await keys(broken) }
    }

    @Test("names that lead out of the folder or cannot be asked for are left out")
    func hostileNames() async throws {
        let server = try ScriptedServer(answers: [
            Self.page(["other/x", "p/", "p/../../etc", "p/./x", "p//x", "p/a//b", "p/good", "p/x/"])
        ])
        #expect(try await keys(server) == ["good"])
    }

    @Test("servers that know only the first form of listings are asked in it")
    func firstForm() async throws {
        let server = try ScriptedServer { request in
            request.query.contains("marker=")
                ? Self.page(["p/c"])
                : ScriptedServer.Answer(
                    200,
                    body: "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>p/b</Key><Size>1</Size>"
                        + "</Contents></ListBucketResult>")
        }
        #expect(try await keys(server, ["listobjects": "true"]) == ["b", "c"])
        #expect(server.requests.map(\.query).contains { $0.contains("list-type") } == false)
        #expect(server.requests.last?.query.contains("marker=p%2Fb") == true)
    }

    @Test(
        "what is no listing is refused",
        arguments: [
            "", "<ListBucketResult>", "<Other/>", "{}",
            "<ListBucketResult><Contents><Key>p/a</Key><Size>x</Size>"
                + "</Contents></ListBucketResult>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><ListBucketResult/>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            String(repeating: "<a>", count: 100_000),
        ])
    func nonsense(body: String) async throws {
        let server = try ScriptedServer(answers: [ScriptedServer.Answer(200, body: body)])
        let error = await #expect(throws: StorageError.self) { try await keys(server) }
        #expect(error?.kind == .corrupt)
    }

    @Test("an error in place of a listing is that error")
    func errorInside() async throws {
        let server = try ScriptedServer(answers: [
            ScriptedServer.Answer(200, body: "<Error><Code>SlowDown</Code><Message>m</Message></Error>")
        ])
        let error = await #expect(throws: StorageError.self) { try await keys(server) }
        #expect(error?.kind == .throttled && error?.isRetryable == true)
    }
}
