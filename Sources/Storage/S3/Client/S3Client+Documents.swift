import Documents
import HTTP

/// An answer that is XML, but not what S3 says.
struct UnusableAnswer: Error {
    /// As a clause.
    let detail: String
}

extension S3Client {
    /// Deep enough for every answer of S3, and a page of a listing is far from these limits.
    static let limits = DocumentLimits(bytes: 64 << 20, depth: 16)

    /// The document that the body of a success must be.
    ///
    /// Where the server had begun to answer before it failed, the document is an error; then that is thrown.
    ///
    /// - Parameter root: the name of its outermost element.
    func document(
        _ root: String, in response: HTTPResponse, for key: Key? = nil
    ) async throws(StorageError) -> XMLElement {
        let document: XMLElement
        do throws(DocumentError) {
            document = try XML.parse(response.body, limits: Self.limits)
        } catch {
            throw unusable(UnusableAnswer(detail: "it is no XML (\(error.message))"), key)
        }
        if document.name == root { return document }
        guard let failure = S3Failure(document, in: response) else {
            throw unusable(UnusableAnswer(detail: "it is no \(root)"), key)
        }
        throw await error(failure, for: key)
    }

    func unusable(_ answer: UnusableAnswer, _ key: Key? = nil) -> StorageError {
        StorageError(
            .corrupt, "the server's answer cannot be used: \(answer.detail)", key: key, place: name,
            remedy: "see whether the endpoint is an S3 server, and not a login page or a console")
    }

    /// A failure that stands in an answer that is a success as a whole.
    func error(_ failure: S3Failure, for key: Key?) async -> StorageError {
        let login = try? await credentials.current()
        let error = failure.error(key: key, place: name, hiding: login)
        let isKnown = error.kind != .other || failure.code.hasPrefix("NoSuch") || failure.code.hasPrefix("Invalid")
        return isKnown ? error : StorageError(.unreachable, error.detail, key: key, place: name)
    }
}
