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
        under path: String, from position: S3ListPage.Position, size: Int, delimiter: String? = nil
    ) async throws(StorageError) -> S3ListPage {
        var query: CanonicalQuery = [("prefix", prefix + path), ("max-keys", "\(size)"), ("encoding-type", "url")]
        if !usesFirstListing { query.append("list-type", "2") }
        if let delimiter { query.append("delimiter", delimiter) }
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

extension S3Backend: FolderBackend {
    /// A folder is what some key has before a slash, so an empty one is none.
    package func members(of folder: String) async throws(StorageError) -> [FolderMember]? {
        let path = folder.isEmpty ? "" : folder + "/"
        let walk = ListingWalk()
        var members: [FolderMember] = []
        var isThere = folder.isEmpty
        while let position = walk.position {
            if Task.isCancelled { throw .cancelled }
            let page = try await page(under: path, from: position, size: 1000, delimiter: "/")
            try note(page, in: walk)
            if page.first != nil { isThere = true }
            func add(_ key: String, isFolder: Bool, _ metadata: Metadata = Metadata(size: 0)) {
                guard key.utf8.starts(with: path.utf8) else { return }
                let name = String(Substring(key.utf8.dropFirst(path.utf8.count)))
                guard Key(name).isSafe, !name.utf8.contains(UInt8(ascii: "/")) else { return }
                members.append(FolderMember(name: name, isFolder: isFolder, metadata: metadata))
            }
            for entry in page.entries { add(entry.key.path, isFolder: false, entry.metadata) }
            for name in page.folders where name.utf8.last == UInt8(ascii: "/") {
                isThere = true
                add(String(name.dropLast()), isFolder: true)
            }
        }
        return isThere ? members : nil
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
