import Basics
import Documents
import Tracking

/// A training of a linear or logistic model from its options to its files.
struct LinearRun {
    private let training: NativeTraining
    private var card: ModelCard
    private var options: TrainingOptions { training.options }

    init(_ training: NativeTraining, _ card: ModelCard) {
        self.training = training
        self.card = card
    }

    func run() throws -> TrainingReport {
        let engine = try LinearTraining(options.engine, options.parameters)
        let data = try training.tables.linear(options, from: training.environment.workingDirectory)
        training.warn(data.notes)
        let names = data.schema.featureNames
        if options.engine == .logistic, !data.target.task.isClassification {
            throw Failure(
                "the target '\(options.target)' is a quantity, and logistic regression tells classes apart",
                remedy: "use `--engine linear`, or `--task multiclass` where its numbers are classes", category: .usage)
        }
        let (model, notes) = engine.run(data.training, target: data.target, features: names)
        training.warn(notes)
        var metrics = LinearTraining.measure(model, data.training).map { (name: "train/" + $0.name, value: $0.value) }
        if let rows = data.validation {
            metrics += LinearTraining.measure(model, rows).map { (name: "valid/" + $0.name, value: $0.value) }
        }
        metrics += try crossValidate(engine, data)
        if var log = try training.log() {
            for (name, value) in metrics { try log.log(name, value) }
            try log.nextStep()
            try log.finish()
        }
        var card = card
        card.task = data.target.task
        card.classes = data.target.classes
        card.schema = data.schema
        card.parameters = options.parameters
        card.metrics = metrics
        var report = TrainingReport()
        report.engine = options.engine
        report.task = card.task
        report.model = options.modelPath
        report.rows = data.training.count
        report.columns = names.count
        report.metrics = metrics
        let importance = options.importance.map { _ in
            FeatureImportance(model, deviations: DesignMatrix(data.training, scalesColumns: true).scales)
        }
        report.outputs = try training.write(
            model: Array((JSON.emitIndented(model.value) + "\n").utf8), card: card, importance: importance)
        return report
    }

    /// Mean and deviation of what rows say that a model did not learn from.
    private func crossValidate(_ engine: LinearTraining, _ data: TrainingData<Double>) throws
        -> [(name: String, value: Double)]
    {
        guard let count = options.folds else { return [] }
        if options.isStratified, !data.target.task.isClassification {
            throw Failure(
                "`--cv-stratified` spreads classes, and the task is \(data.target.task.rawValue)", category: .usage)
        }
        let rows = data.training
        let fold = try RowDivision(
            rows: rows.count, classes: options.isStratified ? rows.target.map { Int($0) } : nil, groups: nil,
            seed: options.seed
        ).folds(count)
        var curves: [BoosterCurve] = []
        for part in 0..<count {
            if training.isStopped() { throw CancellationError() }
            let learning = rows.subset((0..<rows.count).filter { fold[$0] != part })
            let judging = rows.subset((0..<rows.count).filter { fold[$0] == part })
            let model = engine.run(learning, target: data.target, features: data.schema.featureNames).model
            var curve = BoosterCurve()
            curve.add(
                LinearTraining.measure(model, judging).map {
                    Measurement(data: "valid", metric: $0.name, value: $0.value)
                })
            curves.append(curve)
        }
        return CrossValidation(curves).values(0)
    }
}
