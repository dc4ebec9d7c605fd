import ArgumentParser
import Charts
import Documents
import Pipelines
import Processes
import ProjectFiles
import Rendering
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `varve runs`: what was executed here.
struct RunsCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Show records of executed stages",
        discussion: examples(("varve runs train", "When a stage ran, and how that went")))

    @Argument(help: "Stages; all by default") var stages: [String] = []
    @Option(
        name: [.customShort("n"), .customLong("num")], help: ArgumentHelp("At most so many", valueName: "number"))
    var number: Int?
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var records = RunRecords(repository).all()
        if !stages.isEmpty { records = records.filter { stages.contains($0["stage"]?.string ?? "") } }
        if let number { records = Array(records.prefix(max(0, number))) }
        if json {
            console.showJSON(JSON.emitPython(.array(records.map(Value.mapping))))
            return
        }
        guard !records.isEmpty else {
            console.print("No runs are recorded.")
            return
        }
        var table = Table(["Began", "Stage", "Result", "Took", "Attempts", "Step", "Metrics"])
        table.rows = records.map { RunRow($0, now: WallClock.seconds).cells }
        console.show(table.plain)
    }
}

/// A record of a run as a line.
struct RunRow {
    private let record: Mapping
    private let now: Double

    /// - Parameter now: seconds since 1970.
    init(_ record: Mapping, now: Double) {
        self.record = record
        self.now = now
    }

    var cells: [String] {
        [
            Self.time(record["began"]?.number ?? 0), name, result, took, String(attempts), step, metrics,
        ]
    }

    /// The stage, or for a program that belongs to none its words.
    private var name: String {
        if let stage = record["stage"]?.string, !stage.isEmpty { return stage }
        let words = record["cmd"]?.array?.compactMap(\.string).map {
            $0.split(separator: "/").last.map(String.init) ?? $0
        }
        return Self.shortened((words ?? []).joined(separator: " "), 30).onOneLine
    }

    private var attempts: Int {
        let ended = record["attempts"]?.array?.count ?? 0
        return record["result"] == "running" ? max(ended + 1, record["attempt"]?.int ?? 1) : ended
    }

    /// A run that goes on says when it was heard of last.
    private var result: String {
        let word = record["result"]?.string ?? ""
        guard word == "running", let beat = record["heartbeat"]?.number, now - beat > 60 else { return word }
        return "\(word), silent for \(Duration.seconds(now - beat).shortText)"
    }

    private var took: String {
        let began = record["began"]?.number ?? 0
        switch record["result"]?.string {
        case "running": return Duration.seconds(max(0, now - began)).shortText
        case "lost": return Duration.seconds(max(0, (record["heartbeat"]?.number ?? began) - began)).shortText
        default: return Duration.seconds(record["seconds"]?.number ?? 0).shortText
        }
    }

    private var step: String {
        guard let step = record["step"]?.int else { return Table.missing }
        // Steps count from 0; of so many so many are done.
        return record["steps"]?.int.map { "\(step < .max ? step + 1 : step)/\($0)" } ?? "\(step)"
    }

    /// The first few.
    private var metrics: String {
        let all = record["metrics"]?.mapping?.entries ?? []
        let shown = all.prefix(3).map { name, value in
            "\(name)=\(value.number.map(NumberText.short) ?? value.pythonText)"
        }
        return (shown.joined(separator: " ") + (all.count > 3 ? " …" : "")).onOneLine
    }

    private static func shortened(_ text: String, _ length: Int) -> String {
        text.count > length ? text.prefix(length - 1) + "…" : text
    }

    private static func time(_ seconds: Double) -> String {
        var moment = time_t(min(max(0, seconds), 253_402_300_799))
        var parts = tm()
        localtime_r(&moment, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}

extension Value {
    fileprivate var number: Double? {
        switch self {
        case .float(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }
}
