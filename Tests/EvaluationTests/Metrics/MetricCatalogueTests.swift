import Evaluation
import Testing

@Suite struct MetricCatalogueTests {
    @Test("no name or alias means two metrics")
    func names() {
        let names = MetricCatalogue.all.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { name in name.utf8.allSatisfy { $0 == 0x5f || $0 > 0x2f && $0 < 0x7b } })
    }

    @Test("functions of scikit-learn are understood by their own names")
    func aliases() throws {
        for (alias, name) in [
            ("roc_auc_score", "roc_auc"), ("mean_squared_error", "mse"), ("f1_score", "f1"), ("rmse", "rmse"),
            ("brier_score_loss", "brier_score"), ("ndcg_score", "ndcg"), ("r2_score", "r2"),
        ] {
            #expect(try MetricCatalogue.metric(named: alias).name == name)
        }
    }

    @Test("a number after @ is the metric's parameter, and part of its name")
    func parameters() throws {
        let metric = try MetricCatalogue.metric(named: "ndcg_score@10")
        #expect(metric.name == "ndcg@10")
        #expect(metric.parameter == 10)
        #expect(try MetricCatalogue.metric(named: "fbeta_score@0.5").name == "fbeta@0.5")
        let lists = try RankedLists(relevance: [10, 0, 0, 1, 5], scores: [1, 0, 0, 0, 1], sizes: [5])
        let value = try MetricCatalogue.evaluate(name: "ndcg@1", .ranking(RankingPredictions(lists: lists)))
        #expect(value == 0.75)
    }

    @Test(
        "a name that is no metric's, and a number that is not allowed, say what would do",
        arguments: [
            ("roc_acu", "there is no metric 'roc_acu'"), ("accuracy@3", "accuracy takes none"),
            ("ndcg@0", "has to be a whole number of 1 or more"), ("ndcg@1.5", "whole number"),
            ("roc_auc@2", "at most 1"), ("ndcg@", "whole number"), ("", "there is no metric ''"),
            ("top_k_accuracy@nan", "whole number"), ("ndcg@1e300", "whole number"),
        ])
    func unknown(name: String, words: String) {
        let error = #expect(throws: UnknownMetric.self) { try MetricCatalogue.metric(named: name) }
        #expect(error?.summary.contains(words) == true, "\(error?.summary ?? "")")
        if name == "roc_acu" { #expect(error?.remedy == "names like it are roc_auc, roc_auc_micro, roc_auc_weighted") }
    }

    @Test("a metric of another task, or of scores that are not there, is not defined")
    func wrongInput() throws {
        let numbers = MetricInput.regression(RegressionPredictions(truth: [1, 2], predicted: [1, 2]))
        #expect(throws: MetricUndefined("f1", .otherTask("binary tasks, not for regression ones"))) {
            try MetricCatalogue.evaluate(name: "f1", numbers)
        }
        let classes = MetricInput.binary(BinaryPredictions(truth: [0, 1], predicted: [0, 1]))
        #expect(throws: MetricUndefined("roc_auc", .missing("scores or probabilities"))) {
            try MetricCatalogue.evaluate(name: "roc_auc", classes)
        }
        let scores = MetricInput.binary(BinaryPredictions(truth: [0, 1], scores: [0.1, 0.9]))
        #expect(throws: MetricUndefined("f1", .missing("predicted classes"))) {
            try MetricCatalogue.evaluate(name: "f1", scores)
        }
    }

    @Test("the usual metrics of a task need nothing that is missing", arguments: MetricTask.allCases)
    func standard(task: MetricTask) {
        let all = MetricCatalogue.standard(for: task, scored: true)
        let expected: [MetricTask: Int] = [
            .binary: 12, .multiclass: 12, .multilabel: 9, .regression: 7, .ranking: 3,
        ]
        #expect(all.count == expected[task])
        #expect(all.allSatisfy { $0.description.tasks.contains(task) })
        let unscored = MetricCatalogue.standard(for: task, scored: false)
        #expect(task == .ranking || unscored.allSatisfy { [.classes, .numbers].contains($0.description.needs) })
    }

    @Test("the reference names every metric, and the direction of those of which less is better")
    func documented() throws {
        let lines = try projectFile("docs/reference/metrics.md").split(separator: "\n")
        for description in MetricCatalogue.all {
            let quoted = "`\(description.name)`"
            let line = lines.first { $0.contains(quoted) }
            #expect(line != nil, "\(description.name)")
            #expect(line?.contains("\(quoted) ↓") != description.largerIsBetter, "\(description.name)")
        }
    }
}
