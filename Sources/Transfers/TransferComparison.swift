package import Objects
package import Storage

/// Where the objects of a plan are: what `status --cloud` tells.
package struct TransferComparison: Sendable, Equatable {
    /// In the cache and in the store.
    package var both: Set<ObjectID> = []
    /// Only in the cache: a push would bring them.
    package var new: Set<ObjectID> = []
    /// Only in the store: a fetch would bring them.
    package var deleted: Set<ObjectID> = []
    /// In neither.
    package var missing: Set<ObjectID> = []

    package init(
        of plan: TransferPlan, cache: some ObjectDestination, store: ObjectStore, thorough: Bool? = nil
    ) async throws(StorageError) {
        let remote = try await ObjectStatus(of: store, thorough: thorough).present(of: plan)
        for id in plan.objects {
            switch (cache.holds(id), remote.contains(id)) {
            case (true, true): both.insert(id)
            case (true, false): new.insert(id)
            case (false, true): deleted.insert(id)
            case (false, false): missing.insert(id)
            }
        }
    }
}
