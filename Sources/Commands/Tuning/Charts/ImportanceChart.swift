import Charts
import Tuning

/// How much each parameter has to do with each objective.
struct ImportanceChart {
    let study: ChartedStudy

    var charts: [Chart] {
        let count = study.settings.objectives.count
        guard study.complete.count > 1 else { return [] }
        let shares = (0..<count).map { objective in
            (try? Importance.ped.shares(study.record, objective: count > 1 ? objective : nil)) ?? []
        }
        let names = study.ranked.map(\.name)
        guard !names.isEmpty, shares.contains(where: { !$0.isEmpty }) else { return [] }
        let rows = shares.enumerated().map { objective, shares in
            Bars.Row(
                name: study.name(objective), color: objective,
                values: names.map { name in shares.first { $0.name == name }?.share })
        }
        let bars = Bars(
            categories: names, categoryLabel: "parameter", valueLabel: "share of the importance", isHorizontal: true,
            series: rows)
        return [
            Chart(
                title: "Importance of parameters", content: .bars(bars),
                sources: ["PED-ANOVA: how the best tenth of the trials differs from all of them"])
        ]
    }
}
