import Basics
import Documents
import FileSystem
import Git
import Indexing
package import ProjectFiles

/// Which gates are held against which states.
package struct CheckRequest: Sendable {
    /// A Git revision, or `workspace`: what drops and rises are measured from.
    package var baseline = "HEAD"
    package var revision = Repository.workspaceName
    /// In addition to those of `varve.yaml`, or in their place where they say the same of the same metric.
    package var gates: [MetricGate] = []

    package init() {}
}

/// There is nothing to check.
package struct NoGates: UserFacingError {
    package var summary: String { "no gate is given, and 'varve.yaml' has none" }
    package var remedy: String? {
        "give one such as `--max-drop auc=0.01`, or write it under `metrics:` in varve.yaml"
    }
}

extension Repository {
    /// Holds gates against the metrics of a revision, and against what they were.
    package func check(_ request: CheckRequest) async throws -> (check: MetricCheck, diff: ValueDiff) {
        let reader = ValueReader(self)
        let new = try state(named: request.revision)
        var gates = try varveFile(of: new)?.metrics.flatMap(\.gates) ?? []
        for gate in request.gates {
            gates.removeAll { $0.name == gate.name && $0.kind == gate.kind }
            gates.append(gate)
        }
        guard !gates.isEmpty else { throw NoGates() }
        let needsBaseline = gates.contains { $0.kind.comparesSides }
        let old = try baseline(request.baseline, isNeeded: needsBaseline)
        let before =
            if let old { try await metrics(of: old, [], reader) } else {
                RevisionValues(name: request.baseline, files: .success([]))
            }
        let diff = ValueDiff(from: before, to: try await metrics(of: new, [], reader), all: true)
        return (MetricCheck(gates, against: diff), diff)
    }

    /// `nil` where there is no commit yet, and where there is no such revision but nothing needs it either.
    private func baseline(_ name: String, isNeeded: Bool) throws -> ProjectState? {
        do {
            if name != Self.workspaceName, try requireGit().head() == nil { return nil }
            return try state(named: name)
        } catch {
            if isNeeded { throw error }
            return nil
        }
    }

    func state(named word: String) throws -> ProjectState {
        ProjectState(name: word, commit: word == Self.workspaceName ? nil : try requireGit().resolve(word))
    }

    /// What `varve.yaml` of a state says; `nil` where there is none.
    func varveFile(of state: ProjectState) throws -> VarveFile? {
        let bytes: [UInt8]?
        if let commit = state.commit {
            let git = try requireGit()
            bytes = try RevisionFiles(tree: git.tree(of: commit), prefix: prefixInGit(git)).read(VarveFile.fileName)
        } else {
            bytes = try WorkspaceFiles(root: root).read(VarveFile.fileName)
        }
        return try bytes.map { bytes throws in try VarveFile(parsing: bytes) }
    }
}
