package import Basics
import Documents
import FileSystem
import Preparation
import Tracking

/// One training by an engine of varve: tables in, a model and what belongs to it out.
package struct NativeTraining {
    let options: TrainingOptions
    let environment: HostEnvironment
    let progress: any ProgressReporter
    let tables: SharedTables
    let shelf: MatrixShelf?
    let isStopped: @Sendable () -> Bool

    /// - Parameters:
    ///   - tables: what other trainings of this process have read already.
    ///   - shelf: matrices of earlier trainings on this thread.
    ///   - isStopped: asked between two rounds, whether the training is no longer wanted.
    package init(
        _ options: TrainingOptions, in environment: HostEnvironment,
        progress: any ProgressReporter = SilentProgress(), tables: SharedTables = SharedTables(),
        shelf: MatrixShelf? = nil, isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.options = options
        self.environment = environment
        self.progress = progress
        self.tables = tables
        self.shelf = shelf
        self.isStopped = isStopped
    }

    /// Trains and writes. Nothing is written where it fails, but for the curve so far and a checkpoint.
    ///
    /// - Throws: `CancellationError` where it was stopped.
    package func run() throws -> TrainingReport {
        try options.check()
        let transformer = try options.transformer.map { try readTransformer($0) }
        var card = ModelCard()
        card.engine = options.engine
        card.target = options.target
        card.seed = options.seed
        card.transformer = transformer
        card.data = try digests()
        return try options.engine == .xgboost ? BoosterRun(self, card).run() : LinearRun(self, card).run()
    }

    func absolute(_ path: String) -> String { Paths.absolute(path, from: environment.workingDirectory) }

    /// Tells what a person should know that stops nothing.
    func warn(_ notes: [String]) { for note in notes { progress.report(.warning(note)) } }

    private func readTransformer(_ path: String) throws -> Value {
        try FittedTransformer(parsing: try Files.read(absolute(path)), file: path).json
    }

    private func digests() throws(FileError) -> [ModelCard.Data] {
        var files = [("train", options.data)]
        if let validation = options.validation { files.append(("valid", validation)) }
        if let transformer = options.transformer { files.append(("transformer", transformer)) }
        return try files.map { (role, path) throws(FileError) in
            let digests = try tables.digests(of: absolute(path))
            return ModelCard.Data(role: role, path: path, rows: nil, md5: digests.md5, sha256: digests.sha256)
        }
    }

    // MARK: Writing

    /// Writes the model, its card and what else was asked for; all are whole before the first gets its name.
    ///
    /// - Returns: the paths as the person wrote them.
    func write(model: [UInt8], card: ModelCard, importance: FeatureImportance?) throws -> [String] {
        var card = card
        let digests = FileDigests(of: model)
        card.modelMD5 = digests.md5
        card.modelSHA256 = digests.sha256
        var contents = [(options.modelPath, model), (ModelCard.path(of: options.modelPath), card.bytes)]
        if let path = options.importance, let importance { contents.append((path, importance.bytes)) }
        let files = try contents.map { path, bytes in
            let place = absolute(path)
            try Files.makeDirectory(Paths.parent(place))
            let file = try StagedFile(replacing: place)
            try file.write(bytes)
            try file.seal()
            return file
        }
        for file in files { try file.publish() }
        return contents.map(\.0)
    }

    /// The curve in DVCLive's layout; nil where none is wanted.
    func log() throws -> LiveLog? {
        try options.metricsFolder.map { try LiveLog(folder: absolute($0), resume: false) }
    }
}
