package import Basics
import Documents
import FileSystem
import Hashing
import Processes

/// Who asks a registry.
package enum RegistryLogin: Sendable, Equatable {
    case anonymous
    case password(user: String, password: String)
    /// A token that a token server exchanges for others.
    case identity(token: String)

    /// What the files of Docker and Podman say of a repository, or the program that they name for its host.
    ///
    /// - Parameter reference: its host is looked for, and for Podman the repository on it.
    package static func find(for reference: RegistryReference, _ environment: HostEnvironment) throws -> RegistryLogin {
        for path in files(environment) {
            guard let bytes = try Files.readIfPresent(path, limit: 1 << 20) else { continue }
            guard let fields = try? JSON.parse(bytes, duplicateKeys: .overwriting).mapping else {
                throw PackageError(
                    .malformed, "'\(path.printable)' is not JSON",
                    remedy: "correct it, or log in with `docker login` again")
            }
            for name in names(reference) {
                if let helper = fields["credHelpers"]?.mapping?[name]?.string {
                    if let found = try ask(helper, for: name, environment) { return found }
                }
                if let found = entry(name, in: fields["auths"]?.mapping) { return found }
                if let helper = fields["credsStore"]?.string, let found = try ask(helper, for: name, environment) {
                    return found
                }
            }
        }
        return .anonymous
    }

    /// The first that says something counts.
    private static func files(_ environment: HostEnvironment) -> [String] {
        var files: [String] = []
        if let file = environment["REGISTRY_AUTH_FILE"] { files.append(file) }
        if let folder = environment["DOCKER_CONFIG"] {
            files.append(Paths.join(folder, "config.json"))
        } else if let home = environment["HOME"] {
            files.append(Paths.join(home, ".docker/config.json"))
        }
        if let folder = environment["XDG_RUNTIME_DIR"] { files.append(Paths.join(folder, "containers/auth.json")) }
        if let home = environment["HOME"] { files.append(Paths.join(home, ".config/containers/auth.json")) }
        return files.map { Paths.absolute($0, from: environment.workingDirectory) }
    }

    /// The most exact name first.
    private static func names(_ reference: RegistryReference) -> [String] {
        var names: [String] = []
        var path = Substring(reference.host + "/" + reference.repository)
        while let slash = path.lastIndex(of: "/") {
            names.append(String(path))
            path = path[..<slash]
        }
        names.append(reference.host)
        if reference.host == "docker.io" { names.append("https://index.docker.io/v1/") }
        return names
    }

    private static func entry(_ name: String, in logins: Mapping?) -> RegistryLogin? {
        for (key, value) in logins?.entries ?? [] {
            guard key == name || host(key) == name, let login = value.mapping else { continue }
            if let token = login["identitytoken"]?.string, !token.isEmpty { return .identity(token: token) }
            if let user = login["username"]?.string, let password = login["password"]?.string, !user.isEmpty {
                return .password(user: user, password: password)
            }
            guard let bytes = login["auth"]?.string.flatMap(Base64.decode),
                let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
                let user = String(validating: bytes[..<colon], as: UTF8.self),
                let password = String(validating: bytes[(colon + 1)...], as: UTF8.self)
            else { continue }
            return .password(user: user, password: password)
        }
        return nil
    }

    /// The host of an entry that Docker wrote as a URL.
    private static func host(_ key: String) -> String {
        var rest = Substring(key)
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" })
    }

    // MARK: Helpers

    /// Asks a program of the user's, by Docker's protocol; `nil` where it knows nothing of the host.
    private static func ask(_ helper: String, for host: String, _ environment: HostEnvironment) throws -> RegistryLogin?
    {
        let isName = helper.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
        }
        guard isName, !helper.isEmpty else {
            throw PackageError(.malformed, "'\(helper.printableText)' is no name of a credential helper")
        }
        let program = "docker-credential-" + helper
        let output = OutputBox()
        let request = ProgramRequest(
            arguments: ["/bin/sh", "-c", "printf %s \"$1\" | \"$2\" get", "sh", host, program],
            variables: environment.variables, workingDirectory: environment.workingDirectory,
            streams: .relayed { stream, bytes in if stream == .output { output.append(bytes) } })
        let outcome = try RunningProgram(request).wait(ProgramLimits(timeout: .seconds(60)))
        if outcome.code == 127 {
            throw PackageError(
                .missing, "there is no program '\(program)', which is to know the password for \(host)",
                remedy: "install it, or take it out of ~/.docker/config.json")
        }
        guard outcome.succeeded,
            let fields = try? JSON.parse(output.bytes, duplicateKeys: .overwriting).mapping,
            let user = fields["Username"]?.string, let secret = fields["Secret"]?.string
        else { return nil }
        return user == "<token>" ? .identity(token: secret) : .password(user: user, password: secret)
    }
}
