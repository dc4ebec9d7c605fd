package import Basics
import Documents
import FileSystem
import HTTP
import Hashing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Remembers where uploads of large blobs are under way, so that a later process can go on with them.
///
/// There is a small file for each, which only the user can read, and a lock beside it, so that two processes never send
/// to one place. Nothing depends on a note being right: the registry is asked what it has, and a note that cannot be
/// written costs no more than sending the blob again.
package struct UploadNotes: Sendable {
    let folder: String
    /// How old a note becomes, in seconds; registries don't keep uploads for longer.
    private static let lifetime: Int64 = 7 * 86400

    /// - Parameter folder: need not exist; private to the user when it is made.
    package init(folder: String) { self.folder = folder }

    /// In the project that holds the working directory, else where the user's own state is; `nil` where there is neither.
    package init?(_ environment: HostEnvironment) {
        guard let place = environment.projectScratch ?? environment.stateFolder else { return nil }
        self.init(folder: Paths.join(place, "package-uploads"))
    }

    /// Takes the note of a blob, whether there is one already or not; `nil` where another process is sending the blob,
    /// or notes cannot be kept.
    ///
    /// - Parameter base: what the URLs of the repository begin with.
    func claim(_ blob: Descriptor, at base: String) -> UploadNote? {
        do {
            try Files.makeDirectory(Paths.parent(folder))
            try Files.makeDirectory(folder, mode: 0o700)
        } catch { return nil }
        removeOld()
        let name = String(SHA256.hex(of: Array("\(base)\0\(blob.digest)".utf8)).prefix(32))
        let path = Paths.join(folder, name + Self.ending)
        guard let lock = try? Self.lock(path) else { return nil }
        return UploadNote(path: path, lock: lock, base: base, digest: blob.digest)
    }

    fileprivate static let ending = ".upload"
    fileprivate static func lockPath(_ note: String) -> String { note + ".lock" }
    private static func lock(_ note: String) throws -> FileLock {
        try FileLock.acquire(lockPath(note), content: "", wait: .seconds(0))
    }

    private func removeOld() {
        let oldest = Int64(time(nil)) - Self.lifetime
        for name in (try? Files.names(in: folder)) ?? [] {
            let path = Paths.join(folder, name)
            guard let status = try? Files.status(path), status.modified / 1_000_000_000 < oldest else { continue }
            let note = name.hasSuffix(".lock") ? String(path.dropLast(5)) : path
            guard let lock = try? Self.lock(note) else { continue }
            try? Files.remove(note)
            try? Files.remove(Self.lockPath(note))
            lock.release()
        }
    }
}

/// The note of one blob, held by this process until the last reference goes.
final class UploadNote: Sendable {
    private let path: String
    private let lock: FileLock
    private let base: String
    private let digest: ContentDigest

    fileprivate init(path: String, lock: FileLock, base: String, digest: ContentDigest) {
        self.path = path
        self.lock = lock
        self.base = base
        self.digest = digest
    }

    deinit {
        if !Files.exists(path) { try? Files.remove(UploadNotes.lockPath(path)) }
        lock.release()
    }

    /// Where an earlier process left the upload.
    func place() -> UploadPlace? {
        guard let bytes = try? Files.readIfPresent(path, limit: 1 << 16),
            let fields = try? JSON.parse(bytes).mapping, fields["repository"]?.string == base,
            fields["digest"]?.string == digest.text, let location = fields["location"]?.string,
            let url = Self.url(location, below: base)
        else { return nil }
        return UploadPlace(url: url, smallestPiece: Int64(max(0, fields["smallest_piece"]?.int ?? 0)))
    }

    /// Notes where the upload goes on; a place that must not be noted makes the note go away.
    func keep(_ place: UploadPlace) {
        guard let location = Self.location(place.url, below: base) else { return drop() }
        var fields = Mapping()
        fields["repository"] = .string(base)
        fields["digest"] = .string(digest.text)
        fields["location"] = .string(location)
        if place.smallestPiece > 0 { fields["smallest_piece"] = .int(Int(place.smallestPiece)) }
        do {
            try Files.write(
                Array((JSON.emitPython(.mapping(fields)) + "\n").utf8), to: path, mode: 0o600, sync: false)
        } catch { drop() }
    }

    /// The upload is complete.
    func drop() { try? Files.remove(path) }

    // MARK: Places

    /// The path and query of a place below the repository; `nil` for all others, so that a note can neither lead
    /// elsewhere nor tell the key to a store behind the registry.
    private static func location(_ url: String, below base: String) -> String? {
        guard let own = URLParts(base), let place = URLParts(url), own.isSameOrigin(as: place), place.userInfo == nil,
            isBelow(place.path, own.path), isHarmless(place.query)
        else { return nil }
        return place.path + (place.query.map { "?" + $0 } ?? "")
    }

    private static func url(_ location: String, below base: String) -> String? {
        guard location.hasPrefix("/"), !location.hasPrefix("//"), let own = URLParts(base),
            let place = URLParts(location, relativeTo: own), self.location(place.text, below: base) != nil
        else { return nil }
        return place.text
    }

    private static func isBelow(_ path: String, _ folder: String) -> Bool {
        guard path.utf8.starts(with: folder.utf8), path.utf8.count <= 2048 else { return false }
        // Neither dots nor anything that a server may take for them.
        return !path.utf8.contains(UInt8(ascii: "%")) && !path.utf8.contains(UInt8(ascii: "\\"))
            && !path.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == "." || $0 == ".." }
    }

    /// Whether a query only says where the upload is, as `_state` does, and lets nobody in.
    private static func isHarmless(_ query: String?) -> Bool {
        let fields = (query ?? "").utf8.count <= 8192 ? (query ?? "").lowercased().split(separator: "&") : ["key"]
        return fields.allSatisfy { field in
            let name = field.prefix { $0 != "=" }
            return !["token", "sig", "cred", "passw", "secret", "auth", "key", "jwt"].contains { name.contains($0) }
        }
    }
}

/// Where an upload goes on.
struct UploadPlace: Sendable, Equatable {
    var url: String
    /// The registry refuses pieces that are smaller, but for the last.
    var smallestPiece: Int64 = 0
    /// What the registry has already.
    var offset: Int64 = 0
    /// What it had from an earlier process; `nil` where this one began the upload.
    var resumedAt: Int64?
}
