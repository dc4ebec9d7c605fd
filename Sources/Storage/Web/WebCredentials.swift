package import Basics
package import HTTP

/// How a client proves to a web server who it is.
package enum WebCredentials: Sendable {
    case none
    case login(HTTPLogin)
    /// A header of the server's own kind, such as `X-Api-Key`.
    case header(HTTPHeader)
    case token(BearerToken)

    /// What DVC's options of http and https remotes say; without `auth` only a login in the URL counts.
    package static func http(
        auth: String?, user: String?, password: String?, customHeader: String?, address: WebAddress
    ) throws(Failure) -> WebCredentials {
        switch auth {
        case nil: return address.login.map { .login($0) } ?? .none
        case "basic", "digest":
            guard let user, let password else {
                throw Failure(
                    "HTTP '\(auth ?? "")' authentication needs both 'user' and 'password'",
                    remedy: "set them with `varve remote modify --local`", category: .configuration)
            }
            return .login(HTTPLogin(user: user, password: password, scheme: auth == "basic" ? .basic : .digest))
        case "custom":
            guard let customHeader, let password else {
                throw Failure(
                    "HTTP 'custom' authentication needs both 'custom_auth_header' and 'password'",
                    remedy: "set them with `varve remote modify --local`", category: .configuration)
            }
            return .header(try header(customHeader, password))
        case let auth?:
            throw Failure("'\(auth)' is no kind of HTTP authentication", category: .configuration)
        }
    }

    /// What DVC's options of webdav and webdavs remotes say: a token that a command prints, a fixed one, a login, a
    /// header, in this order.
    package static func webDAV(
        tokenSource: BearerToken?, token: String?, user: String?, password: String?, customHeader: String?,
        address: WebAddress
    ) throws(Failure) -> WebCredentials {
        if let tokenSource { return .token(tokenSource) }
        if let token { return .header(try header("Authorization", "Bearer " + token)) }
        if let user = user ?? address.login?.user {
            return .login(HTTPLogin(user: user, password: password ?? address.login?.password ?? ""))
        }
        if let customHeader {
            guard let password else {
                throw Failure(
                    "'custom_auth_header' needs a 'password' for its value",
                    remedy: "set it with `varve remote modify --local`", category: .configuration)
            }
            return .header(try header(customHeader, password))
        }
        return .none
    }

    /// A header that cannot bring further lines along.
    private static func header(_ name: String, _ value: String) throws(Failure) -> HTTPHeader {
        let marks = "!#$%&'*+-.^_`|~".utf8
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: marks.contains(byte)
                }
            }
        guard isName else { throw Failure("'custom_auth_header' is no name of a header", category: .configuration) }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw Failure("the value for the header '\(name)' holds a line break", category: .configuration)
        }
        return HTTPHeader(name, value, isSecret: true)
    }
}

/// A token that is fetched when it is first needed, and anew when the server no longer takes it.
package actor BearerToken {
    private let fetch: @Sendable () async throws(StorageError) -> String
    private var value: String?
    private var fetching: Task<Result<String, StorageError>, Never>?

    /// - Parameter fetch: runs the command that prints the token, say.
    package init(fetch: @escaping @Sendable () async throws(StorageError) -> String) { self.fetch = fetch }

    /// - Parameter refused: the token that the server did not take; all who come with it share one new one.
    func header(after refused: HTTPHeader? = nil) async throws(StorageError) -> HTTPHeader {
        if let value {
            let header = Self.header(value)
            if header != refused { return header }
        }
        let task =
            fetching
            ?? Task { [fetch] in
                do throws(StorageError) {
                    return .success(try await fetch())
                } catch {
                    return .failure(error)
                }
            }
        fetching = task
        let result = await task.value
        if fetching == task { fetching = nil }
        let token = try result.get()
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw StorageError(.permission, "the command for the token printed nothing that is a token")
        }
        value = token
        return Self.header(token)
    }

    private static func header(_ token: String) -> HTTPHeader {
        HTTPHeader("Authorization", "Bearer " + token, isSecret: true)
    }
}
