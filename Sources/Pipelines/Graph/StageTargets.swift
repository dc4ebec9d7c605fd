import Basics
package import FileSystem
import Git
import Indexing
import ProjectFiles
package import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a word means to the commands that work on stages and not on data.
package struct StageTargets: Sendable {
    private let repository: Repository
    private let stages: [Stage]

    package init(_ snapshot: ProjectSnapshot, in repository: Repository) {
        self.repository = repository
        stages = snapshot.stages
    }

    /// Positions of the stages that words name, each once, in the order of the words.
    ///
    /// - Parameters:
    ///   - matchesNames: whether names are patterns.
    ///   - inside: finds the stages below a folder, where folders may be named.
    package func positions(
        of targets: [String], matchesNames: Bool = false, inside: ((RelativePath) -> [Int])? = nil
    ) throws -> [Int] {
        var found: [Int] = []
        for target in targets {
            if let inside, let folder = repository.relativePath(of: target),
                Files.isDirectory(repository.absolute(folder))
            {
                found += inside(folder)
            } else {
                found += try positions(of: target, matchesNames: matchesNames)
            }
        }
        var seen: Set<Int> = []
        return found.filter { seen.insert($0).inserted }
    }

    /// The positions of the stages below a folder among the given ones.
    package func positions(among candidates: [Int], inside folder: RelativePath) -> [Int] {
        candidates.filter { RelativePath(stages[$0].definition).isInside(folder) }
    }

    private func positions(of target: String, matchesNames: Bool) throws -> [Int] {
        let (file, name) = try Self.parsed(target, isPattern: matchesNames)
        let word = file ?? PipelineFile.fileName
        guard let path = repository.relativePath(of: word) else { throw missingFile(word, isNamed: file != nil) }
        guard Files.exists(repository.absolute(path)) else { throw missingFile(word, isNamed: file != nil) }
        if try repository.ignore.isIgnored(path.string, isDirectory: false) {
            throw Failure("'\(repository.absolute(path))' is dvc-ignored", category: .unexpected)
        }
        guard path.name == PipelineFile.fileName || path.name.hasSuffix(PointerFile.suffix) else {
            throw Failure(
                "bad DVC file name '\(word)'. DVC files should be named 'dvc.yaml' or have a '.dvc' suffix "
                    + "(e.g. '\(path.name).dvc').", category: .unexpected)
        }
        if let git = try repository.git, try git.isIgnored(repository.absolute(path)) {
            throw Failure(
                "bad DVC file name '\(repository.shown(path))' is git-ignored.",
                remedy: "change .gitignore so that Git keeps the file", category: .unexpected)
        }
        let own = stages.indices.filter { stages[$0].definition.hasSameBytes(as: path.string) }
        guard let name, !name.isEmpty, path.name == PipelineFile.fileName else { return own }
        let group = own.filter { stages[$0].group?.hasSameBytes(as: name) == true }
        if !group.isEmpty { return group }
        if matchesNames { return own.filter { fnmatch(name, stages[$0].name ?? "", 0) == 0 } }
        guard let position = own.first(where: { stages[$0].name?.hasSameBytes(as: name) == true }) else {
            throw UnknownStage(name: name, file: repository.shown(path), known: own.compactMap { stages[$0].name })
        }
        return [position]
    }

    private func missingFile(_ word: String, isNamed: Bool) -> Failure {
        let path = Paths.absolute(word, from: repository.environment.workingDirectory)
        return Failure(
            "'\(isNamed ? path : word)' does not exist", remedy: "start a pipeline with `varve stage add`",
            category: .unexpected)
    }

    /// The file and the stage's name that a word means, as DVC splits it: `dvc.yaml:train`, `train@3`, `x.dvc`.
    static func parsed(_ target: String, isPattern: Bool) throws -> (file: String?, name: String?) {
        if isPattern {
            guard let colon = target.utf8.lastIndex(of: UInt8(ascii: ":")) else { return (nil, target) }
            let file = String(target[..<colon])
            return (file.isEmpty ? nil : file, String(target[target.utf8.index(after: colon)...]))
        }
        let at = target.utf8.firstIndex(of: UInt8(ascii: "@"))
        let group = at.map { String(target[..<$0]) } ?? target
        let key = at.map { String(target[$0...]) } ?? ""
        guard let colon = group.utf8.lastIndex(of: UInt8(ascii: ":")),
            !group[colon...].utf8.contains(UInt8(ascii: "/"))
        else {
            if Paths.name(group) == LockFile.fileName { throw lockFileMeant(target) }
            let isFile = target.hasSuffix(PointerFile.suffix) || Paths.name(target) == PipelineFile.fileName
            return isFile ? (target, nil) : (nil, target)
        }
        let file = String(group[..<colon])
        if Paths.name(file) == LockFile.fileName { throw lockFileMeant(target) }
        let name = String(group[group.utf8.index(after: colon)...])
        return (file.isEmpty ? nil : file, name.isEmpty ? nil : name + key)
    }

    private static func lockFileMeant(_ target: String) -> Failure {
        let parts = target.split(separator: ".lock", maxSplits: 1, omittingEmptySubsequences: false)
        return Failure("Did you mean: `\(parts.joined(separator: ".yaml"))`?", category: .unexpected)
    }
}

/// A name that no stage of a pipeline file has.
package struct UnknownStage: UserFacingError {
    let name: String
    let file: String
    let known: [String]

    package var summary: String { "Stage '\(name)' not found inside '\(file)' file" }
    package var remedy: String? {
        known.isEmpty ? nil : "`varve stage list --all` shows the stages there are"
    }
}
