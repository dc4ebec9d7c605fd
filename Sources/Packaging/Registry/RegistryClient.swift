import Basics
import Documents
import Hashing
package import HTTP
import Synchronization

/// Speaks OCI's distribution protocol with the registry of one repository.
///
/// Passwords and tokens go to the registry itself and to the token server that it names, never along a redirect to
/// another host, and never unencrypted unless the registry is on this machine or the user asked for it.
package final class RegistryClient: Sendable {
    package let reference: RegistryReference
    let http: HTTPClient
    /// A repository of the same registry that may have blobs already.
    let mountFrom: String?
    private let login: RegistryLogin
    private let isPlain: Bool
    /// By scope; `*` for all.
    private let authorizations = Mutex<[String: HTTPHeader]>([:])
    /// Tokens that are being fetched, so that many requests at once fetch one.
    private let fetches = Mutex<[String: Task<HTTPHeader, any Error>]>([:])
    private let pause: @Sendable (Duration) async throws -> Void

    /// How often a request that may succeed later is sent.
    private static let attempts = 5

    /// - Parameters:
    ///   - plainHTTP: whether to speak HTTP without encryption with a registry elsewhere; with one on this machine that
    ///     is the rule.
    ///   - pause: waits; tests don't.
    package init(
        _ reference: RegistryReference, login: RegistryLogin, http: HTTPClient, plainHTTP: Bool = false,
        mountFrom: String? = nil,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.reference = reference
        self.login = login
        self.http = http
        self.pause = pause
        self.mountFrom = mountFrom
        isPlain = plainHTTP || reference.isLoopback
    }

    /// `https://host/v2/repository/`
    var base: String {
        let host = reference.host == "docker.io" ? "registry-1.docker.io" : reference.host
        return "\(isPlain ? "http" : "https")://\(host)/v2/\(reference.repository)/"
    }

    // MARK: Requests

    /// Sends a request with whatever the registry wants to see, again where that may help.
    ///
    /// - Parameters:
    ///   - scope: what the request needs, such as `pull`.
    ///   - isRepeatable: whether sending it again does no harm after a connection that broke.
    func send(
        _ request: HTTPRequest, scope: String, limit: Int = ImageManifest.largest, isRepeatable: Bool = true,
        into receiver: (any HTTPReceiver)? = nil
    ) async throws -> HTTPResponse {
        var attempt = 0
        var isRefused = false
        while true {
            attempt += 1
            var authorized = request
            let header = header(for: request.url, scope)
            if let header { authorized.headers.append(header) }
            let response: HTTPResponse
            do {
                response = try await http.send(authorized, limit: limit, into: receiver)
            } catch {
                guard error.isRetryable, isRepeatable, attempt < Self.attempts else { throw error }
                try await pause(Self.wait(attempt, nil))
                continue
            }
            if response.status == 401, !isRefused, isOwn(request.url), let challenge = challenge(of: response) {
                isRefused = true
                attempt -= 1
                // Another request may have seen to it meanwhile.
                if self.header(for: request.url, scope) == header { try await authorize(challenge, scope) }
                continue
            }
            let isBusy = response.status == 429 || response.status == 408 || (500...599).contains(response.status)
            guard isBusy, isRepeatable, attempt < Self.attempts else { return response }
            try await pause(Self.wait(attempt, response.retryAfter))
        }
    }

    /// Waits before another attempt at something that is made of several requests.
    func pause(beforeAttempt attempt: Int) async throws { try await pause(Self.wait(attempt, nil)) }

    private static func wait(_ attempt: Int, _ asked: Duration?) -> Duration {
        asked.map { min($0, .seconds(60)) } ?? .milliseconds(250 << min(attempt, 6))
    }

    /// An error for an answer that is not the wanted one.
    func refusal(_ response: HTTPResponse, _ attempt: String) -> RegistryError {
        guard response.status == 401, login != .anonymous else {
            return RegistryError(response, attempt, at: reference)
        }
        let who =
            if case .password(let user, _) = login { "the password of '\(user.printableText)'" } else { "your token" }
        return RegistryError(.unauthorized, "\(reference.host) does not accept \(who)")
    }

    // MARK: Authorization

    private func isOwn(_ url: String) -> Bool {
        guard let own = URLParts(base), let other = URLParts(url) else { return false }
        return own.isSameOrigin(as: other)
    }

    private func header(for url: String, _ scope: String) -> HTTPHeader? {
        guard isOwn(url) else { return nil }
        return authorizations.withLock { $0[scope] ?? $0["*"] }
    }

    private func challenge(of response: HTTPResponse) -> RegistryChallenge? {
        RegistryChallenge.parse(response.headers.filter { $0.name == "www-authenticate" }.map(\.value))
    }

    private func authorize(_ challenge: RegistryChallenge, _ scope: String) async throws {
        if challenge.scheme == "basic" {
            guard case .password(let user, let password) = login else {
                throw RegistryError(.unauthorized, "\(reference.host) wants a name and a password")
            }
            authorizations.withLock { $0["*"] = Self.basic(user, password) }
            return
        }
        let fetch = fetches.withLock { fetches in
            if let known = fetches[scope] { return known }
            let new = Task {
                HTTPHeader("Authorization", "Bearer " + (try await token(challenge, scope)), isSecret: true)
            }
            fetches[scope] = new
            return new
        }
        defer { fetches.withLock { $0[scope] = nil } }
        let header = try await fetch.value
        authorizations.withLock { $0[scope] = header }
    }

    private static func basic(_ user: String, _ password: String) -> HTTPHeader {
        HTTPHeader("Authorization", "Basic " + Base64.encode(Array("\(user):\(password)".utf8)), isSecret: true)
    }

    /// Fetches a token from the server that the registry names.
    private func token(_ challenge: RegistryChallenge, _ scope: String) async throws -> String {
        guard let realm = challenge.parameters["realm"], let parts = URLParts(realm),
            parts.scheme == "https" || (parts.scheme == "http" && isPlain), parts.userInfo == nil
        else {
            throw RegistryError(
                .malformed, "\(reference.host) names a token server that a password cannot be sent to safely")
        }
        var scopes = ["repository:\(reference.repository):\(scope)"]
        if let asked = challenge.parameters["scope"], !asked.isEmpty {
            scopes = asked.split(separator: " ").map(String.init)
        }
        if let mountFrom, scope.contains("push") {
            let other = "repository:\(mountFrom):pull"
            if !scopes.contains(other) { scopes.append(other) }
        }
        var fields = scopes.map { "scope=" + PercentEncoding.encode($0) }
        if let service = challenge.parameters["service"] {
            fields.insert("service=" + PercentEncoding.encode(service), at: 0)
        }
        var request: HTTPRequest
        switch login {
        case .identity(let token):
            let body = [
                "grant_type=refresh_token", "client_id=varve", "refresh_token=" + PercentEncoding.encode(token),
            ]
            request = HTTPRequest(
                .post, realm, headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: .bytes(Array((fields + body).joined(separator: "&").utf8)))
        case .anonymous, .password:
            var url = parts
            url.query = ([parts.query].compactMap { $0 } + fields).joined(separator: "&")
            request = HTTPRequest(.get, url.text)
            if case .password(let user, let password) = login { request.headers.append(Self.basic(user, password)) }
        }
        request.deadline = .seconds(60)
        let response = try await http.send(request, limit: 1 << 20)
        guard response.isSuccess else { throw refusal(response, "get a token") }
        let answer = try? JSON.parse(response.body, duplicateKeys: .overwriting).mapping
        guard let token = answer?["token"]?.string ?? answer?["access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw RegistryError(.malformed, "the token server of \(reference.host) answers without a token") }
        return token
    }
}
