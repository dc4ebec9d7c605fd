import Basics
import FileSystem
import Indexing
import ProjectFiles

/// Reads project files one by one and keeps the stages they define.
struct StageLoading {
    private let files: any FileReader
    private let options: TemplateOptions
    private(set) var stages: [Stage] = []
    private(set) var pipelines: [PipelineFile] = []

    init(files: any FileReader, options: TemplateOptions) {
        self.files = files
        self.options = options
    }

    static func isProjectFile(_ name: String) -> Bool {
        name == PipelineFile.fileName || isPointerFile(name)
    }

    /// `.dvc` alone is the folder of the repository's internals.
    static func isPointerFile(_ name: String) -> Bool {
        name.utf8.count > PointerFile.suffix.utf8.count && name.hasSuffix(PointerFile.suffix)
    }

    /// Reads a pointer or pipeline file and returns its stages.
    mutating func load(_ path: RelativePath) throws -> [Stage] {
        guard let bytes = try files.read(path.string) else { return [] }
        let found: [Stage]
        if path.name == PipelineFile.fileName {
            let pipeline = try pipeline(bytes, path.string)
            pipelines.append(pipeline)
            found = try pipeline.stages()
        } else {
            found = [try PointerFile(parsing: bytes, path: path.string).stage]
        }
        for stage in found {
            for output in stage.outputs where stage.location(of: output).workspacePath?.isEmpty == true {
                throw Failure(
                    "'\(path)' names the output '\(output.path)', which is the repository itself",
                    remedy: "an output must be a file or folder inside the repository; correct its path")
            }
            for output in stage.outputs where stage.location(of: output).touchesMetadata {
                throw Failure(
                    "'\(path)' names the output '\(output.path)', which lies in the repository's own bookkeeping",
                    remedy: "an output must not be in .git or .dvc; correct its path")
            }
        }
        stages += found
        return found
    }

    private func pipeline(_ bytes: [UInt8], _ path: String) throws -> PipelineFile {
        let lockPath = LockFile.path(besides: path)
        let lock = try files.read(lockPath).map { try LockFile(parsing: $0, path: lockPath) }
        return try PipelineFile(parsing: bytes, path: path, reader: files, lock: lock, options: options)
    }
}
