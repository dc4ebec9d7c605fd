import Basics
import Charts
import Tuning

/// A way to draw a study.
enum StudyChart: String, CaseIterable, Sendable {
    case history, hypervolume, front, importance, parallel, contour, slice, edf, intermediate, timeline

    /// The names that stand in `--only history,contour`, each given once or several times.
    ///
    /// - Returns: the charts in the order in which they were named; `nil` where none was.
    static func named(_ lists: [String]) throws(Failure) -> [StudyChart]? {
        guard !lists.isEmpty else { return nil }
        var result: [StudyChart] = []
        for word in lists.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            let name = String(word.filter { !$0.isWhitespace })
            guard let chart = StudyChart(rawValue: name) else {
                throw Failure(
                    "there is no chart '\(name)'",
                    remedy: "there are \(allCases.map(\.rawValue).joined(separator: ", "))", category: .usage)
            }
            if !result.contains(chart) { result.append(chart) }
        }
        return result
    }

    /// The pictures of a study; none where it has nothing for them.
    func charts(of study: ChartedStudy) -> [Chart] {
        switch self {
        case .history: HistoryChart(study: study).charts
        case .hypervolume: HypervolumeChart(study: study).charts
        case .front: FrontChart(study: study).charts
        case .importance: ImportanceChart(study: study).charts
        case .parallel: ParallelChart(study: study).charts
        case .contour: ContourChart(study: study).charts
        case .slice: SliceChart(study: study).charts
        case .edf: DistributionChart(study: study).charts
        case .intermediate: IntermediateChart(study: study).charts
        case .timeline: TimelineChart(study: study).charts
        }
    }

    /// What a study lacks where there is no picture of this kind.
    func absence(in study: ChartedStudy) -> String {
        switch self {
        case .hypervolume,
            .front where study.record.directions.count < 2:
            return "there is no chart '\(rawValue)' of a study with one objective"
        case .contour where study.ranked.count < 2: return "the chart 'contour' needs two parameters"
        case .intermediate: return "there is no chart 'intermediate': no trial reported values on its way"
        case .timeline: return "there is no chart 'timeline': no trial has begun"
        default: return "there is no chart '\(rawValue)': too few trials are complete"
        }
    }
}
