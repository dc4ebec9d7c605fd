package import Basics

extension HostEnvironment {
    /// Where varve keeps what belongs to the user rather than to a project, by the XDG base directories; `nil` where the
    /// user has no home.
    package var stateFolder: String? {
        let state = self["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (state ?? self["HOME"].map { Paths.join($0, ".local/state") }).map { Paths.join($0, "varve") }
    }

    /// `.dvc/tmp` of the project that holds the working directory, for what Git does not see; `nil` where there is no
    /// project.
    package var projectTemporaries: String? {
        var folder = workingDirectory
        while !Files.isDirectory(Paths.join(folder, ".dvc")) {
            let above = Paths.parent(folder)
            guard above != folder, !above.isEmpty else { return nil }
            folder = above
        }
        return Paths.join(folder, ".dvc/tmp")
    }

    /// The part of it that varve may lose.
    package var projectScratch: String? { projectTemporaries.map { Paths.join($0, "varve") } }
}
