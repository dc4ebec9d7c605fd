import FileSystem

/// nginx with folders of every kind that a remote may meet, over http and https with an authority of its own.
///
/// - `/put/` takes PUT from anybody; `/read/` shows the same and takes nothing; `/private/` wants varve:secret.
/// - `/dav/` is WebDAV with a login, and makes no parents; `/moveless/` is the same store, but cannot move.
/// - `/forbidden/`, `/broken/` and `/busy/` answer 403, 500 and 503.
///
/// One process serves all tests; each takes a folder of its own (`unique()`).
package final class WebServer: Sendable {
    package static let user = "varve"
    package static let password = "secret"

    package let port: Int
    package let securePort: Int
    /// Asks for a certificate of the client's, and refuses who has none.
    package let certifiedPort: Int
    private let process: ServerProcess

    private static let running = Result { try WebServer() }

    /// The server that all tests of this process share.
    package static func shared() throws -> WebServer { try running.get() }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var secureURL: String { "https://localhost:\(securePort)" }
    package var certifiedURL: String { "https://localhost:\(certifiedPort)" }
    /// The authority that signed the server's certificate.
    package var authority: String { process.folder.path("ca.pem") }
    package var clientCertificate: String { process.folder.path("client.pem") }
    package var clientKey: String { process.folder.path("client.key") }
    /// The folder behind `/put/`, `/read/`, `/private/`, `/dav/` and `/moveless/`.
    package var data: String { process.folder.path("data") }
    package var log: String { process.log }

    /// A folder's name that no other test has.
    package static func unique() -> String {
        "t" + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    private init() throws {
        let folder = TemporaryFolder("nginx")
        let ports = try Loopback.freePorts(3)
        (port, securePort, certifiedPort) = (ports[0], ports[1], ports[2])
        for name in ["data", "temporary"] { try Files.makeDirectory(folder.path(name)) }
        try TestPrograms.write("\(Self.user):{PLAIN}\(Self.password)\n", to: folder.path("passwords"))
        let authority = try TestAuthority(in: folder.path)
        try authority.certify("server", "subjectAltName=DNS:localhost", "extendedKeyUsage=serverAuth")
        try authority.certify("client", "extendedKeyUsage=clientAuth")
        try TestPrograms.write(Self.settings(folder.path, ports), to: folder.path("nginx.conf"))
        process = try ServerProcess(
            [try TestPrograms.path("nginx"), "-p", folder.path, "-c", folder.path("nginx.conf")], folder: folder)
        try process.waitUntilReady { ports.allSatisfy(Loopback.accepts) }
    }

    private static func settings(_ folder: String, _ ports: [Int]) -> String {
        let places = """
            client_max_body_size 0;
            location /put/ { alias \(folder)/data/; dav_methods PUT; create_full_put_path on; }
            location /read/ { alias \(folder)/data/; }
            location /private/ { alias \(folder)/data/; dav_methods PUT; create_full_put_path on;
              auth_basic varve; auth_basic_user_file \(folder)/passwords; }
            location /dav/ { alias \(folder)/data/; dav_methods PUT DELETE MKCOL COPY MOVE;
              dav_ext_methods PROPFIND OPTIONS; auth_basic varve; auth_basic_user_file \(folder)/passwords; }
            location /moveless/ { alias \(folder)/data/; dav_methods PUT DELETE MKCOL; dav_ext_methods PROPFIND; }
            location /forbidden/ { return 403; }
            location /broken/ { return 500; }
            location /busy/ { add_header Retry-After 7 always; return 503; }
            """
        let certificate = "ssl_certificate \(folder)/server.pem; ssl_certificate_key \(folder)/server.key;"
        let temporaries = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/temporary;"
        }
        return """
            load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
            daemon off; master_process off; pid \(folder)/pid; error_log stderr warn; user root;
            events { worker_connections 512; }
            http {
              access_log off; \(temporaries.joined(separator: " "))
              server { listen 127.0.0.1:\(ports[0]); \(places) }
              server { listen 127.0.0.1:\(ports[1]) ssl http2; \(certificate) \(places) }
              server { listen 127.0.0.1:\(ports[2]) ssl; \(certificate) ssl_client_certificate \(folder)/ca.pem;
                ssl_verify_client on; \(places) }
            }

            """
    }
}

/// rclone's WebDAV server, which keeps to other parts of the protocol than nginx: no parent, no PUT.
package final class StrictDAVServer: Sendable {
    package let port: Int
    private let process: ServerProcess

    private static let running = Result { try StrictDAVServer() }

    /// The server that all tests of this process share.
    package static func shared() throws -> StrictDAVServer { try running.get() }

    /// Wants the login of `WebServer`.
    package var url: String { "http://127.0.0.1:\(port)" }

    private init() throws {
        let folder = TemporaryFolder("rclone")
        let port = try Loopback.freePorts(1)[0]
        self.port = port
        try Files.makeDirectory(folder.path("data"))
        process = try ServerProcess(
            [
                try TestPrograms.path("rclone"), "--config", "/dev/null", "serve", "webdav", "--addr",
                "127.0.0.1:\(port)",
                "--user", WebServer.user, "--pass", WebServer.password, "--etag-hash", "MD5", folder.path("data"),
            ], folder: folder, environment: ["HOME": folder.path])
        try process.waitUntilReady { Loopback.speaksHTTP(port: port) }
    }
}
