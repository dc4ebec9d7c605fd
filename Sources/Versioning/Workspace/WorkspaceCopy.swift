import Basics
import Documents
package import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles

/// A workspace of its own that shares the cache with the one it was copied from: what runs in it changes nothing there.
package struct WorkspaceCopy: Sendable {
    package let template: WorkspaceTemplate
    /// Absolute path of the copied tree.
    package let folder: String

    package init(of template: WorkspaceTemplate, at folder: String) {
        self.template = template
        self.folder = Paths.resolvingLinks(folder)
    }

    /// Absolute path of the project in the copy.
    package var root: String { Paths.join(folder, template.project.string) }

    private var internals: RelativePath { template.project.appending(".dvc") }

    /// Makes everything as the template has it, whatever an earlier run has left: files from the template, data from the
    /// cache.
    ///
    /// - Parameter settle: is given the repository before anything is taken away, to end what still runs in it.
    /// - Returns: the repository in the copy, opened for somebody who stands at the same place as in the original.
    /// - Throws: `Failure` where recorded data is not in the cache.
    package func refresh(_ settle: (Repository) throws -> Void = { _ in }) throws -> Repository {
        if Files.isDirectory(Paths.join(root, ".dvc")) {
            if let left = try? open() { try settle(left) }
        } else {
            try? Files.removeTree(folder)
        }
        try Files.makeDirectory(folder)
        try align("")
        try makeGitRepository()
        try writeSettings()
        let repository = try open()
        var request = CheckoutRequest()
        request.options.force = true
        if let failed = try repository.checkout(request).failed { try requireSources(repository, failed) }
        return repository
    }

    /// The paths of files that are not as the template has them and are not data, relative to the copy.
    package func changedFiles() throws -> [RelativePath] {
        var found: [RelativePath] = []
        let git = template.commit == nil ? nil : try GitRepository.open(at: folder)
        var pending: [RelativePath] = [""]
        while let place = pending.popLast() {
            for entry in try Files.textEntries(in: Paths.join(folder, place.string)) {
                let path = place.appending(entry.name)
                if path == ".git" || path == internals || isData(path) { continue }
                guard let status = try Files.status(Paths.join(folder, path.string)) else { continue }
                if status.kind == .directory {
                    pending.append(path)
                } else if !FileCopy.isCurrent(try templateStatus(path), status) {
                    found.append(path)
                }
            }
        }
        if let git {
            found = try found.filter {
                let path = Paths.join(folder, $0.string)
                return try git.isTracked(path) || !git.isIgnored(path, isDirectory: false)
            }
        }
        return found.sorted()
    }

    package func remove() throws { try Files.removeTree(folder) }

    // MARK: Files

    private func templateStatus(_ path: RelativePath) throws -> FileStatus? {
        try Files.status(Paths.join(template.files, path.string))
    }

    private func isData(_ path: RelativePath) -> Bool { template.data.contains(path) }

    /// What the copy knows of files, which spares reading data again. Records of runs are not kept.
    private var index: RelativePath { internals.appending("tmp/varve/index") }

    /// Whether something below a folder is not the template's to decide about.
    private func holdsMore(_ folder: RelativePath) -> Bool {
        index.isInside(folder) || template.data.contains { $0.isInside(folder) }
    }

    /// Makes a folder of the copy as the template has it; data stays for the checkout to look at.
    private func align(_ place: RelativePath) throws {
        let source = Paths.join(template.files, place.string)
        let names = Files.isDirectory(source) ? try Files.textEntries(in: source).map(\.name) : []
        let here = Paths.join(folder, place.string)
        for entry in try Files.textEntries(in: here) where !names.contains(entry.name) {
            let path = place.appending(entry.name)
            if path == ".git" || isData(path) || path == index { continue }
            if entry.kind == .directory, holdsMore(path) {
                try align(path)
            } else {
                try Files.removeTree(Paths.join(here, entry.name))
            }
        }
        for name in names {
            let path = place.appending(name)
            guard let wanted = try templateStatus(path) else { continue }
            let destination = Paths.join(here, name)
            let present = try Files.status(destination)
            if wanted.kind == .directory {
                if present?.kind != .directory {
                    try? Files.removeTree(destination)
                    try Files.makeDirectory(destination)
                }
                try align(path)
            } else if !FileCopy.isCurrent(present, wanted) {
                try FileCopy.place(Paths.join(template.files, path.string), wanted, at: destination)
            }
        }
    }

    // MARK: Repository

    private func open() throws -> Repository {
        var environment = template.origin.environment
        let place = Paths.relative(environment.workingDirectory, to: template.origin.root)
        let here = Paths.absolute(place, from: root)
        environment.workingDirectory = Paths.isInside(here, root) && Files.isDirectory(here) ? here : root
        // A Git hook that began this names the original.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] { environment.variables[name] = nil }
        return try Repository(root: root, environment: environment, progress: template.origin.progress)
    }

    /// A Git repository at the same commit, which borrows the objects of the original and can change nothing there.
    private func makeGitRepository() throws {
        let place = Paths.join(folder, ".git")
        try? Files.removeTree(place)
        guard let commit = template.commit else { return }
        for name in ["objects/info", "refs/heads"] { try Files.makeDirectory(Paths.join(place, name)) }
        let files = [
            "HEAD": commit.name + "\n", "objects/info/alternates": commit.objects + "\n",
            "config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
        ]
        for (name, text) in files { try Files.write(Array(text.utf8), to: Paths.join(place, name), sync: false) }
        try GitRepository.open(at: folder).resetIndex()
    }

    /// The project's and the user's own settings with absolute paths, and the cache of the original.
    ///
    /// Each in its own file: what the project says must not be taken for the user's word.
    private func writeSettings() throws {
        let store = SettingsStore(
            environment: template.origin.environment, dvcFolder: template.origin.internals)
        let project = try store.values(.project)
        if try project != store.layer(.project).document { try write(project, "config", mode: 0o666) }
        var local = try store.values(.local)
        local[["cache", "dir"]] = .string(template.origin.cache.root)
        if template.commit == nil { local[["core", "no_scm"]] = "true" }
        try write(local, "config.local", mode: 0o600)
    }

    private func write(_ settings: ConfigDocument, _ name: String, mode: UInt32) throws {
        let path = Paths.join(root, ".dvc/\(name)")
        try Files.makeDirectory(Paths.parent(path))
        // Not with the permissions of one that is there.
        try Files.removeTree(path)
        try Files.write(try settings.serialized(), to: path, mode: mode, sync: false)
    }

    /// Outputs of stages can be made again, data cannot.
    private func requireSources(_ repository: Repository, _ failed: CheckoutFailed) throws {
        let lost = Set(failed.paths)
        let missing = try repository.workspace().outputs
            .filter { $0.stage.isDataSource && lost.contains(repository.shown($0.path)) }
            .map { repository.shown($0.path) }
        guard missing.isEmpty else {
            throw Failure(
                "data is not in the cache: \(missing.joined(separator: ", "))", remedy: "run `varve pull` first")
        }
    }
}
