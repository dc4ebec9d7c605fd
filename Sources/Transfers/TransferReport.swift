import Basics
package import Objects
import Storage

/// What a transfer did and did not do. Work over many objects goes on past single failures.
package struct TransferReport: Sendable {
    package struct FailedObject: Sendable {
        package let id: ObjectID
        package let error: any Error

        package init(id: ObjectID, error: any Error) {
            self.id = id
            self.error = error
        }
    }

    /// Objects that arrived, in no particular order; directory objects included.
    package var transferred: [ObjectID] = []
    /// Objects that were there and could not be moved.
    package var failed: [FailedObject] = []
    /// Objects that neither side has.
    package var missing: [ObjectID] = []
    /// Directory objects held back because a file that they list did not arrive.
    package var withheld: [ObjectID] = []
    package var bytes: Int64 = 0

    package init() {}

    package var isComplete: Bool { failed.isEmpty && missing.isEmpty }

    /// Throws one error that lists what failed; missing objects are the caller's to judge.
    ///
    /// - Parameter verb: such as `push`.
    package func throwIfFailed(_ verb: String) throws {
        guard !failed.isEmpty else { return }
        let count = failed.count == 1 ? "1 object" : "\(failed.count) objects"
        throw MultipleFailures("failed to \(verb) \(count)", failed.sorted { $0.id < $1.id }.map(\.failure))
    }
}

extension TransferReport.FailedObject {
    /// The error with the object's name in it.
    fileprivate var failure: any UserFacingError {
        guard let error = error as? any UserFacingError else { return Failure("object \(id): \(error)") }
        if let storage = error as? StorageError, storage.key == id.key { return storage }
        return Failure("object \(id): \(error.summary)", remedy: error.remedy, category: error.category)
    }
}
