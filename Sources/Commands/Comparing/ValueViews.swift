import Documents
import FileSystem
import ProjectFiles
import Rendering
import Versioning

extension Value {
    /// As a cell of a table shows it.
    ///
    /// - Parameter precision: digits after the point of numbers that have one; `nil` for all.
    func cell(precision: Int?) -> String {
        isNull ? Table.missing : rounded(to: precision).pythonText
    }

    private func rounded(to precision: Int?) -> Value {
        guard let precision else { return self }
        switch self {
        case .float(let number): return .float(PythonFloat.rounded(number, digits: precision))
        case .array(let items): return .array(items.map { $0.rounded(to: precision) })
        default: return self
        }
    }
}

extension Table {
    /// What stands for a value that is not there.
    static let missing = "-"
}

extension ValueFailure {
    var entry: Mapping { Mapping([("type", .string(type)), ("msg", .string(message))]) }
    var value: Value { .mapping(entry) }
}

/// How numbers of metrics are rounded.
enum MetricPrecision {
    static let standard = 5

    /// As DVC, none at all is the standard.
    static func digits(_ option: Int?) -> Int { option == 0 ? standard : option ?? standard }
}

/// What `metrics show` prints.
struct MetricsView {
    private let revisions: [RevisionValues]
    private let repository: Repository

    init(_ revisions: [RevisionValues], in repository: Repository) {
        self.revisions = revisions
        self.repository = repository
    }

    /// `{revision: {"data": {path: {"data": …}}}}`, with `error` in place of what could not be read.
    var value: Mapping {
        Mapping(
            revisions.map { revision in
                switch revision.files {
                case .failure(let failure): (revision.name, .mapping(Mapping([("error", failure.value)])))
                case .success(let files):
                    (revision.name, .mapping(Mapping([("data", .mapping(Mapping(files.map(entry))))])))
                }
            })
    }

    private func entry(_ file: ValueFile) -> (String, Value) {
        let entry: (String, Value) =
            switch file.content {
            case .success(let value): ("data", value)
            case .failure(let failure): ("error", failure.value)
            }
        return (repository.shown(file.path), .mapping(Mapping([entry])))
    }

    /// A row for each file, a column for each metric.
    func table(showsRevisions: Bool, precision: Int) -> Table {
        var rows: [(revision: String, path: String, values: Mapping)] = []
        var names: Set<RelativePath> = []
        for revision in revisions {
            for file in (try? revision.files.get()) ?? [] {
                let value = file.value ?? .mapping(Mapping())
                let values = value.mapping?.flattened ?? Mapping([("", value)])
                for key in values.keys { names.insert(RelativePath(key)) }
                rows.append((revision.name, repository.shown(file.path), values))
            }
        }
        let columns = names.sorted().map(\.string)
        return Table(
            (showsRevisions ? ["Revision"] : []) + ["Path"] + columns,
            rows: rows.map { row in
                (showsRevisions ? [row.revision] : []) + [row.path]
                    + columns.map { row.values[$0]?.cell(precision: precision) ?? Table.missing }
            })
    }
}

/// What `metrics diff` and `params diff` print.
struct ValueDiffView {
    private let diff: ValueDiff?
    private let repository: Repository

    /// - Parameter diff: `nil` before the first commit.
    init(_ diff: ValueDiff?, in repository: Repository) {
        self.diff = diff
        self.repository = repository
    }

    private var files: [FileValueChanges] { diff?.files ?? [] }

    /// `{path: {key: {"old": …, "new": …, "diff": …}}}`
    var value: Mapping {
        Mapping(
            files.map { file in
                (
                    repository.shown(file.path),
                    .mapping(Mapping(file.changes.map { ($0.key, .mapping($0.entry)) }))
                )
            })
    }

    /// - Parameters:
    ///   - title: of the column of keys.
    ///   - precision: `nil` to show numbers whole, and no column of changes.
    func table(_ title: String, _ old: String, _ new: String, showsPaths: Bool, precision: Int?) -> Table {
        let headings = (showsPaths ? ["Path"] : []) + [title, old, new] + (precision == nil ? [] : ["Change"])
        func cell(_ value: Value?) -> String { value?.cell(precision: precision) ?? Table.missing }
        return Table(
            headings,
            rows: files.flatMap { file in
                file.changes.map { change in
                    (showsPaths ? [repository.shown(file.path)] : [])
                        + [change.key, cell(change.old), cell(change.new)]
                        + (precision == nil ? [] : [cell(change.difference)])
                }
            })
    }
}

extension ValueChange {
    fileprivate var entry: Mapping {
        var entry = Mapping([("old", old ?? .null), ("new", new ?? .null)])
        if let difference { entry["diff"] = difference }
        return entry
    }
}

extension Console {
    /// Prints a table unless it is empty; in Markdown its headings are printed all the same.
    func show(_ table: Table, markdown: Bool) {
        if markdown {
            print(table.markdown)
        } else if !table.rows.isEmpty {
            print(table.plain)
        }
    }

    /// How many failures are told one by one.
    private static let toldFailures = 5

    /// Tells on standard error what could not be read, and last in which revisions.
    func tellFailures(_ revisions: [RevisionValues], in repository: Repository) {
        let failures = revisions.flatMap { revision in revision.failures.map { (revision.name, $0.path, $0.failure) } }
        guard !failures.isEmpty else { return }
        for (revision, path, failure) in failures.prefix(verbosity > .normal ? .max : Self.toldFailures) {
            let place = revision.isEmpty ? "" : " in revision '\(revision)'"
            let file = path.map { "'\(repository.shown($0))'" } ?? "the project files"
            warn("failed to load \(file)\(place): \(failure.detail)")
        }
        if failures.count > Self.toldFailures, verbosity <= .normal {
            hint("\(failures.count - Self.toldFailures) more could not be read; `--verbose` tells why")
        }
        var names: [String] = []
        for failure in failures where names.last?.hasSameBytes(as: failure.0) != true { names.append(failure.0) }
        note("DVC failed to load some metrics for following revisions: '\(names.joined(separator: ", "))'.")
    }
}
