import ArgumentParser
import Documents
import Pipelines
import Rendering
import Versioning

/// `varve why`: what makes stages stale.
struct WhyCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explain why stages must run, or what keeps them fresh",
        discussion: examples(
            ("varve why", "All stages"), ("varve why train", "One stage, dependency by dependency"),
            ("varve why train --json", "The same for a program")))

    @Argument(help: "Stages, pipeline files or pointer files; all stages by default", completion: .targets)
    var targets: [String] = []
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        let explanations = try await repository.explain(targets)
        if json {
            console.showJSON(JSON.emitPython(.array(explanations.map { ExplanationView($0).value })))
            return
        }
        // Where all stages are asked for, those that are fresh need no more than a line.
        for explanation in explanations {
            for line in ExplanationView(explanation).lines(showsAll: !targets.isEmpty) { console.print(line) }
        }
        if explanations.isEmpty { console.print("There are no stages.") }
    }
}

/// One stage's explanation as text and as JSON.
struct ExplanationView {
    private let explanation: StageExplanation

    init(_ explanation: StageExplanation) { self.explanation = explanation }

    var value: Value {
        .mapping(
            Mapping([
                ("stage", .string(explanation.stage)), ("stale", .bool(explanation.isStale)),
                ("remarks", .array(explanation.remarks.map(Value.string))),
                (
                    "items",
                    .array(
                        explanation.items.map { item in
                            .mapping(
                                Mapping([
                                    ("role", .string(item.role.rawValue)), ("name", .string(item.name)),
                                    ("state", .string(item.state.rawValue)), ("old", item.old ?? .null),
                                    ("new", item.new ?? .null),
                                    ("stage", item.maker.map(Value.string) ?? .null),
                                ]))
                        })
                ),
                ("run_cache", explanation.remembered.map(Value.string) ?? .null),
                ("last_seconds", explanation.lastSeconds.map(Value.float) ?? .null),
            ]))
    }

    func lines(showsAll: Bool) -> [String] {
        var lines = ["\(explanation.stage): \(explanation.isStale ? "must run" : "up to date")"]
        guard explanation.isStale || showsAll else { return lines }
        lines += explanation.remarks.map { "  " + $0 }
        let shown = explanation.items.filter { showsAll || $0.state != .unchanged }
        var table = Table(rows: shown.map(row))
        table.keepsSpaces = true
        if !shown.isEmpty { lines += table.plain.split(separator: "\n").map(String.init) }
        if explanation.isStale {
            if let path = explanation.remembered {
                lines.append("  its outputs are in the run cache and would be restored (\(path.prefix(17))…)")
            } else if let seconds = explanation.lastSeconds {
                lines.append("  its last run took \(Duration.seconds(seconds).shortText)")
            }
        }
        return lines
    }

    private func row(_ item: StageExplanation.Item) -> [String] {
        var change: String
        switch (item.old, item.new) {
        case (let old?, let new?) where item.state != .unchanged: change = "\(text(old, item)) -> \(text(new, item))"
        case (let old?, nil): change = "was \(text(old, item))"
        case (nil, let new?): change = "is \(text(new, item))"
        case (_, let new?): change = text(new, item)
        case (nil, nil): change = ""
        }
        if let maker = item.maker { change += "\(change.isEmpty ? "" : ", ")made by '\(maker)'" }
        return ["  " + item.role.rawValue, item.state.rawValue, item.name, change]
    }

    /// Digests shortened, other values in JSON.
    private func text(_ value: Value, _ item: StageExplanation.Item) -> String {
        if item.role == .dependency || item.role == .output, let digest = value.string {
            return String(digest.prefix(8)) + (digest.hasSuffix(".dir") ? ".dir" : "")
        }
        let text = JSON.emitPython(value)
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
