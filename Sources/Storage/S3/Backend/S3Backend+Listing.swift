import HTTP
import Synchronization

extension S3Backend {
    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing {
            let walk = ListingWalk()
            return { () async throws(StorageError) -> [Listing]? in
                guard let position = walk.position else { return nil }
                let page = try await page(under: prefix.path, from: position, size: 1000)
                try note(page, in: walk)
                if page.isOrdered { return page.entries }
                guard position == .start else {
                    throw client.unusable(UnusableAnswer(detail: "its keys do not ascend"))
                }
                return try await sorted(page, under: prefix, walk)
            }
        }
    }

    /// Everything, for servers that list in an order of their own: SeaweedFS has `a/b` before `a-b`.
    private func sorted(
        _ first: S3ListPage, under prefix: Key, _ walk: ListingWalk
    ) async throws(StorageError) -> [Listing] {
        var entries = first.entries
        while let position = walk.position {
            if Task.isCancelled { throw .cancelled }
            let page = try await page(under: prefix.path, from: position, size: 1000)
            try note(page, in: walk)
            entries += page.entries
        }
        return entries.sorted { $0.key < $1.key }
    }

    private func note(_ page: S3ListPage, in walk: ListingWalk) throws(StorageError) {
        do throws(UnusableAnswer) {
            try walk.advance(past: page)
        } catch {
            throw client.unusable(error)
        }
    }

    /// One request for a listing.
    func page(
        under path: String, from position: S3ListPage.Position, size: Int
    ) async throws(StorageError) -> S3ListPage {
        var query: CanonicalQuery = [("prefix", prefix + path), ("max-keys", "\(size)"), ("encoding-type", "url")]
        if !usesFirstListing { query.append("list-type", "2") }
        switch position {
        case .start: break
        case .token(let token): query.append("continuation-token", token)
        case .after(let last): query.append(usesFirstListing ? "marker" : "start-after", last)
        }
        let response = try await client.send(S3Request(.get, nil, query: query))
        let document = try await client.document("ListBucketResult", in: response)
        do throws(UnusableAnswer) {
            return try S3ListPage(
                document, server: response["server"], root: prefix, isFirstForm: usesFirstListing)
        } catch {
            throw client.unusable(error)
        }
    }
}

/// How far a listing has come. A server that leads in a circle is found out.
private final class ListingWalk: Sendable {
    private struct State {
        var next: S3ListPage.Position? = .start
        var seen: Set<S3ListPage.Position> = []
        var last: String?
    }
    private let state = Mutex(State())

    var position: S3ListPage.Position? { state.withLock { $0.next } }

    func advance(past page: S3ListPage) throws(UnusableAnswer) {
        try state.withLock { (state) throws(UnusableAnswer) in
            if let next = page.next, !state.seen.insert(next).inserted {
                throw UnusableAnswer(detail: "it begins over and over again at the same place")
            }
            if page.isOrdered, let first = page.first, let last = page.last {
                if let before = state.last, !before.utf8.lexicographicallyPrecedes(first.utf8) {
                    throw UnusableAnswer(detail: "its keys do not ascend")
                }
                state.last = last
            }
            state.next = page.next
        }
    }
}
