import Documents
package import FileSystem
import Synchronization
import Tables

/// The tables of trainings that follow each other in one process, such as the trials of a study: each is read once.
///
/// A file that changes meanwhile is not read again, so that all of them learn from the same rows.
package final class SharedTables: Sendable {
    private struct State {
        var boosting = Recent<TrainingData<Float>>()
        var linear = Recent<TrainingData<Double>>()
        var digests: [String: FileDigests] = [:]
    }

    /// Held while a table is read, because whoever asks for it meanwhile had better wait.
    private let state = Mutex(State())

    package init() {}

    func boosting(_ options: TrainingOptions, from folder: String) throws -> TrainingData<Float> {
        try state.withLock { state in
            try state.boosting.value(options.tableKey) { try TrainingData(options, from: folder) }
        }
    }

    func linear(_ options: TrainingOptions, from folder: String) throws -> TrainingData<Double> {
        try state.withLock { state in
            try state.linear.value(options.tableKey) { try TrainingData(options, from: folder) }
        }
    }

    /// Which bytes a file has; as with the tables, it is read once.
    package func sha256(of path: String) throws(FileError) -> String { try digests(of: path).sha256 }

    func digests(of path: String) throws(FileError) -> FileDigests {
        try state.withLock { (state) throws(FileError) in
            if let known = state.digests[path] { return known }
            let digests = try FileDigests(of: path)
            state.digests[path] = digests
            return digests
        }
    }
}

/// The last few values that were made. Where each training has rows of its own, no more than these are kept.
private struct Recent<Element> {
    private var entries: [(key: String, value: Element)] = []

    mutating func value(_ key: String, make: () throws -> Element) rethrows -> Element {
        if let place = entries.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) {
            entries.append(entries.remove(at: place))
        } else {
            entries.append((key, try make()))
            if entries.count > 2 { entries.removeFirst() }
        }
        return entries[entries.count - 1].value
    }
}

/// Matrices that were made for a training, for the next one on the same rows.
///
/// XGBoost adds to a matrix what it has found out about it, so no two trainings may use one at the same time.
package final class MatrixShelf {
    private var key = ""
    private var matrices: [String: DataMatrix] = [:]

    package init() {}

    /// - Parameter key: what the rows follow from; those of another key are thrown away.
    func matrix<Problem: Error>(
        _ name: String, of key: String, make: () throws(Problem) -> DataMatrix
    ) throws(Problem) -> DataMatrix {
        if !key.utf8.elementsEqual(self.key.utf8) {
            matrices = [:]
            self.key = key
        }
        if let known = matrices[name] { return known }
        let matrix = try make()
        matrices[name] = matrix
        return matrix
    }
}

extension TrainingOptions {
    /// All that the numbers of the tables follow from.
    var tableKey: String { JSON.emitPython(.array(tableParts)) }

    /// All that the rows of each part of a training follow from.
    var rowsKey: String {
        JSON.emitPython(.array(tableParts + [.int(folds ?? 0), .bool(isStratified), .int(folds == nil ? 0 : seed)]))
    }

    private var tableParts: [Value] {
        func words(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        func optional(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
        return [
            .bool(engine == .xgboost), .string(data), optional(validation), .float(validationFraction ?? 0),
            .int(validationFraction == nil ? 0 : seed), optional(format?.rawValue), .string(target), optional(weight),
            optional(group), features.map(words) ?? .null, words(ignored), words(categorical),
            .string(self.words.rawValue),
            optional(engine == .linear ? "regression" : task?.rawValue),
            optional(engine == .xgboost ? objective : nil),
        ]
    }
}
