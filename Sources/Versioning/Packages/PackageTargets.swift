import Basics
import Documents
import FileSystem
import Indexing
import ProjectFiles

/// What the words of a request mean in one state of the project.
struct PackageTargets {
    /// The model's files and folders, in the order of the words.
    private(set) var models: [RelativePath] = []
    /// The stage that makes them, where one does.
    private(set) var stage: Stage?
    /// What the project says of the artifact.
    private(set) var statements = PackageStatements()

    init(_ words: [String], in browser: RepositoryBrowser) throws {
        for word in words {
            if let artifact = try Self.artifact(word, in: browser.snapshot) {
                models.append(artifact.path)
                statements = statements.filled(from: artifact.statements)
                note(browser.snapshot.output(holding: artifact.path)?.stage)
            } else if let stage = Self.stage(word, in: browser) {
                let outputs = stage.outputs.filter { !$0.isMetric && !$0.isPlot }
                    .compactMap { stage.location(of: $0).workspacePath.map { RelativePath($0) } }
                guard !outputs.isEmpty else {
                    throw Failure(
                        "stage '\(word)' has no outputs that could be a model",
                        remedy: "name the artifact, the stage that makes it, or its path")
                }
                models += outputs
                if let name = stage.name { statements = statements.filled(from: PackageStatements(name: name)) }
                note(stage)
            } else {
                let path = try browser.packagePath(word)
                models.append(path)
                note(browser.snapshot.output(holding: path)?.stage)
            }
        }
    }

    /// The first stage that makes something of it is the one that is told of.
    private mutating func note(_ found: Stage?) {
        if stage == nil, let found, !found.isDataSource { stage = found }
    }

    // MARK: Artifacts

    private struct Artifact {
        let path: RelativePath
        let statements: PackageStatements
    }

    /// An artifact by its name, or by `folder:name` or `folder/dvc.yaml:name` where it is not in the root's file.
    private static func artifact(_ word: String, in snapshot: ProjectSnapshot) throws -> Artifact? {
        var name = word
        var wanted: String?
        if let colon = word.lastIndex(of: ":") {
            name = String(word[word.index(after: colon)...])
            let place = Paths.normalized(String(word[..<colon]))
            wanted =
                Paths.name(place).hasSameBytes(as: PipelineFile.fileName)
                ? place : Paths.join(place, PipelineFile.fileName)
        }
        var found: [(pipeline: PipelineFile, fields: Mapping)] = []
        for pipeline in snapshot.pipelines where wanted.map({ pipeline.path.hasSameBytes(as: $0) }) ?? true {
            if let fields = try pipeline.artifacts()[name]?.mapping { found.append((pipeline, fields)) }
        }
        // The root's own wins where others have artifacts of that name.
        guard
            let (pipeline, fields) = found.first(where: { $0.pipeline.path.hasSameBytes(as: PipelineFile.fileName) })
                ?? found.first
        else { return nil }
        let folder = RelativePath(pipeline.path).parent.string
        guard let text = fields["path"]?.string, let path = Location(text, relativeTo: folder).workspacePath else {
            throw Failure("artifact '\(name)' of '\(pipeline.path)' does not lie in the repository")
        }
        var statements = PackageStatements(fields["meta"])
        statements.name = name
        statements.description = fields["desc"]?.string
        statements.labels = fields["labels"]?.array?.compactMap(\.string) ?? []
        return Artifact(path: RelativePath(path), statements: statements)
    }

    private static func stage(_ word: String, in browser: RepositoryBrowser) -> Stage? {
        let folder = browser.commit == nil ? browser.repository.workingDirectory.string : ""
        return browser.snapshot.stages.first { stage in
            stage.name != nil
                && [stage.address(relativeTo: folder), stage.address()].contains { $0.hasSameBytes(as: word) }
        }
    }
}

extension PackageStatements {
    fileprivate init(name: String) {
        self.init()
        self.name = name
    }
}

extension RepositoryBrowser {
    /// The path that a word names: seen from the user's folder, also at a revision, since that is how it is typed.
    func packagePath(_ word: String) throws -> RelativePath {
        guard let path = repository.relativePath(of: word), !path.isRoot else {
            throw Failure(
                "'\(word)' does not lie in the repository",
                remedy: "copy or import it into the repository, so that the package tells where it is from")
        }
        return path
    }
}
