import HTTP
import Hashing
import Storage
import Testing

/// The examples that AWS publishes for Signature Version 4 of S3.
@Suite("requests are signed as AWS's examples are") struct SigningTests {
    private static let credentials = AWSCredentials(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    /// 2013-05-24, midnight.
    private static let moment: Int64 = 1_369_353_600

    private let signer = RequestSigner(Self.credentials, region: "us-east-1")

    private func signature(
        _ method: HTTPMethod, path: String = "/", query: CanonicalQuery = [], headers: [HTTPHeader] = [],
        payload: RequestSigner.Payload = .empty
    ) throws -> String {
        let url = URLParts(
            scheme: "https", host: "examplebucket.s3.amazonaws.com", path: path,
            query: query.isEmpty ? nil : query.text)
        let added = signer.headers(signing: method, url, headers, payload: payload, at: Self.moment)
        let authorization = try #require(added.first { $0.name == "Authorization" }).value
        #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"))
        return try #require(authorization.split(separator: "=").last.map(String.init))
    }

    @Test("a GET of a range")
    func get() throws {
        let found = try signature(.get, path: "/test.txt", headers: [HTTPHeader("Range", "bytes=0-9")])
        #expect(found == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test("a PUT with its own headers, and a key that has to be encoded")
    func put() throws {
        let body = Array("Welcome to Amazon S3.".utf8)
        let found = try signature(
            .put, path: "/" + PercentEncoding.encode("test$file.text", keepsSlash: true),
            headers: [
                HTTPHeader("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                HTTPHeader("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ], payload: .sha256(SHA256.hex(of: body)))
        #expect(found == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test("a query without a value")
    func lifecycle() throws {
        let found = try signature(.get, query: [("lifecycle", "")])
        #expect(found == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test("a listing, whose parameters are sorted")
    func list() throws {
        let found = try signature(.get, query: [("prefix", "J"), ("max-keys", "2")])
        #expect(found == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test("a URL that lets its holder in for a day")
    func presigned() {
        let url = signer.presigned(
            .get, URLParts(scheme: "https", host: "examplebucket.s3.amazonaws.com", path: "/test.txt"),
            seconds: 86400, at: Self.moment)
        #expect(
            url == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test("the key of the day follows the day, the region and the secret")
    func keys() throws {
        let keys = SigningKeys()
        func sign(_ secret: String, _ region: String, _ moment: Int64) -> String? {
            RequestSigner(AWSCredentials(accessKey: "a", secretKey: secret), region: region, keys: keys)
                .headers(signing: .get, URLParts(scheme: "https", host: "h"), [], payload: .empty, at: moment)
                .first { $0.name == "Authorization" }?.value
        }
        func fresh(_ secret: String, _ region: String, _ moment: Int64) -> String? {
            RequestSigner(AWSCredentials(accessKey: "a", secretKey: secret), region: region)
                .headers(signing: .get, URLParts(scheme: "https", host: "h"), [], payload: .empty, at: moment)
                .first { $0.name == "Authorization" }?.value
        }
        for (secret, region, day) in [("s", "r", 0), ("s", "r", 1), ("s", "q", 1), ("t", "q", 1), ("s", "r", 0)] {
            let moment = Self.moment + Int64(day) * 86400
            #expect(sign(secret, region, moment) == fresh(secret, region, moment))
        }
    }

    @Test("a session's token is signed along and is a secret")
    func token() throws {
        let session = AWSCredentials(accessKey: "a", secretKey: "b", sessionToken: "token")
        let headers = RequestSigner(session, region: "r").headers(
            signing: .get, URLParts(scheme: "https", host: "h"), [], payload: .unsigned, at: Self.moment)
        let token = try #require(headers.first { $0.name == "x-amz-security-token" })
        #expect(token.value == "token" && token.isSecret)
        let authorization = try #require(headers.first { $0.name == "Authorization" })
        #expect(authorization.isSecret)
        #expect(
            authorization.value.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"))
        #expect(headers.contains { $0.name == "x-amz-content-sha256" && $0.value == "UNSIGNED-PAYLOAD" })
    }

    @Test("credentials print as nothing")
    func silence() {
        let session = AWSCredentials(accessKey: "AKIAexample", secretKey: "very secret", sessionToken: "token")
        var dumped = ""
        dump(session, to: &dumped)
        for text in ["\(session)", String(reflecting: session), dumped, "\([session])"] {
            #expect(!text.contains("AKIA") && !text.contains("secret") && !text.contains("token"))
        }
    }

    @Test(
        "times of services are read with fractions and offsets",
        arguments: [
            ("2013-05-24T00:00:00Z", 1_369_353_600), ("2013-05-24T00:00:00.123Z", 1_369_353_600),
            ("2013-05-24T02:00:00+02:00", 1_369_353_600), ("2013-05-23T19:00:00-0500", 1_369_353_600),
            ("2013-05-24T00:00:00UTC", 1_369_353_600), ("2013-13-24T00:00:00Z", nil), ("tomorrow", nil), ("", nil),
            ("2013-05-24T00:00:00+xx", nil),
        ] as [(String, Int64?)])
    func times(text: String, seconds: Int64?) {
        #expect(AWSTime.seconds(text) == seconds)
    }

    @Test(
        "base64 is written and read whole, and nothing else is read",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("??>", "Pz8+")])
    func base64(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == coded)
        #expect(Base64.decode(coded) == Array(plain.utf8))
        for broken in ["Zg", "Zg=a", "====", "Z===", "Zm 9", "Zg==Zg=="] { #expect(Base64.decode(broken) == nil) }
    }
}
