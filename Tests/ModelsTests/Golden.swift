import Documents
import FileSystem
import Testing

@testable import Models

/// Files that `fixtures/models/make.py` has written.
enum Golden {
    static let folder = Paths.join(Paths.parent(#filePath), "Fixtures")

    static func path(_ name: String) -> String { Paths.join(folder, name) }

    static func bytes(_ name: String) throws -> [UInt8] { try Files.read(path(name)) }

    static func json(_ name: String) throws -> Mapping {
        try #require(try JSON.parse(try bytes(name)).mapping)
    }
}

extension Value {
    /// A list of numbers; NaN where null stands.
    var numbers: [Double] { (array ?? []).map { $0.number ?? .nan } }
    var table: [[Double]] { (array ?? []).map(\.numbers) }
}

/// The largest difference of two lists.
func distance(_ left: [Double], _ right: [Double]) -> Double {
    guard left.count == right.count else { return .infinity }
    var largest = 0.0
    for (a, b) in zip(left, right) { largest = (a - b).magnitude <= largest ? largest : (a - b).magnitude }
    return largest
}
