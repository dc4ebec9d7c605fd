import CGit2

/// A Git commit, read whole; two are equal when they have the same name.
package struct GitCommit: Sendable, Hashable {
    /// A person and a moment, as recorded in a commit.
    package struct Signature: Sendable, Hashable {
        package let name: String
        package let email: String
        /// Seconds since 1970.
        package let time: Int64
        /// Minutes east of Greenwich.
        package let offset: Int
    }

    package let name: GitObjectName
    package let tree: GitObjectName
    /// The first one is what the commit was made on; a merge has more.
    package let parents: [GitObjectName]
    package let author: Signature
    package let committer: Signature
    /// The whole message, usually ending in a newline.
    package let message: String

    /// When it was committed, in seconds since 1970; what DVC sorts and filters by.
    package var time: Int64 { committer.time }

    /// The first line of the message.
    package var subject: String {
        String(message.drop(while: \.isNewline).prefix(while: { !$0.isNewline }))
    }

    package static func == (left: Self, right: Self) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension GitCommit {
    /// Reads a commit that libgit2 has looked up; nil for one that breaks its promises.
    init?(_ commit: OpaquePointer, _ git: Library) {
        guard
            let name = GitObjectName(git.call.git_commit_id(commit)),
            let tree = GitObjectName(git.call.git_commit_tree_id(commit)),
            let author = Signature(git.call.git_commit_author(commit)),
            let committer = Signature(git.call.git_commit_committer(commit))
        else { return nil }
        self.name = name
        self.tree = tree
        self.author = author
        self.committer = committer
        parents = (0..<git.call.git_commit_parentcount(commit)).compactMap {
            GitObjectName(git.call.git_commit_parent_id(commit, $0))
        }
        message = git.call.git_commit_message(commit).map { String(cString: $0) } ?? ""
    }
}

extension GitCommit.Signature {
    fileprivate init?(_ signature: UnsafePointer<git_signature>?) {
        guard let signature = signature?.pointee else { return nil }
        name = signature.name.map { String(cString: $0) } ?? ""
        email = signature.email.map { String(cString: $0) } ?? ""
        time = signature.when.time
        offset = Int(signature.when.offset)
    }
}
