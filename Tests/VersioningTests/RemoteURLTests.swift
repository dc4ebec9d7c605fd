import Testing
import Versioning

@Suite("URLs as others may see them")
struct RemoteURLTests {
    @Test(
        "passwords, tokens that stand alone, and queries are starred; names of people and paths are not",
        arguments: [
            ("https://ada:pw@host/a", "https://ada:***@host/a"),
            ("https://ghp_abc@host/a", "https://***@host/a"),
            ("https://a1b2c3d4e5f6a7b8c9d0@host/a?sig=x", "https://***@host/a?***"),
            ("https://x@y:z@host/a", "https://x@y:***@host/a"),
            ("https://ada.lovelace@host/a", "https://ada.lovelace@host/a"),
            ("https://a-very-long-name-of-a-team@host/a", "https://a-very-long-name-of-a-team@host/a"),
            ("ssh://a1b2c3d4e5f6a7b8c9d0@host/a", "ssh://a1b2c3d4e5f6a7b8c9d0@host/a"),
            ("s3://bucket/a@b", "s3://bucket/a@b"), ("/a/b:c@d", "/a/b:c@d"),
        ])
    func secrets(_ url: String, _ shown: String) {
        #expect(RemoteURL.withoutSecrets(url) == shown)
        #expect(RemoteURL.holdsPassword(url) == (RemoteURL.withoutPassword(url) != url))
    }
}
