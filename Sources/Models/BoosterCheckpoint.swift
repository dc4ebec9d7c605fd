import Basics
import Documents
import FileSystem
import Hashing

/// A training between two of its segments, as a file.
///
/// Training goes in segments of a fixed number of rounds. After each the model is written, thrown away, read again and
/// gets a seed of its own: XGBoost's state between rounds is more than its model, so this is the one point where a
/// training that goes on in another process and one that never stopped are the same. The file holds that model, and the
/// digest of all that the training follows from: another training's checkpoint is never taken up.
struct BoosterCheckpoint: Equatable {
    /// The digest of data, options and version of the library.
    let key: String
    /// Fold of the cross-validation; as many as there are folds means the training on all rows.
    let part: Int
    /// What the folds that are done said.
    let finished: [BoosterCurve]
    /// Of this part so far.
    let curve: BoosterCurve
    /// Empty at the beginning of a part.
    let model: [UInt8]

    private static let schema = "varve.checkpoint/v1"

    var bytes: [UInt8] {
        let header = Mapping([
            ("schema", .string(Self.schema)), ("key", .string(key)), ("part", .int(part)),
            ("finished", .array(finished.map(\.value))), ("curve", curve.value),
            ("sha256", .string(SHA256.hex(of: model))),
        ])
        return Array(JSON.emitPython(.mapping(header)).utf8) + [UInt8(ascii: "\n")] + model
    }

    /// - Returns: nil for what is no whole checkpoint.
    init?(parsing bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let header = try? JSON.parse(Array(bytes[..<end])).mapping,
            header["schema"]?.string == Self.schema, let key = header["key"]?.string,
            let part = header["part"]?.int, let items = header["finished"]?.array,
            let curve = BoosterCurve(header["curve"])
        else { return nil }
        let finished = items.compactMap { BoosterCurve($0) }
        let model = Array(bytes[(end + 1)...])
        guard finished.count == items.count, header["sha256"]?.string == SHA256.hex(of: model),
            curve.rounds.isEmpty == model.isEmpty
        else { return nil }
        self.init(key: key, part: part, finished: finished, curve: curve, model: model)
    }

    init(key: String, part: Int, finished: [BoosterCurve], curve: BoosterCurve, model: [UInt8]) {
        self.key = key
        self.part = part
        self.finished = finished
        self.curve = curve
        self.model = model
    }
}

/// Where a training keeps its checkpoint.
struct CheckpointFile {
    let path: String
    private let isFolderOwn: Bool

    /// - Parameters:
    ///   - folder: made when the first checkpoint is written.
    ///   - isFolderOwn: whether it goes with the checkpoint.
    init(folder: String, isFolderOwn: Bool) {
        path = Paths.join(folder, "xgboost.checkpoint")
        self.isFolderOwn = isFolderOwn
    }

    func read() throws(FileError) -> BoosterCheckpoint? {
        try Files.readIfPresent(path).flatMap { BoosterCheckpoint(parsing: $0) }
    }

    func write(_ checkpoint: BoosterCheckpoint) throws(FileError) {
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(checkpoint.bytes, to: path)
    }

    func remove() throws(FileError) {
        if Files.exists(path) { try Files.remove(path) }
        let folder = Paths.parent(path)
        guard isFolderOwn, Files.isDirectory(folder) else { return }
        // What a killed training was writing has no name.
        for name in try Files.names(in: folder) where TemporaryName.matches(name) {
            try Files.remove(Paths.join(folder, name))
        }
        // Somebody may have put something of theirs there.
        try? Files.removeDirectory(folder)
    }
}
