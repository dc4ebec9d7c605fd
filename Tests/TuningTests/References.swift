import Documents
import FileSystem

@testable import Tuning

/// The references of `fixtures/tuning`, which `make.py` there makes.
enum References {
    private static var folder: String {
        Paths.join(Paths.parent(Paths.parent(Paths.parent(#filePath))), "fixtures/tuning")
    }

    static func path(_ name: String) -> String { Paths.join(folder, name) }

    static func document(_ name: String) throws -> Mapping {
        try JSON.parse(try Files.read(path(name))).mapping ?? Mapping()
    }
}

extension Value {
    /// Of numbers, also within lists.
    var numbers: [Double] { (array ?? []).compactMap { Distribution.number($0) } }
    var rows: [[Double]] { (array ?? []).map(\.numbers) }
    var number: Double { Distribution.number(self) ?? .nan }
    subscript(_ key: String) -> Value { mapping?[key] ?? .null }
}

/// Whether numbers agree to so many parts of their size.
func near(_ actual: [Double], _ expected: [Double], _ tolerance: Double = 1e-9) -> Bool {
    actual.count == expected.count
        && zip(actual, expected).allSatisfy { ($0 - $1).magnitude <= tolerance * Swift.max(1, $1.magnitude) }
}
