/// One request to an SSH server's file transfer subsystem.
package struct SFTPRequest: Sendable {
    package enum Operation: Sendable {
        /// Reads a file from an offset on, at most so many bytes.
        case read(offset: Int64, count: Int64?, receiver: any HTTPReceiver)
        /// Writes a file whole. Parents are not made.
        case write(HTTPBody)
        /// A folder's content as lines like those of `ls -l`, in `SFTPResponse.body`.
        case list
        /// Size and time of a file; nothing is read.
        case stat
        /// Runs curl's SFTP commands (`mkdir`, `rename`, `rm`, `rmdir`, `chmod`, …); one that begins with `*` may fail,
        /// another ends the request with `HTTPError.Kind.command`. Paths in them are quoted by `SFTPRequest.quoted`.
        case run([String])
    }

    /// `sftp://host[:port]/absolute/path`, percent-encoded, without user and password; a folder ends with a slash.
    package var url: String
    package var operation: Operation
    package var login: SSHLogin
    package var deadline: Duration?
    /// Commands as those of `run`, for when the operation has been done; over the same connection.
    package var afterwards: [String] = []

    package init(_ operation: Operation, _ url: String, login: SSHLogin, deadline: Duration? = nil) {
        self.operation = operation
        self.url = url
        self.login = login
        self.deadline = deadline
    }

    /// A path as an argument of a command.
    package static func quoted(_ path: String) -> String {
        var text = "\""
        for character in path.unicodeScalars {
            if character == "\"" || character == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(character)
        }
        return text + "\""
    }
}

/// How to be let in by an SSH server.
package struct SSHLogin: Sendable, Equatable {
    package var user: String?
    package var password: String?
    /// The private key's file; by default the agent's keys and `~/.ssh/id_*`.
    package var keyFile: String?
    package var passphrase: String?
    package var usesAgent = true
    /// The file of known host keys. A host that is not in it is refused.
    package var knownHosts: String

    package init(knownHosts: String) { self.knownHosts = knownHosts }
}

/// What came of an SFTP request.
package struct SFTPResponse: Sendable {
    /// The lines of a listing.
    package var body: [UInt8]
    /// Of the file that was read or looked up, where the server tells it.
    package var size: Int64?
    /// Seconds since 1970, where the server tells it.
    package var modified: Int64?
}
