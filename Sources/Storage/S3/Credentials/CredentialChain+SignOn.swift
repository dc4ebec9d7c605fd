import FileSystem
import HTTP
import Hashing

extension CredentialChain {
    /// The credentials of a role that the user signed on to with `aws sso login`; `nil` where the profile has none.
    func signedOn(_ profile: AWSSection) async throws(StorageError) -> AWSCredentials? {
        guard let account = profile["sso_account_id"], let role = profile["sso_role_name"] else { return nil }
        let name = profile["sso_session"]
        let session = name.flatMap { profiles.config.sessions[$0] } ?? profile
        guard let start = session["sso_start_url"], let region = session["sso_region"], S3Site.isRegion(region) else {
            throw Self.broken("the AWS profile names an SSO role, but its sso_start_url or sso_region is missing")
        }
        let token = try signOnToken(named: name ?? start)
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let endpoint = variable("AWS_ENDPOINT_URL_SSO") ?? "https://portal.sso.\(region).\(domain)"
        let query: CanonicalQuery = [("account_id", account), ("role_name", role)]
        let request = HTTPRequest(
            .get, "\(endpoint)/federation/credentials?\(query.text)",
            headers: [HTTPHeader("x-amz-sso_bearer_token", token, isSecret: true)], deadline: .seconds(60))
        let response = try await ask(request, "AWS SSO")
        if response.status == 401 { throw Self.signOnExpired }
        guard response.isSuccess else { throw StorageError(status: response, place: "AWS SSO") }
        guard let credentials = CredentialDocument(response.body)?.inner("roleCredentials")?.credentials else {
            throw StorageError(.corrupt, "the answer of AWS SSO cannot be read", place: "AWS SSO")
        }
        return credentials
    }

    /// The token that `aws sso login` left behind.
    private func signOnToken(named name: String) throws(StorageError) -> String {
        let path = "\(home)/.aws/sso/cache/\(SHA1.hex(of: Array(name.utf8))).json"
        guard let bytes = try? Files.readIfPresent(path, limit: 1 << 20), let document = CredentialDocument(bytes),
            let token = document.text("accessToken"),
            let expiry = document.text("expiresAt").flatMap(AWSTime.seconds), expiry > now()
        else { throw Self.signOnExpired }
        return token
    }

    private static let signOnExpired = broken(
        "the AWS SSO session has expired, or there is none", remedy: "run `aws sso login`, with --profile if need be")
}
