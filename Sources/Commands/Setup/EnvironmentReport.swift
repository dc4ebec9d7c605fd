/// What `version` prints, line for line as DVC lays it out. Who knows a fact fills it in; what is `nil` is left out.
package struct EnvironmentReport: Sendable {
    /// The first line after its label: `3.67.1 (pip)`, `0.1.0`.
    package var version: String
    /// The label of the first line.
    package var program: String
    package var platform: String
    /// Name and version of the parts that matter in a bug report.
    package var subprojects: [(name: String, version: String)] = []
    /// Kinds of remotes, each with what serves it: `http`, `libcurl 8.5`.
    package var supports: [(scheme: String, detail: String)] = []
    package var globalConfiguration: String?
    package var systemConfiguration: String?
    /// `nil` outside a repository: the lines below the settings are then left out.
    package var repository: Repository?

    package struct Repository: Sendable {
        /// Ways of linking that work here, `nil` while there is no cache folder to try them in.
        package var linkTypes: [String]?
        /// File system and device: `ext4 on /dev/vda`.
        package var cacheVolume: String?
        package var caches: [String] = []
        package var remotes: [String] = []
        package var workspaceVolume: String
        /// `dvc, git`, `dvc (no_scm)`, `dvc (subdir), git`.
        package var kind: String
        package var siteCacheDirectory: String?

        package init(workspaceVolume: String, kind: String) {
            self.workspaceVolume = workspaceVolume
            self.kind = kind
        }
    }

    package init(program: String, version: String, platform: String) {
        self.program = program
        self.version = version
        self.platform = platform
    }

    package var text: String {
        let title = "\(program) version: \(version)"
        var lines = [title, String(repeating: "-", count: title.count), "Platform: \(platform)"]
        if !subprojects.isEmpty {
            lines.append("Subprojects:")
            lines += subprojects.map { "\t\($0.name) = \($0.version)" }
        }
        if !supports.isEmpty {
            lines.append("Supports:")
            let entries = supports.map { "\t\($0.scheme)" + ($0.detail.isEmpty ? "" : " (\($0.detail))") }
            lines.append(entries.joined(separator: ",\n"))
        }
        if globalConfiguration != nil || systemConfiguration != nil {
            lines.append("Config:")
            if let globalConfiguration { lines.append("\tGlobal: \(globalConfiguration)") }
            if let systemConfiguration { lines.append("\tSystem: \(systemConfiguration)") }
        }
        if let repository { lines += repositoryLines(repository) }
        return lines.joined(separator: "\n")
    }

    private func repositoryLines(_ repository: Repository) -> [String] {
        func list(_ words: [String]) -> String { words.isEmpty ? "None" : words.joined(separator: ", ") }
        var lines = ["Cache types: " + (repository.linkTypes.map(list) ?? "<https://error.dvc.org/no-dvc-cache>")]
        if let cacheVolume = repository.cacheVolume { lines.append("Cache directory: \(cacheVolume)") }
        lines.append("Caches: \(list(repository.caches))")
        lines.append("Remotes: \(list(repository.remotes))")
        lines.append("Workspace directory: \(repository.workspaceVolume)")
        lines.append("Repo: \(repository.kind)")
        if let siteCacheDirectory = repository.siteCacheDirectory {
            lines.append("Repo.site_cache_dir: \(siteCacheDirectory)")
        }
        return lines
    }
}
