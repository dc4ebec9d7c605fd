import ArgumentParser
import Documents
import Pipelines
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
        var table = Table(["Began", "Stage", "Result", "Took", "Attempts"])
        for record in records {
            table.rows.append([
                Self.time(record["began"]?.number ?? 0), record["stage"]?.string ?? "", record["result"]?.string ?? "",
                Duration.seconds(record["seconds"]?.number ?? 0).shortText,
                String(record["attempts"]?.array?.count ?? 0),
            ])
        }
        console.show(table.plain)
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
