import FileSystem
import Git
import Indexing
import ProjectFiles
import Synchronization

/// What the project files of many commits say, with what commits have in common read once.
///
/// A folder that two commits share is searched once, and a project file is read again only where it, or a file that it
/// was read with (its lock file, parameters, variables), is another.
final class HistorySnapshots {
    private let repository: Repository
    private let git: GitRepository
    /// The project files below a subfolder, relative to it, by the name of the subfolder's Git object.
    private var folders: [GitObjectName: [RelativePath]] = [:]
    private var known: [RelativePath: [LoadedFile]] = [:]

    init(_ repository: Repository) throws {
        self.repository = repository
        git = try repository.requireGit()
    }

    /// One project file as some commit has it.
    private struct LoadedFile {
        let inputs: [(path: String, object: GitObjectName?)]
        let outcome: Result<(stages: [Stage], pipelines: [PipelineFile]), any Error>
    }

    /// - Throws: what is wrong with the first project file that can't be used.
    func snapshot(of commit: GitCommit, named name: String) throws -> ProjectSnapshot {
        let files = RevisionFiles(tree: git.tree(of: commit), prefix: repository.prefixInGit(git))
        guard let root = try files.tree.entry(files.prefix.string), root.kind == .directory else {
            return ProjectSnapshot(revision: name, stages: [])
        }
        var stages: [Stage] = []
        var pipelines: [PipelineFile] = []
        for path in try projectFiles(in: root.object, of: files.tree) {
            do {
                let file = try load(path, files)
                stages += file.stages
                pipelines += file.pipelines
            } catch var error as ProjectFileError {
                error.revision = name
                throw error
            }
        }
        return ProjectSnapshot(revision: name, stages: stages, pipelines: pipelines)
    }

    private func load(
        _ path: RelativePath, _ files: RevisionFiles
    ) throws -> (stages: [Stage], pipelines: [PipelineFile]) {
        for file in known[path] ?? [] {
            if try file.inputs.allSatisfy({ try files.object(at: $0.path) == $0.object }) {
                return try file.outcome.get()
            }
        }
        let recorder = RecordingFiles(files)
        var loading = StageLoading(files: recorder, options: repository.templateOptions)
        let outcome: Result<(stages: [Stage], pipelines: [PipelineFile]), any Error>
        do {
            _ = try loading.load(path)
            outcome = .success((loading.stages, loading.pipelines))
        } catch {
            outcome = .failure(error)
        }
        known[path, default: []].append(LoadedFile(inputs: recorder.inputs, outcome: outcome))
        return try outcome.get()
    }

    /// In Git's order, each folder's files where the folder stands.
    private func projectFiles(in folder: GitObjectName, of tree: GitTree) throws -> [RelativePath] {
        var found: [RelativePath] = []
        for (name, entry) in try tree.children(of: folder) {
            switch entry.kind {
            case .directory:
                if name == ".dvc" || name == ".git" { continue }
                found += try projectFiles(inSubfolder: entry.object, of: tree).map {
                    RelativePath(name).appending($0.string)
                }
            case .file, .executable:
                if StageLoading.isProjectFile(name) { found.append(RelativePath(name)) }
            case .symlink, .submodule: break
            }
        }
        return found
    }

    /// Nothing of a nested repository, which minds its own files.
    private func projectFiles(inSubfolder folder: GitObjectName, of tree: GitTree) throws -> [RelativePath] {
        if let known = folders[folder] { return known }
        let isRepository = try tree.children(of: folder).contains { $0.name == ".dvc" }
        let found = isRepository ? [] : try projectFiles(in: folder, of: tree)
        folders[folder] = found
        return found
    }
}

extension RevisionFiles {
    /// The Git object of a file; `nil` where no file is.
    func object(at path: String) throws -> GitObjectName? {
        guard let entry = try tree.entry(prefix.appending(path).string) else { return nil }
        switch entry.kind {
        case .file, .executable, .symlink: return entry.object
        case .directory, .submodule: return nil
        }
    }
}

/// Hands out the files of a commit and notes which were asked for.
private final class RecordingFiles: FileReader {
    private let files: RevisionFiles
    private let asked = Mutex<[(path: String, object: GitObjectName?)]>([])

    init(_ files: RevisionFiles) { self.files = files }

    var inputs: [(path: String, object: GitObjectName?)] { asked.withLock { $0 } }

    func read(_ relpath: String) throws -> [UInt8]? {
        let object = try files.object(at: relpath)
        asked.withLock { $0.append((relpath, object)) }
        return try object.map { try files.tree.blob($0) }
    }

    func isFile(_ relpath: String) -> Bool {
        let object = (try? files.object(at: relpath)) ?? nil
        asked.withLock { $0.append((relpath, object)) }
        return files.isFile(relpath)
    }
}
