import Basics
import FileSystem
import Pipelines
import Processes
import Synchronization
import TestSupport
import Testing
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A project without Git in a folder of its own, whose stages are run in this process.
struct PipelineFixture {
    private let keeper = TemporaryFolder("pipeline")
    let log = EventLog()

    var root: String { Paths.resolvingLinks(keeper.path) }

    /// - Parameter pipeline: the text of `dvc.yaml`.
    init(_ pipeline: String) throws {
        try write(".dvc/config", "[core]\nno_scm = true\n")
        try write("dvc.yaml", pipeline)
    }

    func repository(in subfolder: String = "", variables: [String: String] = [:]) throws -> Repository {
        let environment = HostEnvironment(
            variables: [
                "PATH": "/usr/bin:/bin", "HOME": root + "/home", "DVC_SYSTEM_CONFIG_DIR": root + "/home/system",
                "DVC_GLOBAL_CONFIG_DIR": root + "/home/global",
            ].merging(variables) { $1 },
            workingDirectory: Paths.join(root, subfolder), processors: 2)
        return try Repository(root: root, environment: environment, progress: log)
    }

    @discardableResult
    func repro(
        _ targets: String..., in subfolder: String = "", variables: [String: String] = [:],
        _ change: (inout ReproductionRequest) -> Void = { _ in }
    ) async throws -> ReproductionResult {
        var request = ReproductionRequest()
        request.targets = targets
        change(&request)
        return try await repository(in: subfolder, variables: variables).reproduce(request, log)
    }

    func write(_ name: String, _ text: String) throws {
        let path = Paths.join(root, name)
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(text.utf8), to: path, sync: false)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Files.read(Paths.join(root, name)), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { Files.exists(Paths.join(root, name)) }
    func remove(_ name: String) throws { try Files.removeTree(Paths.join(root, name)) }

    /// How often the stages that write their names to `ran` have run.
    func count(_ word: String) -> Int {
        ((try? read("ran")) ?? "").split(separator: "\n").count { $0 == word }
    }
}

extension ReproductionResult {
    /// `a: ran`, one for each stage.
    var outcomes: [String] { reports.map { "\($0.stage): \($0.outcome.rawValue)" } }
}

/// Keeps what the engine says.
final class EventLog: ProgressReporter, StageOutlet {
    private let kept = Mutex<(lines: [String], warnings: [String], output: [String: String])>(([], [], [:]))

    var lines: [String] { kept.withLock { $0.lines } }
    var warnings: [String] { kept.withLock { $0.warnings } }
    /// What stages printed that ran side by side.
    var output: [String: String] { kept.withLock { $0.output } }

    func clear() { kept.withLock { $0 = ([], [], [:]) } }

    func report(_ event: ProgressEvent) {
        switch event {
        case .message(let text): kept.withLock { $0.lines.append(text) }
        case .warning(let text): kept.withLock { $0.warnings.append(text) }
        default: break
        }
    }

    func began(_ stage: String) {}
    func flush() {}
    func say(_ line: String, of stage: String) { kept.withLock { $0.lines.append("[\(stage)] \(line)") } }
    func ended(_ stage: String) {}
    func relay(_ piece: [UInt8], _ stream: ProgramRequest.OutputStream, of stage: String) {
        kept.withLock { $0.output[stage, default: ""] += String(decoding: piece, as: UTF8.self) }
    }
}
