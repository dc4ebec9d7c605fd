import FileSystem
import HTTP

extension CredentialChain {
    /// What the container that this process runs in is given; `nil` where it is in none.
    func containerKeys() async throws(StorageError) -> AWSCredentials? {
        let url: String
        if let path = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2" + path
        } else if let full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard let parts = URLParts(full), Self.mayHandOutKeys(parts) else {
                throw Self.broken(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that is neither this machine nor spoken to by https"
                )
            }
            url = full
        } else {
            return nil
        }
        var headers = [HTTPHeader("Accept", "application/json")]
        if let token = try containerToken() { headers.append(HTTPHeader("Authorization", token)) }
        let response = try await ask(
            HTTPRequest(.get, url, headers: headers, deadline: .seconds(10)), "container credentials")
        guard response.isSuccess else { throw StorageError(status: response, place: "container credentials") }
        guard let credentials = CredentialDocument(response.body)?.credentials else {
            throw StorageError(.corrupt, "the container's credentials cannot be read", place: "container credentials")
        }
        return credentials
    }

    private func containerToken() throws(StorageError) -> String? {
        let token: String?
        if let path = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            guard let bytes = try? Files.read(path, limit: 1 << 20) else {
                throw Self.broken("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that cannot be read")
            }
            token = String(decoding: bytes, as: UTF8.self).trimmingLineEnd()
        } else {
            token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        if let token, token.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Self.broken("the container's authorization token has a line break")
        }
        return token
    }

    /// As the tools of AWS check it: encrypted, this machine, or the addresses that containers are given.
    private static func mayHandOutKeys(_ url: URLParts) -> Bool {
        if url.scheme == "https" { return true }
        let hosts: Set = ["localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"]
        if hosts.contains(url.host) { return true }
        let numbers = url.host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// What the machine in AWS's cloud is given; `nil` on any other machine. Asked once, for a second.
    func instanceKeys() async throws(StorageError) -> AWSCredentials? {
        if variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        var base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        if variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6",
            variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") == nil
        {
            base = "http://[fd00:ec2::254]"
        }
        while base.hasSuffix("/") { base.removeLast() }
        let limit = Duration.seconds(min(max(Int64(variable("AWS_METADATA_SERVICE_TIMEOUT") ?? "") ?? 1, 1), 60))
        func fetch(_ method: HTTPMethod, _ path: String, _ header: HTTPHeader) async throws(StorageError) -> [UInt8]? {
            let request = HTTPRequest(
                method, base + path, headers: [header], body: method == .put ? .bytes([]) : nil, deadline: limit)
            let response: HTTPResponse
            do {
                response = try await http.send(request, limit: 1 << 20)
            } catch {
                // Nobody there: this is no machine of AWS.
                if error.kind == .cancelled { throw .cancelled }
                return nil
            }
            return response.status == 200 ? response.body : nil
        }
        guard
            let token = try await fetch(
                .put, "/latest/api/token", HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600"))
        else { return nil }
        let text = String(decoding: token, as: UTF8.self).trimmingLineEnd()
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let header = HTTPHeader("x-aws-ec2-metadata-token", text, isSecret: true)
        let folder = "/latest/meta-data/iam/security-credentials/"
        guard let roles = try await fetch(.get, folder, header),
            let role = String(decoding: roles, as: UTF8.self).split(whereSeparator: \.isNewline).first,
            let body = try await fetch(.get, folder + PercentEncoding.encode(String(role)), header)
        else { return nil }
        return CredentialDocument(body)?.credentials
    }
}
