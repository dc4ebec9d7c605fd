/// An authority of the test's own, and certificates of it.
package struct TestAuthority: Sendable {
    /// The authority's certificate.
    package var path: String { folder + "/ca.pem" }
    private let folder: String

    private static let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// - Parameter folder: where the files go.
    package init(in folder: String) throws {
        self.folder = folder
        try openssl(
            ["req", "-x509"] + Self.curve + [
                "-days", "30", "-subj", "/CN=varve test CA", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign,cRLSign", "-keyout", "ca.key", "-out", "ca.pem",
            ])
    }

    /// Makes a certificate: `<name>.pem`, and its key `<name>.key`, in the folder.
    ///
    /// - Parameter extensions: lines that say what it is for.
    package func certify(_ name: String, _ extensions: String...) throws {
        let lines = extensions + ["basicConstraints=CA:FALSE"]
        try TestPrograms.write(lines.map { $0 + "\n" }.joined(), to: "\(folder)/\(name).ext")
        try openssl(
            ["req", "-new"] + Self.curve + ["-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr"])
        try openssl([
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            "30", "-extfile", "\(name).ext", "-out", "\(name).pem",
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let run = try RunningProcess(
            [try TestPrograms.path("openssl")] + arguments, in: folder, environment: ["PATH": "/usr/bin:/bin"]
        ).wait()
        guard run.status == 0 else { throw ServerProcess.Failure(description: "\(run)") }
    }
}
