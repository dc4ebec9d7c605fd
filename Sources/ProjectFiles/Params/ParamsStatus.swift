package import Documents

/// How the parameters of a stage compare with those of its last run.
package enum ParamsStatus: Sendable, Equatable {
    /// The file is gone.
    case deleted
    /// The stage has not run with this file yet.
    case new
    /// Keys that differ, in the order of the pipeline file, or of the file for one that is used whole; empty if none.
    case keys([KeyChange])

    package struct KeyChange: Sendable, Equatable {
        package let key: String
        package let change: Change
    }

    package enum Change: String, Sendable {
        case new, modified, deleted
    }

    package var isUnchanged: Bool { self == .keys([]) }
}

extension ParamsDependency {
    /// - Parameter file: the parameter file as it is now; `nil` if there is none.
    package func status(current file: ParamsFile?) -> ParamsStatus {
        guard let file else { return .deleted }
        guard let locked else { return .new }
        let current = file.values(for: self).found
        let keys = isWholeFile ? current.keys + locked.keys.filter { current[$0] == nil } : keys
        return .keys(
            keys.compactMap { key in
                switch (locked[key], current[key]) {
                case (_, nil): ParamsStatus.KeyChange(key: key, change: .deleted)
                case (nil, .some): ParamsStatus.KeyChange(key: key, change: .new)
                case (.some(let old), .some(let new)):
                    old.isPythonEqual(to: new) ? nil : ParamsStatus.KeyChange(key: key, change: .modified)
                }
            })
    }
}

extension Value {
    /// Equality as DVC sees it: `1`, `1.0` and `true` are one number, and NaN never equals anything.
    package func isPythonEqual(to other: Value) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isPythonEqual(to: $1) }
        case (.mapping(let left), .mapping(let right)):
            left.count == right.count
                && left.entries.allSatisfy { entry in right[entry.key]?.isPythonEqual(to: entry.value) ?? false }
        case (.int(let left), .float(let right)): Double(left) == right && Int(exactly: right) == left
        case (.float(let left), .int(let right)): Double(right) == left && Int(exactly: left) == right
        case (.bool(let left), .int), (.bool(let left), .float): Value.int(left ? 1 : 0).isPythonEqual(to: other)
        case (.int, .bool(let right)), (.float, .bool(let right)): isPythonEqual(to: .int(right ? 1 : 0))
        default: self == other
        }
    }
}
