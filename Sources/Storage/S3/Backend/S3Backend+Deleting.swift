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
                if let text = XMLReader.escaped(object) { many.append((key, text)) } else { singles.append(key) }
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
        if let error = await client.errorInside(response, for: nil) { throw error }
        let failures: [S3DeleteFailure]
        do throws(XMLReader.Malformed) {
            failures = try S3DeleteFailure.all(in: response.body)
        } catch {
            throw StorageError(
                .corrupt, "the server's answer to a deletion cannot be used: \(error.detail)", place: name)
        }
        for failure in failures where failure.code != "NoSuchKey" {
            let path = failure.key.utf8.starts(with: prefix.utf8) ? failure.key.utf8.dropFirst(prefix.utf8.count) : nil
            let key = path.map { Key(String(Substring($0))) }
            first.note(await client.error(code: failure.code, message: failure.message, in: response, for: key))
        }
    }
}

/// A key that was not deleted together with others.
private struct S3DeleteFailure {
    var key = ""
    var code = "InternalError"
    var message = ""

    static func all(in body: [UInt8]) throws(XMLReader.Malformed) -> [S3DeleteFailure] {
        var reader = XMLReader(body)
        guard try reader.root() == "DeleteResult" else { throw XMLReader.Malformed(detail: "it is no DeleteResult") }
        var failures: [S3DeleteFailure] = []
        while let name = try reader.child() {
            guard name == "Error" else {
                try reader.skip()
                continue
            }
            var failure = S3DeleteFailure()
            while let field = try reader.child() {
                switch field {
                case "Key": failure.key = try reader.text()
                case "Code": failure.code = try reader.text()
                case "Message": failure.message = try reader.text()
                default: try reader.skip()
                }
            }
            failures.append(failure)
        }
        return failures
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
