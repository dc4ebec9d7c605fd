import Basics
package import FileSystem
import Indexing
package import Objects
package import ProjectFiles

/// What the project files of one state say: the workspace, or a Git commit.
package struct ProjectSnapshot: Sendable {
    /// `nil` for the workspace.
    package let revision: String?
    /// In the order in which the files were found; those of one pipeline file in its order.
    package let stages: [Stage]
    /// In the order in which the files were found.
    package let pipelines: [PipelineFile]
    /// Every output of every stage that lies in the repository, sorted by path.
    package let outputs: [TrackedOutput]

    package init(revision: String?, stages: [Stage], pipelines: [PipelineFile] = []) {
        self.revision = revision
        self.stages = stages
        self.pipelines = pipelines
        outputs = stages.enumerated().flatMap { number, stage in
            stage.outputs.enumerated().compactMap { position, output in
                TrackedOutput(stage: stage, stageNumber: number, position: position, output: output)
            }
        }.sorted { $0.path < $1.path }
    }

    /// The output at a path or the one whose folder holds it.
    package func output(holding path: RelativePath) -> TrackedOutput? {
        for candidate in path.selfAndParents where !candidate.isRoot {
            if let found = output(at: candidate) { return found }
        }
        return nil
    }

    package func output(at path: RelativePath) -> TrackedOutput? {
        var low = 0
        var high = outputs.count
        while low < high {
            let middle = (low + high) / 2
            if outputs[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < outputs.count && outputs[low].path == path ? outputs[low] : nil
    }

    /// Outputs at or below a path.
    package func outputs(under folder: RelativePath) -> [TrackedOutput] {
        outputs.filter { $0.path.isInside(folder) }
    }
}

/// An output of a stage with its place in the repository.
package struct TrackedOutput: Sendable {
    package let stage: Stage
    /// Position of the stage in its snapshot, and of the output in its stage.
    package let stageNumber: Int
    package let position: Int
    package let output: Output
    /// Relative to the repository.
    package let path: RelativePath

    /// `nil` for an output outside the repository: a URL, an absolute path, or one that climbs out.
    init?(stage: Stage, stageNumber: Int, position: Int, output: Output) {
        guard let path = stage.location(of: output).workspacePath else { return nil }
        self.stage = stage
        self.stageNumber = stageNumber
        self.position = position
        self.output = output
        self.path = RelativePath(path)
    }

    /// What was recorded; `nil` before the first `add`, `commit` or run.
    package var object: ObjectID? { output.checksum.object }

    package var isDirectory: Bool { output.checksum.isDirectory }
}
