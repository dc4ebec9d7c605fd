import ArgumentParser
import Basics
import Charts
import Tuning

/// Which charts of a study, and of which parameters.
struct StudyChartOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Charts to draw, divided by commas: \(StudyChart.allCases.map(\.rawValue).joined(separator: ", ")); "
                + "may be given again (default: all that the study has something for)", valueName: "charts"),
        completion: .list(StudyChart.allCases.map(\.rawValue)))
    var only: [String] = []
    @Option(
        name: .customLong("params"),
        help: ArgumentHelp(
            "Parameters to draw, divided by commas; may be given again (default: the most important ones)",
            valueName: "names"))
    var parameters: [String] = []

    /// - Throws: for a chart or a parameter that is not there.
    func page(_ record: StudyRecord, _ settings: StudySettings) throws -> StudyPage {
        let only = try StudyChart.named(only)
        let names = parameters.isEmpty ? nil : parameters.flatMap { Self.names(in: $0, settings) }
        return StudyPage(try ChartedStudy(record, settings, parameters: names), only: only)
    }

    /// A text may be the name of a parameter even where it has commas in it.
    private static func names(in text: String, _ settings: StudySettings) -> [String] {
        if settings.space[text] != nil { return [text] }
        return text.split(separator: ",").map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
