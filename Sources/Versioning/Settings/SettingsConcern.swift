import Documents
import FileSystem

/// Something in the committed settings that a stranger's repository could use against the person who cloned it.
package struct SettingsConcern: Sendable, Equatable {
    package let path: [String]
    /// A clause that follows the name of the file.
    package let detail: String
}

extension Settings {
    /// What `.dvc/config` asks for that goes beyond the project: places outside of it, programs, and servers to which
    /// credentials of the environment would be sent.
    ///
    /// Options that a file of the person's own sets again are no concern, since that file wins.
    package func concerns(projectRoot: String) -> [SettingsConcern] {
        var result: [SettingsConcern] = []
        func look(_ path: [String], _ detail: (String) -> String?) {
            guard level(of: path) == .project, let value = values[path]?.string, let text = detail(value) else {
                return
            }
            result.append(SettingsConcern(path: path, detail: text))
        }
        func outside(_ what: String) -> (String) -> String? {
            { Paths.isInside($0, projectRoot) ? nil : "\(what) outside of the project: '\($0)'" }
        }
        look(["cache", "dir"], outside("keeps the cache"))
        look(["core", "site_cache_dir"], outside("keeps temporary data"))
        for name in remoteNames {
            for option in ["credentialpath", "configpath", "keyfile", "cert_path", "key_path"] {
                look(["remote", name, option], outside("reads the \(option) of remote '\(name)'"))
            }
            look(["remote", name, "bearer_token_command"]) { _ in "runs a command for the token of remote '\(name)'" }
            look(["remote", name, "endpointurl"]) {
                "sends requests of remote '\(name)' to \(RemoteURL.withoutSecrets($0))"
            }
        }
        return result
    }
}
