package import Hashing
import Synchronization

/// An upload in parts that has begun and not ended, as far as is known without asking the store.
package struct PendingUpload: Sendable, Equatable {
    /// A part that the store has, by its own mark and by the MD5 of the bytes that were sent.
    package struct Part: Sendable, Equatable {
        package let number: Int
        package let tag: String
        package let md5: MD5Digest

        package init(number: Int, tag: String, md5: MD5Digest) {
            self.number = number
            self.tag = tag
            self.md5 = md5
        }
    }

    /// The URL of the bucket or folder.
    package let place: String
    /// The object's whole name in the bucket.
    package let object: String
    package let size: Int64
    /// Of the whole object, where it was known.
    package let md5: MD5Digest?
    package let partSize: Int64
    package let uploadID: String
    /// Seconds since 1970.
    package let begun: Int64
    package var parts: [Part] = []

    package init(
        place: String, object: String, size: Int64, md5: MD5Digest?, partSize: Int64, uploadID: String, begun: Int64
    ) {
        self.place = place
        self.object = object
        self.size = size
        self.md5 = md5
        self.partSize = partSize
        self.uploadID = uploadID
        self.begun = begun
    }

    /// Whether both are of the same bytes, cut alike.
    package func isSameContent(as other: PendingUpload) -> Bool {
        size == other.size && md5 == other.md5 && partSize == other.partSize
    }
}

/// Remembers uploads that are under way, so that a later process can go on with them.
///
/// Nothing depends on it being right: what it says is compared with what the store has, and a journal that cannot be
/// written costs no more than sending the bytes again. Hence none of its verbs throws.
package protocol UploadJournal: Sendable {
    /// All uploads at a place.
    func pending(at place: String) -> [PendingUpload]
    func begin(_ upload: PendingUpload)
    /// A part of the upload has arrived.
    func note(_ part: PendingUpload.Part, of upload: PendingUpload)
    /// The upload is complete or given up.
    func forget(_ upload: PendingUpload)
}

/// The journal of one backend: nothing where it has none.
final class PendingUploads: Sendable {
    let journal: (any UploadJournal)?
    let place: String
    private let swept = Atomic<Bool>(false)

    init(journal: (any UploadJournal)?, place: String) {
        self.journal = journal
        self.place = place
    }

    /// Whether this is the first call: what is old is looked for once in a process.
    func beginSweep() -> Bool {
        journal != nil && !swept.exchange(true, ordering: .relaxed)
    }
}
