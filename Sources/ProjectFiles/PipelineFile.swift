package struct PipelineFile: Sendable {
    package static let fileName = "dvc.yaml"
}
