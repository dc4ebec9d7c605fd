import Basics
import Documents
import FileSystem
import Git
import Indexing
import ProjectFiles

/// What a workspace held at one time beside its data: code, parameters, project files. Copies of the workspace are made
/// from it, later too, when the workspace has changed.
package struct WorkspaceTemplate: Sendable {
    /// Absolute path of the folder that holds it.
    package let folder: String
    /// The project's place in the copied tree; empty where Git's work tree is the project.
    let project: RelativePath
    /// Data: outputs in the cache, relative to the copied tree. Copies get them from there.
    let data: [RelativePath]
    /// The commit that HEAD named, and the folder of the objects that it is in.
    let commit: (name: String, objects: String)?
    /// What the copies take from the repository.
    let origin: Repository

    var files: String { Paths.join(folder, "files") }

    private static let note = "template.json"

    /// The template at a folder; made from the workspace where there is none yet.
    ///
    /// - Parameters:
    ///   - folder: Absolute path; what lies beside it is not copied.
    ///   - extras: Files and folders beside those that Git tracks or would track, relative to the project.
    /// - Throws: where tracked data differs from what is recorded, since a copy could not have it.
    package init(at folder: String, of repository: Repository, extras: [String] = []) async throws {
        if let known = try Self(reading: folder, of: repository) {
            self = known
            return
        }
        try await Self.check(repository)
        let git = try repository.git
        let top = git?.workTree ?? repository.root
        self.folder = folder
        origin = repository
        project = RelativePath(top == repository.root ? "" : Paths.relative(repository.root, to: top))
        data = try repository.workspace().outputs.filter(\.output.isCached).map { [project] in
            project.appending($0.path.string)
        }
        commit = try git.flatMap { git in
            try git.head().map { (name: $0.name.hex, objects: Paths.join(git.commonDirectory, "objects")) }
        }
        let temporary = folder + ".new"
        try? Files.removeTree(temporary)
        try? Files.removeTree(folder)
        let listed =
            try git.map { try $0.trackedPaths(under: top) + $0.untrackedFiles() }
            ?? Self.plainFiles(of: repository, except: Set(data))
        // Journals may be kept anywhere.
        let own = Paths.parent(folder)
        for path in listed where !Paths.isInside(Paths.join(top, path), own) {
            try Self.copy(path.hasSuffix("/") ? String(path.dropLast()) : path, from: top, to: temporary + "/files")
        }
        for path in extras {
            let absolute = Paths.absolute(path, from: repository.root)
            guard Paths.isInside(absolute, repository.root), Files.exists(absolute) else {
                throw Failure(
                    "'\(path)' cannot be copied: it is not in the project", category: .usage)
            }
            try Self.copy(Paths.relative(absolute, to: top), from: top, to: temporary + "/files")
        }
        try Files.makeDirectory(Paths.join(temporary, "files"))
        try Files.write(Array((JSON.emitPython(document) + "\n").utf8), to: Paths.join(temporary, Self.note))
        try Files.rename(temporary, folder)
    }

    private init?(reading folder: String, of repository: Repository) throws {
        guard let bytes = try Files.readIfPresent(Paths.join(folder, Self.note)),
            let document = try? JSON.parse(bytes).mapping, let project = document["project"]?.string,
            let data = document["data"]?.array?.compactMap(\.string)
        else { return nil }
        self.folder = folder
        origin = repository
        self.project = RelativePath(project)
        self.data = data.map { RelativePath($0) }
        if let name = document["commit"]?.string, let objects = document["objects"]?.string {
            commit = (name, objects)
        } else {
            commit = nil
        }
    }

    private var document: Value {
        .mapping(
            Mapping([
                ("project", .string(project.string)), ("data", .array(data.map { .string($0.string) })),
                ("commit", commit.map { .string($0.name) } ?? .null),
                ("objects", commit.map { .string($0.objects) } ?? .null),
            ]))
    }

    /// Data that is not as recorded would be another one in a copy.
    private static func check(_ repository: Repository) async throws {
        var request = StatusRequest()
        request.checksUpdates = false
        let here = repository.environment.workingDirectory
        request.targets = try repository.workspace().stages.filter(\.isDataSource)
            .map { Paths.relative(Paths.join(repository.root, $0.definition), to: here) }
        guard !request.targets.isEmpty else { return }
        let changed = try await repository.status(request).changed
            .flatMap { status in status.outputs.filter { $0.state == .modified || $0.state == .new }.map(\.name) }
        guard changed.isEmpty else {
            throw Failure(
                "data in the workspace is not what is recorded: \(changed.joined(separator: ", "))",
                remedy: "copies of the workspace get their data from the cache: run `varve commit` first, or `varve "
                    + "checkout` for the recorded data")
        }
    }

    /// Where Git does not tell: everything but data, what is ignored, and what varve keeps for itself.
    private static func plainFiles(of repository: Repository, except data: Set<RelativePath>) throws -> [String] {
        var found: [String] = []
        let source = PlainFiles.workspace(root: repository.root, repository.ignore)
        var pending = [RelativePath("")]
        while let folder = pending.popLast() {
            for (name, item) in try source.items(in: folder).sorted(by: { $0.key < $1.key }) {
                let path = folder.appending(name)
                if data.contains(path) { continue }
                if item.isDirectory, !item.isLink { pending.append(path) } else { found.append(path.string) }
            }
        }
        return found + [".dvc/config", ".dvcignore"].filter { Files.exists(Paths.join(repository.root, $0)) }
    }

    /// Copies a file, a link or a folder, with times and permissions; nothing where there is none.
    private static func copy(_ path: String, from top: String, to folder: String) throws {
        let source = Paths.join(top, path)
        guard let status = try Files.status(source) else { return }
        if status.kind == .directory {
            // A submodule, or a folder that somebody asked for.
            for name in try Files.textEntries(in: source).map(\.name) where name != ".git" {
                try copy(Paths.join(path, name), from: top, to: folder)
            }
            return
        }
        try FileCopy.place(source, status, at: Paths.join(folder, path))
    }
}
