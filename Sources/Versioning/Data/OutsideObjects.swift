import Basics
import FileSystem
import Objects

/// Files anywhere on this machine by the objects that they are, to be pushed as if they were in the cache.
struct OutsideObjects: ObjectDestination {
    private var paths: [ObjectID: String] = [:]

    /// - Parameter path: a link is followed.
    mutating func add(_ id: ObjectID, at path: String) { paths[id] = Paths.resolvingLinks(path) }

    func holds(_ id: ObjectID) -> Bool { paths[id] != nil }
    func path(of id: ObjectID) -> String { paths[id] ?? "" }
    func temporaryPath(for id: ObjectID) throws -> String { throw notAStore(id) }
    func publish(temporary: String, as id: ObjectID) throws { throw notAStore(id) }

    private func notAStore(_ id: ObjectID) -> Failure {
        Failure("object \(id) can't be kept among files outside of the cache", category: .unexpected)
    }
}
