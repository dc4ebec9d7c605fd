import Documents
import FileSystem
import Indexing
import ProjectFiles

/// Paths of metrics and plots, those that pipeline files name at their top included.
struct PathsByKind: Sendable {
    private var paths: [TransferRequest.Kind: [RelativePath]] = [:]

    mutating func add(_ path: RelativePath, _ kind: TransferRequest.Kind) { paths[kind, default: []].append(path) }

    /// Whether an output is of the kind, or holds or lies in something that is.
    func has(_ tracked: TrackedOutput, _ kind: TransferRequest.Kind) -> Bool {
        switch kind {
        case .metrics where tracked.output.isMetric: return true
        case .plots where tracked.output.isPlot: return true
        default: break
        }
        return (paths[kind] ?? []).contains { $0.isInside(tracked.path) || tracked.path.isInside($0) }
    }
}

extension Repository {
    /// What the pipeline files of the workspace call metrics and plots outside their stages.
    func pathsByKind() throws -> PathsByKind {
        var kinds = PathsByKind()
        let files = WorkspaceFiles(root: root)
        let pipelines = Set(try workspace().stages.filter { $0.name != nil }.map(\.definition))
        for path in pipelines.union([PipelineFile.fileName]) {
            guard let bytes = try files.read(path) else { continue }
            let pipeline = try PipelineFile(parsing: bytes, path: path, reader: files)
            let folder = RelativePath(path).parent
            func add(_ text: String, _ kind: TransferRequest.Kind) {
                if let inside = Location(text, relativeTo: folder.string).workspacePath {
                    kinds.add(RelativePath(inside), kind)
                }
            }
            for item in try pipeline.items(of: .metrics) { if let text = item.string { add(text, .metrics) } }
            for item in try pipeline.items(of: .plots) {
                if let text = item.string { add(text, .plots) }
                for (id, properties) in item.mapping?.entries ?? [] {
                    // The files are the keys of `x` and `y`; where there are none the ID is the file.
                    let sources = ["x", "y"].flatMap { properties.mapping?[$0]?.mapping?.keys ?? [] }
                    for text in sources.isEmpty ? [id] : sources { add(text, .plots) }
                }
            }
        }
        return kinds
    }
}
