/// Makes folders on a server before something is written into them, each once.
///
/// What is asked for twice at once is done once; what is known to be there is not asked for again.
actor ParentFolders {
    private let make: @Sendable (_ folder: String, _ parents: ParentFolders) async throws(StorageError) -> Void
    private var known: Set<String> = []
    private var pending: [String: Task<StorageError?, Never>] = [:]

    /// - Parameter make: makes one folder, which may be there already, and by `prepare` those above it.
    init(
        make: @escaping @Sendable (_ folder: String, _ parents: ParentFolders) async throws(StorageError) -> Void
    ) {
        self.make = make
    }

    func prepare(_ folder: String) async throws(StorageError) {
        while !known.contains(folder) {
            let task = pending[folder] ?? start(folder)
            let failure = await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
            if pending[folder] == task { pending[folder] = nil }
            if Task.isCancelled { throw .cancelled }
            // Somebody else who waited was cancelled, not this task.
            if let failure, failure.kind != .cancelled { throw failure }
        }
    }

    /// Somebody else has removed folders.
    func forget() { known = [] }

    private func start(_ folder: String) -> Task<StorageError?, Never> {
        let task = Task { () -> StorageError? in
            do throws(StorageError) {
                try await make(folder, self)
                known.insert(folder)
                return nil
            } catch {
                return error
            }
        }
        pending[folder] = task
        return task
    }
}
