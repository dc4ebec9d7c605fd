package import Documents
package import FileSystem

/// One remote as the settings describe it.
package struct RemoteSettings: Sendable {
    package let name: String
    /// A URL, or the absolute path of a folder.
    package let url: String
    /// Scheme of the URL in lower case; empty for a folder.
    package let scheme: String
    /// Typed options, `url` among them.
    package let options: Mapping
    /// The level that each option has its value from, initial values left out.
    package let levels: [String: SettingsLevel]

    package subscript(_ option: String) -> String? { options[option]?.string }
    package func flag(_ option: String) -> Bool { options[option]?.bool ?? false }
    package func integer(_ option: String) -> Int? { options[option]?.int }
    /// Seconds and the like, whether the option holds a whole number or not.
    package func number(_ option: String) -> Double? {
        switch options[option] {
        case .float(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }

    /// How many requests may run at once; nil leaves it to the backend.
    package var jobs: Int? { integer("jobs") }
    package var checksumJobs: Int? { integer("checksum_jobs") }
    package var isVerified: Bool { flag("verify") }
    /// Whether files lie under their own names and the store keeps their versions.
    package var isVersionAware: Bool { flag("version_aware") || isWorktree }
    package var isWorktree: Bool { flag("worktree") }
    package var isSharedWithGroup: Bool { self["shared"] == "group" }
    package var linkTypes: [LinkType]? { Settings.linkTypes(options["type"]) }

    /// How DVC calls this kind of remote in its report on the environment.
    package var protocolName: String { scheme.isEmpty ? "local" : scheme }
}

extension Settings {
    /// Names of the remotes, in the order of the files.
    package var remoteNames: [String] { values["remote"]?.mapping?.keys ?? [] }

    package func remotes() throws(SettingsError) -> [RemoteSettings] {
        var result: [RemoteSettings] = []
        for name in remoteNames { result.append(try remote(name)) }
        return result
    }

    /// The named remote, or the default one for nil.
    ///
    /// - Parameter root: The repository, for the message when there is no default.
    package func remote(_ name: String?, root: String = ".") throws(SettingsError) -> RemoteSettings {
        guard let name = name ?? defaultRemote else {
            throw SettingsError(
                "no remote specified in \(root). Create a default remote with\n"
                    + "    dvc remote add -d <remote name> <remote url>")
        }
        return try remote(name.lowercased(), visited: [])
    }

    private func remote(_ name: String, visited: Set<String>) throws(SettingsError) -> RemoteSettings {
        guard var options = values["remote", name]?.mapping else {
            throw SettingsError(
                "remote '\(name)' doesn't exist",
                remedy: remoteNames.isEmpty
                    ? "add it with `varve remote add \(name) <url>`"
                    : "the remotes are: \(remoteNames.joined(separator: ", "))")
        }
        var levels: [String: SettingsLevel] = [:]
        for key in options.keys { levels[key] = level(of: ["remote", name, key]) }
        var url = options["url"]?.string ?? ""
        var (scheme, host) = RemoteURL.split(url)
        if scheme == "remote", !host.isEmpty {
            // `remote://server/path` lies below another remote and takes over the options that it does not set.
            guard !visited.contains(name) else {
                throw SettingsError("remote '\(name)' refers to itself through remote:// URLs")
            }
            let base = try remote(host.lowercased(), visited: visited.union([name]))
            let below = url.utf8.dropFirst("remote://".utf8.count + host.utf8.count).drop { $0 == UInt8(ascii: "/") }
            url = Paths.join(base.url, String(Substring(below)))
            var merged = base.options
            for (key, value) in options.entries { merged[key] = value }
            merged["url"] = .string(url)
            options = try checked(merged, name: name)
            levels = base.levels.merging(levels) { $1 }
            (scheme, host) = RemoteURL.split(url)
        }
        return RemoteSettings(
            name: name, url: url, scheme: host.isEmpty ? "" : scheme, options: options, levels: levels)
    }

    /// Options of a `remote://` remote were taken unread; now that the scheme is known they get their types.
    private func checked(_ options: Mapping, name: String) throws(SettingsError) -> Mapping {
        var text = Mapping()
        for (key, value) in options.entries { text[key] = value }
        var validation = SettingsValidation()
        do {
            let sections = try validation.validate(
                Mapping([("remote", .mapping(Mapping([(name, .mapping(text))])))]))
            return sections["remote"]?.mapping?[name]?.mapping ?? text
        } catch {
            throw SettingsError(error.description)
        }
    }

    /// A place that no settings file names, with options for it.
    ///
    /// - Parameter options: `url` among them.
    func remote(
        unnamed options: Mapping, levels: [String: SettingsLevel] = [:]
    ) throws(SettingsError) -> RemoteSettings {
        var validation = SettingsValidation()
        let checked: Mapping
        do {
            checked = try validation.unnamedRemote(options)
        } catch {
            throw SettingsError(error.description)
        }
        let url = checked["url"]?.string ?? ""
        let (scheme, host) = RemoteURL.split(url)
        return RemoteSettings(name: "", url: url, scheme: host.isEmpty ? "" : scheme, options: checked, levels: levels)
    }
}
