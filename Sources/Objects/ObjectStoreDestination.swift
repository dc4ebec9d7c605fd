import FileSystem

/// The local place that objects are pushed from and fetched into: the cache, as transfers see it.
///
/// May be called from any thread.
package protocol ObjectDestination: Sendable {
    /// Whether the object is there and can be trusted as far as its mode and size tell.
    func holds(_ id: ObjectID) -> Bool
    /// Where the object lies or would lie.
    func path(of id: ObjectID) -> String
    /// A path in the same file system where nothing is yet, for the object's bytes while they arrive.
    func temporaryPath(for id: ObjectID) throws -> String
    /// Gives the temporary file its place. Its bytes have been checked against the ID and its mode is 0444.
    ///
    /// Where it throws, the caller removes the temporary file.
    func publish(temporary: String, as id: ObjectID) throws
    /// As `publish`, for one of many objects: it may be trusted only once `settle` has been told of it.
    func deliver(temporary: String, as id: ObjectID) throws
    /// Sees to it that objects that were delivered outlast a power failure, and lets them be trusted.
    func settle(_ ids: [ObjectID]) throws
    /// A folder in the same file system for large objects that have arrived in part; `nil` where nothing may stay.
    func partialFolder() throws -> String?
}

extension ObjectDestination {
    package func partialFolder() throws -> String? { nil }
    package func deliver(temporary: String, as id: ObjectID) throws { try publish(temporary: temporary, as: id) }
    package func settle(_ ids: [ObjectID]) throws {}

    /// Bytes of the object's file; `nil` where there is none.
    package func size(of id: ObjectID) -> Int64? {
        (try? Files.status(path(of: id), followingLinks: true))?.size
    }
}
