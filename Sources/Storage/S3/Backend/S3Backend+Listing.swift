import HTTP
import Synchronization

extension S3Backend {
    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing {
            let walk = ListingWalk()
            return { () async throws(StorageError) -> [Listing]? in
                guard let position = walk.position else { return nil }
                let page = try await page(under: prefix.path, from: position, size: 1000)
                do throws(XMLReader.Malformed) {
                    try walk.advance(past: page)
                } catch {
                    throw unlistable(error)
                }
                return page.entries
            }
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
        if let error = await client.errorInside(response, for: nil) { throw error }
        do throws(XMLReader.Malformed) {
            return try S3ListPage(response.body, root: prefix, isFirstForm: usesFirstListing)
        } catch {
            throw unlistable(error)
        }
    }

    func unlistable(_ error: XMLReader.Malformed) -> StorageError {
        StorageError(
            .corrupt, "the server's listing cannot be used: \(error.detail)", place: name,
            remedy: "see whether the endpoint is an S3 server, and not a login page or a console")
    }
}

/// How far a listing has come. A server that gives the same page again and again is found out.
private final class ListingWalk: Sendable {
    private let state = Mutex<(next: S3ListPage.Position?, last: String?)>((.start, nil))

    var position: S3ListPage.Position? { state.withLock { $0.next } }

    func advance(past page: S3ListPage) throws(XMLReader.Malformed) {
        try state.withLock { (state) throws(XMLReader.Malformed) in
            if let next = page.next, next == state.next {
                throw XMLReader.Malformed(detail: "it begins over and over again at the same place")
            }
            if let last = page.last {
                if let before = state.last, !before.utf8.lexicographicallyPrecedes(last.utf8) {
                    throw XMLReader.Malformed(detail: "its keys do not ascend")
                }
                state.last = last
            }
            state.next = page.next
        }
    }
}
