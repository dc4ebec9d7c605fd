import ArgumentParser
import Basics
import Charts
import Documents
import ProjectFiles
import Rendering
import Versioning

/// `varve check`: may this be merged, or released?
struct CheckCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Hold metrics against gates; the exit status tells whether they keep them",
        discussion: examples(
            ("varve check", "The gates of varve.yaml, from the last Git commit to the workspace"),
            ("varve check main --max-drop auc=0.01 --max-rise loss=5%", "How much may be worse than on main"),
            ("varve check v1 v2 --min results.json:acc=0.9", "Between two tags, a metric of one file"))
                + """


                Exit status: 0 where all gates are kept, 1 where one is not, 3 where a metric that a gate names is missing.
                """)
    static let missingStatus: Int32 = 3

    @Argument(help: ArgumentHelp("Git revision that drops and rises are measured from", valueName: "a_rev"))
    var from = "HEAD"
    @Argument(help: ArgumentHelp("Git revision that is checked", valueName: "b_rev"))
    var to = Repository.workspaceName
    @Option(help: ArgumentHelp("The metric must be at least so much", valueName: "metric=n")) var min: [String] = []
    @Option(help: ArgumentHelp("The metric must be at most so much", valueName: "metric=n")) var max: [String] = []
    @Option(
        name: .customLong("max-drop"),
        help: ArgumentHelp("The metric may fall by at most so much, or by so many percent", valueName: "metric=n[%]"))
    var maxDrop: [String] = []
    @Option(
        name: .customLong("max-rise"),
        help: ArgumentHelp("The metric may rise by at most so much, or by so many percent", valueName: "metric=n[%]"))
    var maxRise: [String] = []
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("md"), help: "Print a Markdown table") var markdown = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = CheckRequest()
        request.baseline = from
        request.revision = to
        for (kind, words) in [
            (MetricGate.Kind.min, min), (.max, max), (.maxDrop, maxDrop), (.maxRise, maxRise),
        ] {
            request.gates += try words.map { try Self.gate(kind, $0) }
        }
        let (check, diff) = try await repository.check(request)
        console.tellFailures([diff.old, diff.new], in: repository)
        let view = MetricCheckView(check, from: from, to: to, in: repository)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else if markdown {
            console.print(view.markdown)
        } else {
            console.print(view.text)
        }
        if check.hasFailed { throw ExitCode(1) }
        if check.hasMissing { throw ExitCode(Self.missingStatus) }
    }

    private static func gate(_ kind: MetricGate.Kind, _ word: String) throws -> MetricGate {
        let option = "--" + kind.rawValue.replacing("_", with: "-")
        guard let equals = word.lastIndex(of: "="), let limit = MetricLimit(String(word[word.index(after: equals)...])),
            equals != word.startIndex
        else {
            throw Failure(
                "'\(word)' is no value of \(option)",
                remedy: "write a metric and a number, such as `\(option) auc=0.9`", category: .usage)
        }
        guard kind.comparesSides || !limit.isRelative else {
            throw Failure(
                "\(option) takes a plain number, not a percentage",
                remedy: "`--max-drop` and `--max-rise` take percentages of the older value", category: .usage)
        }
        return MetricGate(name: MetricName(String(word[..<equals])), kind: kind, limit: limit)
    }
}

/// What `check` prints.
struct MetricCheckView {
    private let check: MetricCheck
    private let old: String
    private let new: String
    private let repository: Repository

    init(_ check: MetricCheck, from old: String, to new: String, in repository: Repository) {
        self.check = check
        self.old = old
        self.new = new
        self.repository = repository
    }

    var value: Mapping {
        Mapping([
            ("passed", .bool(!check.hasFailed && !check.hasMissing)), ("baseline", .string(old)),
            ("revision", .string(new)), ("gates", .array(check.outcomes.map { .mapping(entry($0)) })),
        ])
    }

    private func entry(_ outcome: GateOutcome) -> Mapping {
        var entry = Mapping([
            ("metric", .string(outcome.gate.name.key)),
            ("path", outcome.path.map { .string(repository.shown($0)) } ?? .null),
            ("gate", .string(outcome.gate.kind.rawValue)), ("limit", .float(outcome.gate.limit.number)),
            ("percent", .bool(outcome.gate.limit.isRelative)),
            ("old", outcome.old ?? .null), ("new", outcome.new ?? .null), ("diff", outcome.difference ?? .null),
            ("result", .string(outcome.result.word)),
        ])
        if case .missing(let reason) = outcome.result { entry["reason"] = .string(reason) }
        return entry
    }

    /// Of what became of the gates, in one sentence.
    var summary: String {
        let total = counted(check.outcomes.count, "gate")
        let failed = check.outcomes.count { $0.result == .failed }
        let passed = check.outcomes.count { $0.result == .passed }
        let missing = check.outcomes.count - failed - passed
        if passed == check.outcomes.count { return "\(total) kept." }
        let parts = [(failed, "failed"), (missing, "without a value"), (passed, "kept")].filter { $0.0 > 0 }
        return "\(total): " + parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + "."
    }

    private var headings: [String] { ["Result", "Metric", "Gate", old, new, "Change"] }

    private func cells(_ outcome: GateOutcome, name: (String) -> String) -> [String] {
        func number(_ value: Value?) -> String { value?.cell(precision: MetricPrecision.standard) ?? Table.missing }
        let metric = (outcome.path.map { repository.shown($0) + ":" } ?? "") + outcome.gate.name.key
        return [
            outcome.result.word, name(outcome.path == nil ? outcome.gate.name.text : metric), outcome.gate.text,
            number(outcome.old), number(outcome.new), number(outcome.difference),
        ]
    }

    /// Why gates have no value, a sentence for each.
    private var reasons: [String] {
        check.outcomes.compactMap { outcome in
            guard case .missing(let reason) = outcome.result else { return nil }
            return "'\(outcome.gate.name.text)' is \(reason)."
        }
    }

    var text: String {
        let table = Table(headings, rows: check.outcomes.map { cells($0) { $0 } })
        return ([table.plain, ""] + reasons + [summary]).joined(separator: "\n")
    }

    /// The gates as a part of a page.
    var block: PageBlock {
        var block = PageBlock(title: "Gates")
        block.lines = [summary]
        block.problems = reasons.map(\.escapingControlCharacters)
        block.grid = PageBlock.Grid(
            headings.map(\.escapingControlCharacters),
            rows: check.outcomes.map { outcome in
                let cells = cells(outcome) { $0.escapingControlCharacters }
                return [
                    outcome.result == .passed ? .good(cells[0]) : .bad(cells[0]), .code(cells[1]), .text(cells[2]),
                    .number(cells[3]), .number(cells[4]), .number(cells[5]),
                ]
            })
        return block
    }

    var markdown: String {
        let rows = check.outcomes.map { outcome in
            let cells = cells(outcome) { MarkdownText.code($0) }
            let word = outcome.result == .passed ? cells[0] : "**\(cells[0])**"
            return [word] + cells[1...3] + cells[4...5]
        }
        let shown = [
            headings[0], headings[1], headings[2], MarkdownText.code(old), MarkdownText.code(new), headings[5],
        ]
        return MarkdownText.table(shown, rows) + "\n\n" + summary
    }
}
