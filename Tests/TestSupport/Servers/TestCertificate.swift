import FileSystem

/// An authority of the test's own, and a certificate of it for servers on this machine.
package struct TestCertificate: Sendable {
    /// The authority's certificate.
    package let authority: String
    package let certificate: String
    package let key: String

    /// - Parameters:
    ///   - folder: where the files go.
    ///   - names: what the certificate is for.
    package init(
        in folder: String,
        names: [String] = ["DNS:localhost", "DNS:s3.localhost", "DNS:*.s3.localhost", "IP:127.0.0.1"]
    ) throws {
        authority = "\(folder)/ca.pem"
        certificate = "\(folder)/server.pem"
        key = "\(folder)/server.key"
        let extensions = """
            subjectAltName=\(names.joined(separator: ","))
            extendedKeyUsage=serverAuth
            basicConstraints=CA:FALSE

            """
        try Files.write(Array(extensions.utf8), to: "\(folder)/server.ext")
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try Self.openssl(
            ["req", "-x509", "-days", "30", "-subj", "/CN=varve test CA"] + curve + [
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-keyout", "ca.key", "-out", "ca.pem",
            ], in: folder)
        try Self.openssl(
            ["req", "-new", "-subj", "/CN=localhost"] + curve + ["-keyout", "server.key", "-out", "server.csr"],
            in: folder)
        try Self.openssl(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "30", "-extfile", "server.ext", "-out", "server.pem",
            ], in: folder)
    }

    private static func openssl(_ arguments: [String], in folder: String) throws {
        let run = try RunningProcess(
            ["openssl"] + arguments, in: folder, environment: ["PATH": "/usr/bin:/bin:/usr/local/bin"]
        ).wait()
        guard run.status == 0 else { throw ServerProcess.Failure(description: "no certificate: \(run)") }
    }
}
