package import Basics
import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the settings files are, and how paths in them are to be understood.
package struct SettingsFiles: Sendable {
    /// Absolute paths; the repository's levels are missing outside of one, the global one where there is no home.
    package let paths: [SettingsLevel: String]
    private let home: String?

    /// - Parameter dvcFolder: Absolute path of `.dvc`; nil outside of a repository.
    package init(environment: HostEnvironment, dvcFolder: String?) {
        home = environment["HOME"] ?? Self.homeFolder(of: nil)
        var paths: [SettingsLevel: String] = [:]
        let system = Self.folder(of: .system, environment: environment, home: home)
        let global = Self.folder(of: .global, environment: environment, home: home)
        paths[.system] = system.map { Paths.join($0, "config") }
        paths[.global] = global.map { Paths.join($0, "config") }
        if let dvcFolder {
            paths[.project] = Paths.join(dvcFolder, "config")
            paths[.local] = Paths.join(dvcFolder, "config.local")
        }
        self.paths = paths
    }

    /// The folder of a file outside of repositories, as `doctor` shows it.
    package func folder(of level: SettingsLevel) -> String? { paths[level].map(Paths.parent) }

    private static func folder(of level: SettingsLevel, environment: HostEnvironment, home: String?) -> String? {
        let name = "dvc"
        switch level {
        case .system:
            if let folder = environment["DVC_SYSTEM_CONFIG_DIR"] { return absolute(folder, environment) }
            #if os(macOS)
                return "/Library/Application Support/\(name)"
            #else
                let list = environment["XDG_CONFIG_DIRS"] ?? "/etc/xdg"
                let first = list.split(separator: ":").first.map(String.init) ?? "/etc/xdg"
                return absolute(Paths.join(first, name), environment)
            #endif
        case .global:
            if let folder = environment["DVC_GLOBAL_CONFIG_DIR"] { return absolute(folder, environment) }
            #if os(macOS)
                return home.map { Paths.join($0, "Library/Application Support/\(name)") }
            #else
                if let folder = environment["XDG_CONFIG_HOME"] {
                    return absolute(Paths.join(folder, name), environment)
                }
                return home.map { Paths.join($0, ".config/\(name)") }
            #endif
        case .project, .local:
            return nil
        }
    }

    private static func absolute(_ path: String, _ environment: HostEnvironment) -> String {
        Paths.absolute(path, from: environment.workingDirectory)
    }

    // MARK: Paths in settings

    /// A path as DVC means it in the file at `file`: URLs and absolute paths as they are, `~` expanded, the rest seen
    /// from the file's folder.
    package func resolved(_ path: String, in file: String) -> String {
        if RemoteURL.hasScheme(path) || Paths.isAbsolute(path) { return path }
        if let expanded = expandingHome(path) { return expanded }
        return Paths.absolute(path, from: Paths.parent(file))
    }

    /// The text for `path` in the file at `file`; a relative one is seen from `folder`.
    package func stored(_ path: String, in file: String, seenFrom folder: String) -> String {
        if RemoteURL.hasScheme(path) || Paths.isAbsolute(path) || expandingHome(path) != nil { return path }
        return Paths.relative(Paths.absolute(path, from: folder), to: Paths.parent(file))
    }

    /// The path with `~` or `~name` at its front replaced; nil where there is none or nobody of that name.
    private func expandingHome(_ path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "~") else { return nil }
        let name = path.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        let rest = String(path[name.endIndex...])
        guard let folder = name.isEmpty ? home : Self.homeFolder(of: String(Substring(name))) else { return nil }
        guard Paths.isAbsolute(folder) else { return nil }
        return (folder == "/" ? "" : folder) + rest
    }

    /// The home folder of a person, of the one who runs the process for nil.
    private static func homeFolder(of name: String?) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let status =
            if let name {
                getpwnam_r(name, &entry, &buffer, buffer.count, &found)
            } else {
                getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found)
            }
        guard status == 0, found != nil, let folder = entry.pw_dir else { return nil }
        return withExtendedLifetime(buffer) { String(cString: folder) }
    }
}
