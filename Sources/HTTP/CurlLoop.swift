/// Runs the transfers of a client.
final class CurlLoop: Sendable {
    enum Work: Sendable {
        case http(HTTPRequest, limit: Int, receiver: (any HTTPReceiver)?)
        case sftp(SFTPRequest)
    }

    init(_ configuration: HTTPConfiguration) {}

    func run(_ work: Work) async throws(HTTPError) -> HTTPResponse {
        throw HTTPError(.unsupported, "libcurl cannot be opened")
    }

    func stop() {}
}
