import Basics
internal import CXGBoost

/// XGBoost's model in memory.
///
/// The library's random numbers are the thread's: training one booster disturbs another that learns on the same thread,
/// so a booster has a thread to itself while it learns.
final class Booster {
    private let library: XGBoostLibrary
    private let handle: varve_xgboost_booster
    /// Held because the booster remembers its predictions for them.
    private let matrices: [DataMatrix]

    /// - Parameter matrices: all that the booster will learn from or be judged by.
    init(_ library: XGBoostLibrary, _ matrices: [DataMatrix] = []) throws(Failure) {
        self.library = library
        self.matrices = matrices
        var booster: varve_xgboost_booster?
        let handles: [varve_xgboost_matrix?] = matrices.map(\.handle)
        let status = library.functions.pointee.XGBoosterCreate(handles, UInt64(handles.count), &booster)
        try library.check("begin a model", status)
        guard let booster else { throw Failure("XGBoost could not begin a model") }
        handle = booster
    }

    deinit { _ = library.functions.pointee.XGBoosterFree(handle) }

    func set(_ name: String, _ value: String) throws(Failure) {
        try library.check(
            "take the parameter \(name)=\(value)", library.functions.pointee.XGBoosterSetParam(handle, name, value))
    }

    /// Makes XGBoost look at its parameters now; it says then what it does not know.
    func configure() throws(Failure) {
        var count: UInt64 = 0
        var text: UnsafePointer<CChar>?
        try library.check(
            "use these parameters", library.functions.pointee.XGBoosterSaveJsonConfig(handle, &count, &text))
    }

    func update(round: Int, with matrix: DataMatrix) throws(Failure) {
        try library.check(
            "train round \(round)",
            library.functions.pointee.XGBoosterUpdateOneIter(handle, Int32(clamping: round), matrix.handle))
    }

    /// What the metrics of the parameters say about some data, in XGBoost's order.
    ///
    /// - Returns: the data's name, the metric's name and its value.
    func evaluate(round: Int, _ data: [(name: String, matrix: DataMatrix)]) throws(Failure) -> [Measurement] {
        var handles: [varve_xgboost_matrix?] = data.map(\.matrix.handle)
        let names = CStrings(data.map(\.name))
        var text: UnsafePointer<CChar>?
        let status = names.withPointers { names in
            library.functions.pointee.XGBoosterEvalOneIter(
                handle, Int32(clamping: round), &handles, names, UInt64(handles.count), &text)
        }
        try library.check("judge round \(round)", status)
        guard let text else { return [] }
        return Measurement.parse(String(cString: text), data: data.map(\.name))
    }

    /// What the model says of each row.
    ///
    /// - Parameter rounds: how many rounds count; 0 for all of them.
    func predict(_ matrix: DataMatrix, rounds: Int) throws(Failure) -> (values: [Float], outputs: Int) {
        let settings =
            "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": \(rounds),"
            + " \"strict_shape\": true}"
        var shape: UnsafePointer<UInt64>?
        var dimensions: UInt64 = 0
        var values: UnsafePointer<Float>?
        try library.check(
            "predict",
            library.functions.pointee.XGBoosterPredictFromDMatrix(
                handle, matrix.handle, settings, &shape, &dimensions, &values))
        guard let shape, let values, dimensions > 0 else { return ([], 1) }
        let sizes = UnsafeBufferPointer(start: shape, count: Int(dimensions)).map { Int($0) }
        let count = sizes.reduce(1, *)
        guard sizes[0] == matrix.rows else {
            throw Failure("XGBoost gave \(sizes[0]) predictions for \(matrix.rows) rows")
        }
        return (Array(UnsafeBufferPointer(start: values, count: count)), max(1, count / max(1, matrix.rows)))
    }

    // MARK: The model as bytes

    func load(_ bytes: [UInt8]) throws(Failure) {
        let status = bytes.withUnsafeBytes {
            library.functions.pointee.XGBoosterLoadModelFromBuffer(handle, $0.baseAddress, UInt64($0.count))
        }
        try library.check("read the model", status)
    }

    func save(_ format: ModelFormat) throws(Failure) -> [UInt8] {
        var count: UInt64 = 0
        var bytes: UnsafePointer<CChar>?
        let status = library.functions.pointee.XGBoosterSaveModelToBuffer(
            handle, "{\"format\": \"\(format.rawValue)\"}", &count, &bytes)
        try library.check("write the model", status)
        guard let bytes else { throw Failure("XGBoost could not write the model") }
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }

    func set(attribute name: String, _ value: String) throws(Failure) {
        try library.check(
            "keep '\(name)' in the model", library.functions.pointee.XGBoosterSetAttr(handle, name, value))
    }

    func set(featureNames: [String], types: [String]) throws(Failure) {
        for (field, words) in [("feature_name", featureNames), ("feature_type", types)] {
            let status = CStrings(words).withPointers {
                library.functions.pointee.XGBoosterSetStrFeatureInfo(handle, field, $0, UInt64(words.count))
            }
            try library.check("keep the names of the columns in the model", status)
        }
    }

    var featureCount: Int {
        get throws(Failure) {
            var count: UInt64 = 0
            try library.check(
                "count the columns of the model", library.functions.pointee.XGBoosterGetNumFeature(handle, &count))
            return Int(count)
        }
    }

    /// How much each column counts, by its position; columns that are never used are missing.
    ///
    /// Must be asked before the columns have names.
    func importance(_ kind: String) throws(Failure) -> [(column: Int, score: Double)] {
        var count: UInt64 = 0
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var dimensions: UInt64 = 0
        var shape: UnsafePointer<UInt64>?
        var scores: UnsafePointer<Float>?
        try library.check(
            "weigh the columns",
            library.functions.pointee.XGBoosterFeatureScore(
                handle, "{\"importance_type\": \"\(kind)\"}", &count, &names, &dimensions, &shape, &scores))
        guard let names, let shape, let scores, dimensions > 0 else { return [] }
        // One number a column; of a linear booster one for each class.
        let width = dimensions > 1 ? Int(shape[1]) : 1
        return (0..<Int(count)).compactMap { place in
            guard let name = names[place], let column = Int(String(cString: name).dropFirst()) else { return nil }
            var score = 0.0
            for output in 0..<width {
                let part = Double(scores[place * width + output])
                score += width == 1 ? part : part.magnitude
            }
            return (column, score)
        }
    }
}

/// One number that XGBoost gave about one set of data.
struct Measurement: Equatable {
    /// `train` or `valid`.
    let data: String
    let metric: String
    let value: Double

    /// Reads `[0]\ttrain-logloss:0.55\tvalid-auc:0.9`.
    static func parse(_ text: String, data names: [String]) -> [Measurement] {
        text.split(separator: "\t").dropFirst().compactMap { part in
            guard let colon = part.lastIndex(of: ":"), let name = names.first(where: { part.hasPrefix($0 + "-") })
            else { return nil }
            let metric = part[..<colon].dropFirst(name.count + 1)
            let number = part[part.index(after: colon)...]
            let value = number.hasSuffix("nan") ? Double.nan : Double(number) ?? .nan
            return Measurement(data: name, metric: String(metric), value: value)
        }
    }
}

/// Words as C takes a list of them.
struct CStrings {
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    func withPointers<Result>(_ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for word in words {
            offsets.append(bytes.count)
            bytes.append(contentsOf: word.utf8CString)
        }
        return bytes.withUnsafeBufferPointer { buffer in
            var pointers: [UnsafePointer<CChar>?] = offsets.map { offset in buffer.baseAddress.map { $0 + offset } }
            return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
        }
    }
}
