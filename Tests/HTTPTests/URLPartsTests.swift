import HTTP
import Testing

@Suite("Parts of a URL")
struct URLPartsTests {
    @Test(
        "a URL is cut and put together again",
        arguments: [
            "http://host/path", "https://host:8443/a/../b//c?x=1&y=%20", "http://user:pass@host/", "http://[::1]:80/x",
            "s3://bucket/key", "http://host", "http://host?query",
        ])
    func roundTrip(text: String) throws {
        let parts = try #require(URLParts(text))
        #expect(parts.text.replacing(":80/", with: "/") == text.replacing(":80/", with: "/"))
    }

    @Test(
        "what is no URL is refused",
        arguments: [
            "", "host/path", "://host", "http://", "http://a b/", "http://host:99999/", "http://host:x/", "1a://h/",
            "http://ho\nst/",
        ])
    func refused(text: String) {
        #expect(URLParts(text) == nil)
    }

    @Test(
        "a relative target is resolved against where it was found",
        arguments: [
            ("/x", "http://h/x"), ("x", "http://h/a/x"), ("//other/x", "http://other/x"), ("?q", "http://h/a/b?q"),
            ("https://o/", "https://o/"),
        ])
    func relative(target: String, result: String) throws {
        let base = try #require(URLParts("http://h/a/b?old"))
        #expect(URLParts(target, relativeTo: base)?.text == result)
    }

    @Test("a default port makes no difference to the origin")
    func origin() throws {
        let one = try #require(URLParts("https://Host:443/a"))
        let two = try #require(URLParts("https://host/b"))
        let three = try #require(URLParts("http://host/b"))
        #expect(one.isSameOrigin(as: two))
        #expect(!two.isSameOrigin(as: three))
    }

    @Test("percent-encoding keeps what RFC 3986 leaves unreserved, and is undone")
    func percent() {
        let text = "a b/ü~-._%+"
        let encoded = PercentEncoding.encode(text, keepsSlash: true)
        #expect(encoded == "a%20b/%C3%BC~-._%25%2B")
        #expect(PercentEncoding.decode(encoded) == text)
        #expect(PercentEncoding.decode("%zz") == nil)
        #expect(PercentEncoding.decode("%FF") == nil)
    }
}
