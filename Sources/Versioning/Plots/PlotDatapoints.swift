import Documents
import FileSystem

/// What a plot draws for one revision: rows, and the fields that its axes show.
struct PlotDatapoints {
    let rows: [Mapping]
    let axes: PlotAxes

    /// The column that numbers rows where no field is given for the x axis.
    static let index = "step"
    private static let unifiedX = "dvc_inferred_x_value"
    private static let unifiedY = "dvc_inferred_y_value"

    /// - Parameters:
    ///   - id: the plot's, which is its file's where the definition names none.
    ///   - properties: of the definition.
    ///   - sources: the files' documents, in the order in which the definition names them.
    /// - Returns: `nil` where there is nothing to draw.
    init?(
        id: String, properties: Mapping, sources: [(path: String, document: Value)], revision: String
    ) throws(PlotFailure) {
        let inferred = try Fields(id: id, properties: properties, sources: sources)
        var tables: [(path: String, rows: [Mapping])] = []
        for source in sources { tables.append((source.path, try Self.rows(in: source.document))) }
        func table(_ path: String) -> [Mapping]? { tables.first { $0.path.hasSameBytes(as: path) }?.rows }
        for field in inferred.x + inferred.y {
            guard let rows = table(field.file) else { continue }
            guard let first = rows.first else {
                throw PlotFailure("TypeError", "argument of type 'NoneType' is not iterable")
            }
            guard first[field.name] == nil else { continue }
            if let nameless = first.entries.firstIndex(where: SeparatedValues.isSurplus) {
                throw PlotFailure(
                    "TypeError", "sequence item \(nameless): expected str instance, NoneType found")
            }
            throw .missingField(field.name, among: first.keys)
        }
        let xs = inferred.x
        let ys = inferred.y
        if xs.count > 1, xs.count != ys.count {
            throw PlotFailure(
                "DvcException",
                "Cannot have different number of x and y data sources. Found \(xs.count) x and \(ys.count) y data "
                    + "sources.")
        }
        let hasSeveralX = xs.count > 1 && xs.contains { !$0.name.hasSameBytes(as: xs[0].name) }
        let hasSeveralY = ys.contains { !$0.name.hasSameBytes(as: ys[0].name) }
        let shared = Self.sharedFolderLength(ys.map(\.file))
        var rows: [Mapping] = []
        var definitions: [PlotField] = []
        for (position, y) in ys.enumerated() {
            let shortFile = Self.shortened(y.file, by: shared)
            definitions.append(PlotField(file: shortFile, name: y.name))
            var own = table(y.file) ?? []
            if hasSeveralY {
                for row in own.indices { own[row][Self.unifiedY] = own[row][y.name] ?? own[row][Self.unifiedY] }
            }
            if let x = xs.count > 1 ? xs[position] : xs.first {
                let source = table(x.file) ?? []
                guard source.count == own.count else {
                    throw PlotFailure(
                        "DvcException",
                        "Cannot join '\(x.name)' from '\(x.file)' and '\(y.name)' from '\(y.file)'. They have to have "
                            + "same length.")
                }
                let name = hasSeveralX ? Self.unifiedX : x.name
                for row in own.indices {
                    if let value = source[row][x.name] { own[row][name] = value }
                }
            } else {
                for row in own.indices { own[row][Self.index] = .int(row) }
            }
            for row in own.indices {
                own[row][PlotAxes.revision] = .string(revision)
                own[row][PlotAxes.file] = .string(shortFile)
                own[row][PlotAxes.field] = .string(y.name)
            }
            rows += own
        }
        guard !rows.isEmpty, let y = ys.first else { return nil }
        self.rows = rows
        axes = PlotAxes(
            x: hasSeveralX ? Self.unifiedX : xs.first?.name ?? Self.index,
            y: hasSeveralY ? Self.unifiedY : y.name,
            xLabel: properties["x_label"]?.string ?? inferred.xLabel,
            yLabel: properties["y_label"]?.string ?? inferred.yLabel, definitions: definitions)
    }

    // MARK: Rows

    /// The rows of a document: lists of mappings with the same keys, put side by side.
    static func rows(in document: Value) throws(PlotFailure) -> [Mapping] {
        var result: [Mapping] = []
        for list in try lists(in: document) {
            let rows = list.compactMap(\.mapping)
            guard rows.count == list.count else { continue }
            guard let first = rows.first else {
                throw PlotFailure("AttributeError", "'NoneType' object has no attribute 'keys'")
            }
            let isEven = rows.allSatisfy { row in
                // Most rows have the keys of the first in its order.
                zip(row.entries, first.entries).allSatisfy { $0.key.hasSameBytes(as: $1.key) }
                    && row.count <= first.count || row.entries.allSatisfy { first[$0.key] != nil }
            }
            guard isEven else { continue }
            if result.isEmpty {
                result = rows
                continue
            }
            for (index, row) in rows.enumerated() {
                if index == result.count { result.append(Mapping()) }
                for (key, value) in row.entries { result[index][key] = value }
            }
        }
        return result
    }

