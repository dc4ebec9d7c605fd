package import HTTP
import Synchronization

/// A WebDAV server, as DVC's webdav and webdavs remotes are.
///
/// An object is sent under a temporary name in its own collection, its size is compared, and then it is moved to its
/// place: nobody sees it half. Where a server cannot move, objects are sent to their place at once, and whether they can
/// be seen half-written is up to the server. Collections are listed one level at a time, since many servers refuse
/// more. `WebDAVBackend+Writing` holds the verbs that change something.
package final class WebDAVBackend: Backend {
    let session: WebSession
    package let concurrency: Int
    let parents: ParentFolders
    /// Whether moving was tried and the server cannot do it.
    let isMoveless = Atomic<Bool>(false)

    package var name: String { session.address.name }
    /// A collection of DVC's layout holds a 256th of all objects.
    package var listing: ListingCost? { ListingCost(pageSize: 100) }

    /// - Parameter address: of a webdav or webdavs URL, with `http` or `https` as its scheme.
    package init(
        _ address: WebAddress, client: HTTPClient, credentials: WebCredentials = .none, concurrency: Int = 16
    ) {
        let session = WebSession(client: client, address: address, credentials: credentials)
        self.session = session
        self.concurrency = max(1, concurrency)
        parents = ParentFolders { (folder, parents) async throws(StorageError) in
            try await Self.makeCollection(folder, parents: parents, session: session)
        }
    }

    /// The address behind a webdav or webdavs URL.
    package static func address(_ url: String) throws(StorageError) -> WebAddress {
        let isEncrypted = url.utf8.prefix(8).elementsEqual("webdavs:".utf8)
        return try WebAddress(url, scheme: isEncrypted ? "https" : "http")
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try session.check(key)
        guard let found = try await properties(path: session.address.path(of: key), depth: 0, key: key) else {
            return nil
        }
        guard let found = found.answered else { return try await session.head(key) }
        guard let resource = found.first(where: { !$0.isCollection }) else { return nil }
        guard let size = resource.size else { return try await session.head(key) }
        return Metadata(size: size, modified: resource.modified, version: resource.version)
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await session.read(key, range: range, into: sink)
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        FolderWalk.listing(under: prefix, place: name, lookahead: min(concurrency, 8)) {
            (folder) async throws(StorageError) in try await self.items(of: folder)
        }
    }

    /// The members of a collection.
    private func items(of folder: String) async throws(StorageError) -> [FolderWalk.Item]? {
        let path = session.address.path(ofFolder: folder)
        guard let found = try await properties(path: path + "/", depth: 1, key: folder.isEmpty ? nil : Key(folder))
        else { return nil }
        guard let resources = found.answered else {
            throw StorageError(
                .unsupported, "the server does not list what it has (\(found.status))", place: name,
                remedy: "let the server answer PROPFIND; without it, only pushing and pulling work")
        }
        let base = (PercentEncoding.decode(path) ?? path) + "/"
        return resources.compactMap { resource in
            guard resource.path.utf8.starts(with: base.utf8) else { return nil }
            let member = String(Substring(resource.path.utf8.dropFirst(base.utf8.count)))
            let metadata = Metadata(
                size: resource.size ?? 0, modified: resource.modified, version: resource.version)
            return FolderWalk.Item(member, resource.isCollection ? .folder : .file, metadata)
        }
    }

    /// An answer to PROPFIND.
    private struct Properties {
        let status: Int
        /// `nil` where the server does not know the question.
        let answered: [DAVResource]?
    }

    /// `nil` where there is nothing at that path.
    private func properties(path: String, depth: Int, key: Key?) async throws(StorageError) -> Properties? {
        let url = session.address.url(path: path)
        let request = HTTPRequest(
            "PROPFIND", url,
            headers: [HTTPHeader("Depth", "\(depth)"), HTTPHeader("Content-Type", "application/xml; charset=utf-8")],
            body: .bytes(DAVResource.question), followsRedirects: true)
        let response = try await session.send(request, limit: depth == 0 ? 1 << 20 : 256 << 20, key: key)
        switch response.status {
        case 404, 410: return nil
        case 405, 501: return Properties(status: response.status, answered: nil)
        case 207: break
        case 200..<300:
            throw StorageError(
                .unsupported, "the server does not answer as a WebDAV server (\(response.status))", place: name,
                remedy: "check the remote's URL")
        default: throw session.refusal(response, key: key)
        }
        var base = session.address.base
        base.path = path
        do {
            return Properties(status: 207, answered: try DAVResource.parse(response.body, base: base))
        } catch {
            throw error.at(key, in: name)
        }
    }
}

extension WebDAVBackend: FolderBackend {
    package func members(of folder: String) async throws(StorageError) -> [FolderMember]? {
        if !folder.isEmpty { try session.check(Key(folder)) }
        return try await items(of: folder).map(FolderWalk.members)
    }

    package func unfinished(in folder: String) async throws(StorageError) -> [Listing] {
        if !folder.isEmpty { try session.check(Key(folder)) }
        return FolderWalk.unfinished(try await items(of: folder) ?? [], in: folder)
    }
}
