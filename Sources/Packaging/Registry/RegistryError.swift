package import Basics
import Documents
import HTTP

/// A registry that refuses, or answers nonsense.
package struct RegistryError: UserFacingError, Equatable {
    package enum Reason: Sendable, Equatable {
        /// It asks for a name and password that it was not given, or does not take those it was given.
        case unauthorized
        case denied
        case missing
        /// Any other status.
        case status(Int)
        /// An answer that the protocol does not know.
        case malformed
    }

    package let reason: Reason
    package let summary: String

    package init(_ reason: Reason, _ summary: String) {
        self.reason = reason
        self.summary = summary
    }

    /// Of an answer to an attempt at something.
    init(_ response: HTTPResponse, _ attempt: String, at reference: RegistryReference) {
        let place = "\(reference.host)/\(reference.repository)"
        let said = Self.message(response.body)
        let tail = said.map { ": " + $0.printableText } ?? ""
        switch response.status {
        case 401: self.init(.unauthorized, "\(reference.host) wants to know who you are before you \(attempt)\(tail)")
        case 403:
            self.init(.denied, "\(reference.host) does not let you \(attempt) in '\(reference.repository)'\(tail)")
        case 404: self.init(.missing, "there is nothing to \(attempt) at \(place)\(tail)")
        default:
            self.init(
                .status(response.status), "\(place) answers \(response.status) to the attempt to \(attempt)\(tail)")
        }
    }

    package var remedy: String? {
        switch reason {
        case .unauthorized: "log in with `docker login`, `podman login` or `skopeo login`; varve reads what they write"
        case .denied: "ask who runs the registry for the right, or name another repository"
        case .missing: "check the name and the tag"
        case .status, .malformed: nil
        }
    }

    package var category: ErrorCategory { .failure }

    /// The first message of an error document.
    private static func message(_ body: [UInt8]) -> String? {
        guard body.count < 1 << 16, let fields = try? JSON.parse(body, duplicateKeys: .overwriting).mapping,
            let first = fields["errors"]?.array?.first?.mapping
        else { return nil }
        return first["message"]?.string ?? first["code"]?.string
    }
}
