import Documents
import HTTP
import Hashing
import Synchronization

extension S3Backend {
    /// How many keys one request may delete.
    private static let bulk = 1000

    package func delete(_ keys: [Key]) async throws(StorageError) {
        let first = FirstFailure()
        var singles: [Key] = []
        var many: [(key: Key, text: String)] = []
        for key in keys {
            do throws(StorageError) {
                let object = try object(key)
                if Self.fitsXML(object) { many.append((key, XML.escape(object))) } else { singles.append(key) }
            } catch {
                first.note(error)
            }
        }
        if many.count <= 2 || !bucket.deletesInBulk {
            singles += many.map(\.key)
        } else {
            for start in stride(from: 0, to: many.count, by: Self.bulk) {
                let batch = Array(many[start..<min(start + Self.bulk, many.count)])
                do throws(StorageError) {
                    try await delete(batch, noting: first)
                } catch  where error.kind == .unsupported {
                    // Some servers, such as Google's, delete one by one only.
                    bucket.deletesInBulk = false
                    singles += many[start...].map(\.key)
                    break
                } catch {
                    first.note(error)
                }
                if Task.isCancelled { throw .cancelled }
            }
        }
        await concurrentForEach(singles, limit: concurrency) { key in
            do throws(StorageError) {
                _ = try await client.send(S3Request(.delete, try object(key)), for: key, expecting: [404])
            } catch {
                first.note(error)
            }
        }
        if Task.isCancelled { throw .cancelled }
        if let error = first.error { throw error }
    }

    private func delete(
        _ batch: [(key: Key, text: String)], noting first: FirstFailure
    ) async throws(StorageError) {
        let objects = batch.map { "<Object><Key>\($0.text)</Key></Object>" }.joined()
        let document = Array(
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                + objects + "<Quiet>true</Quiet></Delete>").utf8)
        let request = S3Request(
            .post, nil, query: [("delete", "")],
            headers: [
                HTTPHeader("Content-MD5", MD5.digest(of: document).base64),
                HTTPHeader("Content-Type", "application/xml"),
            ], body: .bytes(document))
        let response = try await client.send(request)
        let result = try await client.document("DeleteResult", in: response)
        for element in result.all("Error") {
            guard let failure = S3Failure(element, in: response), failure.code != "NoSuchKey" else { continue }
            let path = element["Key"]?.text.utf8 ?? "".utf8
            let key = path.starts(with: prefix.utf8) ? Key(String(Substring(path.dropFirst(prefix.utf8.count)))) : nil
            first.note(await client.error(failure, for: key))
        }
    }

    /// Whether a document can hold the text as it is; line breaks, for one, come out as others.
    private static func fitsXML(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0xFFFE && $0.value != 0xFFFF }
    }
}

/// The first of the failures that work over many keys went on past; one that a retry may heal counts before others, so
/// that a retry comes about.
private final class FirstFailure: Sendable {
    private let first = Mutex<StorageError?>(nil)

    var error: StorageError? { first.withLock { $0 } }

    func note(_ error: StorageError) {
        first.withLock { first in
            if first == nil || first?.isRetryable == false && error.isRetryable { first = error }
        }
    }
}