    /// Every list that is reached through mappings alone.
    static func lists(in document: Value) throws(PlotFailure) -> [[Value]] {
        switch document {
        case .array(let list): return [list]
        case .mapping(let mapping):
            var found: [[Value]] = []
            for (_, value) in mapping.entries {
                switch value {
                case .array(let list): found.append(list)
                case .mapping: found += try lists(in: value)
                default: break
                }
            }
            return found
        default:
            throw PlotFailure("AttributeError", "'\(document.pythonClass)' object has no attribute 'values'")
        }
    }

    // MARK: Names of files

    /// How many bytes of several files' paths are folders that they all share.
    private static func sharedFolderLength(_ files: [String]) -> Int {
        guard let first = files.first, files.contains(where: { !$0.hasSameBytes(as: first) }) else { return 0 }
        let isAbsolute = Paths.isAbsolute(first)
        var shared = Paths.components(first)
        for file in files {
            let parts = Paths.components(file)
            var count = 0
            while count < min(shared.count, parts.count), shared[count].hasSameBytes(as: parts[count]) { count += 1 }
            shared = Array(shared[..<count])
        }
        return shared.joined(separator: "/").utf8.count + (isAbsolute ? 1 : 0)
    }

    private static func shortened(_ file: String, by count: Int) -> String {
        func isSlash(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        var rest = file.utf8.dropFirst(count)
        while let first = rest.first, isSlash(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSlash(last) { rest = rest.dropLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}

/// A column of a file.
package struct PlotField: Sendable, Equatable {
    package let file: String
    package let name: String
}

/// What the axes of a plot show.
package struct PlotAxes: Sendable, Equatable {
    /// Columns that every row has besides its own.
    package static let revision = "rev"
    package static let file = "filename"
    package static let field = "field"

    package let x: String
    package let y: String
    package let xLabel: String
    package let yLabel: String
    /// The columns drawn on the y axis, with files named by what distinguishes them.
    package let definitions: [PlotField]
}

/// The columns that a definition names, with those it leaves out filled in.
private struct Fields {
    var x: [PlotField] = []
    var y: [PlotField] = []

    init(id: String, properties: Mapping, sources: [(path: String, document: Value)]) throws(PlotFailure) {
        switch properties["y"] {
        case nil, .null?: y = try Self.lastColumn(of: id, sources)
        case .mapping(let files)?: y = Self.fields(files)
        case let value?: y = Self.fields(Mapping([(id, value)]))
        }
        switch properties["x"] {
        case .string(let name)?:
            let isByFile = properties["y"]?.mapping != nil
            // One column of x for each of y, of the same file.
            x = isByFile ? y.map { PlotField(file: $0.file, name: name) } : [PlotField(file: id, name: name)]
        case .mapping(let files)?: x = Self.fields(files)
        default: break
        }
    }

    private static func fields(_ files: Mapping) -> [PlotField] {
        files.entries.flatMap { file, columns in
            switch columns {
            case .string(let name): [PlotField(file: file, name: name)]
            case .array(let names): names.compactMap(\.string).map { PlotField(file: file, name: $0) }
            default: [PlotField]()
            }
        }
    }

    private static func lastColumn(
        of id: String, _ sources: [(path: String, document: Value)]
    ) throws(PlotFailure) -> [PlotField] {
        guard let document = sources.first(where: { $0.path.hasSameBytes(as: id) })?.document else { return [] }
        for list in try PlotDatapoints.lists(in: document) where list.allSatisfy({ $0.mapping != nil }) {
            guard let first = list.first?.mapping else {
                throw PlotFailure("AttributeError", "'NoneType' object has no attribute 'keys'")
            }
            guard let last = first.entries.last, !SeparatedValues.isSurplus(last.key, last.value) else { return [] }
            return [PlotField(file: id, name: last.key)]
        }
        return []
    }

    var xLabel: String { x.isEmpty ? PlotDatapoints.index : Self.label(x, otherwise: "x") }
    var yLabel: String { Self.label(y, otherwise: "y") }

    private static func label(_ fields: [PlotField], otherwise: String) -> String {
        guard let first = fields.first, fields.allSatisfy({ $0.name.hasSameBytes(as: first.name) }) else {
            return otherwise
        }
        return first.name
    }
}

extension Value {
    fileprivate var pythonClass: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .int, .bigInt: "int"
        case .float: "float"
        case .string: "str"
        case .date: "datetime.date"
        case .array: "list"
        case .mapping: "dict"
        }
    }
}
