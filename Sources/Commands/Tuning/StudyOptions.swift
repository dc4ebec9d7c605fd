import ArgumentParser
import Basics
import Documents
import FileSystem
import Pipelines
import Processes
import Tuning

/// Which study, and the journal that keeps it.
struct StudyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Name of the study", valueName: "name"))
    var study: String?
    @Option(
        help: ArgumentHelp(
            "File that keeps the study (default: .dvc/tmp/tune/<study>.jsonl in a project, else .tune/<study>.jsonl)",
            valueName: "file"), completion: .file())
    var journal: String?

    /// The folder of journals: in the project that holds the working directory, or beside everything else.
    static func folder(_ environment: HostEnvironment) -> String {
        environment.projectTemporaries.map { Paths.join($0, "tune") }
            ?? Paths.join(environment.workingDirectory, ".tune")
    }

    /// The file of a study that is to be begun.
    func path(for study: String, _ environment: HostEnvironment) throws -> String {
        if let journal { return Paths.absolute(journal, from: environment.workingDirectory) }
        guard !study.isEmpty, !study.contains("/"), !study.hasPrefix("."), !study.utf8.contains(0) else {
            throw Failure("'\(study)' is no name for a study", category: .usage)
        }
        return Paths.join(Self.folder(environment), study + ".jsonl")
    }

    /// The journal of a study that is there, and its name: the only one where none was named.
    func find(_ environment: HostEnvironment) throws -> (path: String, name: String) {
        if let study {
            let path = try path(for: study, environment)
            guard Files.exists(path) else {
                throw Failure("there is no study '\(study)'", remedy: Self.advice(environment), category: .usage)
            }
            return (path, study)
        }
        let paths =
            journal.map { [Paths.absolute($0, from: environment.workingDirectory)] }
            ?? Self.journals(environment)
        guard let path = paths.first else {
            throw Failure("there is no study yet", remedy: "begin one with `varve run tune`", category: .usage)
        }
        guard paths.count == 1 else {
            throw Failure("there is more than one study", remedy: Self.advice(environment), category: .usage)
        }
        let names = try Journal(path, worker: "", create: false).replay.present.map(\.name)
        guard let name = names.first, names.count == 1 else {
            throw Failure(
                "the journal '\(path)' has \(names.count) studies",
                remedy: names.isEmpty ? nil : "choose one with --study: \(names.joined(separator: ", "))",
                category: .usage)
        }
        return (path, name)
    }

    static func journals(_ environment: HostEnvironment) -> [String] {
        let folder = folder(environment)
        let names = (try? Files.names(in: folder)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { Paths.join(folder, $0) }
    }

    private static func advice(_ environment: HostEnvironment) -> String? {
        let names = journals(environment).map { String(Paths.name($0).dropLast(".jsonl".count)) }
        return names.isEmpty
            ? "begin one with `varve run tune`" : "choose one with --study: \(names.joined(separator: ", "))"
    }

    /// Opens a study that is there.
    ///
    /// - Parameter owner: Who will run its trials; `nil` for nobody.
    func open(_ console: Console, owner: String? = nil, trials: Int? = nil) throws -> Study {
        let (path, name) = try find(console.invocation.environment)
        let journal = try Journal(path, worker: Self.worker, create: false)
        return try Study.open(name, in: journal, owner: owner, trials: trials) { WallClock.seconds }
    }

    /// How this process names itself in journals.
    static var owner: String { ProcessIdentity(of: HostProcess.id).text }
    static var worker: String { "varve-\(HostProcess.id)" }
}
