import Basics

/// The supervised stage that a runner is the command of, as its variables tell.
struct EnclosingRun: Sendable {
    let id: RunID
    let attempt: Int
    /// Whether the stage is tried again by whoever runs it.
    let isRetried: Bool
    /// The digest of all that goes into the stage.
    let inputs: String?
    /// Absolute path.
    let checkpointFolder: String?
    let resumes: Bool

    init?(_ environment: HostEnvironment) {
        guard let id = environment["VARVE_RUN_ID"].flatMap({ RunID(checking: $0) }) else { return nil }
        self.id = id
        attempt = environment["VARVE_ATTEMPT"].flatMap { Int($0) } ?? 1
        isRetried = environment["VARVE_ATTEMPTS"] != nil
        inputs = environment["VARVE_INPUTS"]
        checkpointFolder = environment["VARVE_CKPT_DIR"]
        resumes = environment["VARVE_RESUME"] == "1"
    }
}
