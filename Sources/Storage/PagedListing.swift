/// A listing that is fetched a page at a time.
package struct PagedListing: AsyncSequence, Sendable {
    package typealias Element = Listing
    package typealias Failure = StorageError
    /// Returns the next page, or `nil` after the last. An empty page is not the end.
    package typealias NextPage = @Sendable () async throws(StorageError) -> [Listing]?

    private let start: @Sendable () -> NextPage

    /// - Parameter start: begins a new pass over the listing.
    package init(_ start: @escaping @Sendable () -> NextPage) { self.start = start }

    package func makeAsyncIterator() -> Iterator { Iterator(next: start()) }

    package struct Iterator: AsyncIteratorProtocol {
        private let nextPage: NextPage
        private var page: [Listing] = []
        private var position = 0
        private var ended = false

        fileprivate init(next: @escaping NextPage) { nextPage = next }

        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(StorageError) -> Listing? {
            while position == page.count {
                if ended { return nil }
                if Task.isCancelled { throw .cancelled }
                guard let fetched = try await nextPage() else {
                    ended = true
                    return nil
                }
                page = fetched
                position = 0
            }
            defer { position += 1 }
            return page[position]
        }

        package mutating func next() async throws(StorageError) -> Listing? {
            try await next(isolation: nil)
        }
    }
}
