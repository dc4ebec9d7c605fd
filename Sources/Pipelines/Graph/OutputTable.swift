import Basics
import FileSystem
import Indexing
import ProjectFiles
import Versioning

/// All outputs of all stages by place, so that the maker of a path is found without going through them.
struct OutputTable {
    struct Entry {
        /// Position of the stage, and of the output among all.
        let stage: Int
        let number: Int
        /// How messages name the output.
        let shown: String
        let place: RelativePath
    }

    private var entries: [RelativePath: Entry] = [:]
    /// Entries by place, so that those below a folder lie side by side.
    private var sorted: [Entry] = []

    /// - Throws: what two outputs dispute.
    init(_ stages: [Stage], adding added: Int? = nil, in repository: Repository) throws {
        /// The first output below each folder.
        var below: [RelativePath: Entry] = [:]
        for (position, stage) in stages.enumerated() {
            for output in stage.outputs {
                let location = stage.location(of: output)
                guard let place = Self.place(of: location, in: repository) else { continue }
                let entry = Entry(
                    stage: position, number: sorted.count, shown: repository.shownName(location, as: output.path),
                    place: place)
                if let other = entries[place] { throw Self.duplicate(other, entry, added, stages, repository) }
                if let inner = below[place] { throw Self.overlap(entry, inner, stages, repository) }
                for folder in Self.folders(above: place) {
                    if let outer = entries[folder] { throw Self.overlap(outer, entry, stages, repository) }
                    if below[folder] == nil { below[folder] = entry }
                }
                entries[place] = entry
                sorted.append(entry)
            }
        }
        sorted.sort { $0.place < $1.place }
    }

    /// Absolute path, or URL, of a location.
    static func place(of location: Location, in repository: Repository) -> RelativePath? {
        if let path = repository.absolute(location) { return RelativePath(path) }
        return RelativePath(location.text)
    }

    /// The output at a path or the one that holds it.
    func nearest(holding path: String) -> Entry? {
        let place = RelativePath(path)
        return entries[place] ?? Self.folders(above: place).lazy.compactMap { entries[$0] }.first
    }

    /// The stages that make what is at a place, holds it or lies in it.
    func overlapping(_ place: RelativePath) -> [Int] {
        var found = Self.folders(above: place).reversed().compactMap { entries[$0]?.stage }
        if let entry = entries[place] { found.append(entry.stage) }
        let prefix = place.string == "/" ? "/" : place.string + "/"
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].place < RelativePath(prefix) { low = middle + 1 } else { high = middle }
        }
        var inner: [Entry] = []
        while low < sorted.count, sorted[low].place.string.utf8.starts(with: prefix.utf8) {
            inner.append(sorted[low])
            low += 1
        }
        return found + inner.sorted { $0.number < $1.number }.map(\.stage)
    }

    private static func folders(above place: RelativePath) -> [RelativePath] {
        Array(place.selfAndParents.dropFirst().prefix { !$0.isRoot })
    }

    private static func duplicate(
        _ one: Entry, _ other: Entry, _ added: Int?, _ stages: [Stage], _ repository: Repository
    ) -> Failure {
        let blamed = one.stage == added ? other.stage : one.stage
        let name = repository.address(of: stages[blamed])
        if one.stage == other.stage || added == one.stage || added == other.stage {
            return Failure(
                "output '\(one.shown)' is already specified in stage: '\(name)'.\n"
                    + "Use `dvc remove \(name)` to stop tracking the overlapping output.", category: .unexpected)
        }
        return Failure(
            "output '\(one.shown)' is specified in:\n\t- \(name)\n\t- \(repository.address(of: stages[other.stage]))\n"
                + "Use `dvc remove` with any of the above targets to stop tracking the overlapping output.",
            category: .unexpected)
    }

    private static func overlap(
        _ outer: Entry, _ inner: Entry, _ stages: [Stage], _ repository: Repository
    ) -> Failure {
        func line(_ entry: Entry) -> String { "'\(entry.shown)'('\(repository.address(of: stages[entry.stage]))')" }
        return Failure(
            "The output paths:\n\(line(outer))\n\(line(inner))\n"
                + "overlap and are thus in the same tracked directory.\n"
                + "To keep reproducibility, outputs should be in separate tracked directories or tracked individually.",
            category: .unexpected)
    }
}
