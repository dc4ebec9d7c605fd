import CGit2

extension GitRepository {
    /// The commit that a revision expression names: a branch, a tag, `HEAD~2`, `main@{1}`, part of an object name, …
    ///
    /// A name that is nothing here but is a branch of exactly one remote means that branch, as in DVC.
    package func resolve(_ revision: String) throws(GitError) -> GitCommit {
        guard RepositoryPath.isPlain(revision), !revision.isEmpty else {
            throw GitError(.unknownRevision(revision))
        }
        return try withHandle { (repository) throws(GitError) in
            switch try lookUp(revision, repository) {
            case .found(let id): return try commit(id, repository)
            case .ambiguous: return try commit(inAmbiguous: revision, repository)
            case .unknown: return try commit(ofRemoteBranch: revision, repository)
            }
        }
    }

    /// Reads a commit by its name.
    package func commit(_ name: GitObjectName) throws(GitError) -> GitCommit {
        try withHandle { (repository) throws(GitError) in try commit(name.id, repository) }
    }

    func commit(_ id: git_oid, _ repository: OpaquePointer) throws(GitError) -> GitCommit {
        var id = id
        var found: OpaquePointer?
        let name = GitObjectName(id)
        try git.check(git.call.git_commit_lookup(&found, repository, &id), "read the Git commit \(name.short)")
        guard let pointer = found else { throw damaged(name) }
        defer { git.call.git_commit_free(pointer) }
        guard let commit = GitCommit(pointer, git) else { throw damaged(name) }
        return commit
    }

    private func damaged(_ name: GitObjectName) -> GitError {
        GitError(.failure, doing: "read the Git commit \(name.short)", detail: "it is damaged")
    }

    private enum LookUp {
        case found(git_oid), ambiguous, unknown
    }

    private func lookUp(_ revision: String, _ repository: OpaquePointer) throws(GitError) -> LookUp {
        var object: OpaquePointer?
        let status = git.call.git_revparse_single(&object, repository, revision)
        switch status {
        case GIT_EAMBIGUOUS.rawValue: return .ambiguous
        case GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue, GIT_EPEEL.rawValue: return .unknown
        case ..<0:
            // What is wrong with the expression comes as a plain failure too; what is wrong with objects is told.
            let error = git.lastError(status, "resolve the Git revision '\(revision)'")
            let ofExpression = [GIT_ERROR_INVALID, GIT_ERROR_REFERENCE, GIT_ERROR_REGEX, GIT_ERROR_NONE]
            if ofExpression.contains(where: { Int32($0.rawValue) == error.libraryClass }) { return .unknown }
            throw error
        default: break
        }
        defer { git.call.git_object_free(object) }
        var peeled: OpaquePointer?
        guard git.call.git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0 else { return .unknown }
        defer { git.call.git_object_free(peeled) }
        guard let id = git.call.git_object_id(peeled) else { return .unknown }
        return .found(id.pointee)
    }

    /// Git takes an abbreviated name that a commit shares with trees and files for the commit's; libgit2 gives up.
    private func commit(inAmbiguous revision: String, _ repository: OpaquePointer) throws(GitError) -> GitCommit {
        let digits = revision.prefix { $0.isASCII && $0.isHexDigit }
        let rest = revision.dropFirst(digits.count)
        if digits.count >= 4, rest.isEmpty || rest.first == "~" || rest.first == "^" {
            let candidates = try commits(startingWith: String(digits), repository)
            if candidates.count == 1, case .found(let id) = try lookUp(candidates[0].hex + rest, repository) {
                return try commit(id, repository)
            }
        }
        throw GitError(.ambiguousRevision(revision))
    }

    private func commits(startingWith digits: String, _ repository: OpaquePointer) throws(GitError) -> [GitObjectName] {
        var found: OpaquePointer?
        try git.check(git.call.git_repository_odb(&found, repository), "open the Git objects")
        defer { git.call.git_odb_free(found) }
        let search = PrefixSearch(digits)
        let status = git.call.git_odb_foreach(
            found,
            { id, payload in
                guard let id, let payload else { return 0 }
                Unmanaged<PrefixSearch>.fromOpaque(payload).takeUnretainedValue().consider(id.pointee)
                return 0
            }, Unmanaged.passUnretained(search).toOpaque())
        try git.check(status, "list the Git objects")
        return withExtendedLifetime(search) {
            search.matches.filter { name in
                var id = name.id
                var size = 0
                var type = GIT_OBJECT_ANY
                let status = git.call.git_odb_read_header(&size, &type, found, &id)
                return status == 0 && (type == GIT_OBJECT_COMMIT || type == GIT_OBJECT_TAG)
            }
        }
    }

    private func commit(ofRemoteBranch name: String, _ repository: OpaquePointer) throws(GitError) -> GitCommit {
        var remotes = git_strarray()
        try git.check(git.call.git_remote_list(&remotes, repository), "list the Git remotes")
        defer { git.call.git_strarray_dispose(&remotes) }
        var targets: Set<GitObjectName> = []
        for index in 0..<remotes.count {
            guard let raw = remotes.strings[index] else { continue }
            var id = git_oid()
            let reference = "refs/remotes/\(String(cString: raw))/\(name)"
            if git.call.git_reference_name_to_id(&id, repository, reference) == 0 { targets.insert(GitObjectName(id)) }
        }
        guard let target = targets.first else { throw GitError(.unknownRevision(name)) }
        if targets.count > 1 { throw GitError(.ambiguousRevision(name)) }
        return try commit(target.id, repository)
    }
}

/// Gathers the names that start with some digits.
private final class PrefixSearch {
    private let digits: String
    private(set) var matches: Set<GitObjectName> = []

    init(_ digits: String) { self.digits = digits.lowercased() }

    func consider(_ id: git_oid) {
        let name = GitObjectName(id)
        if name.hex.hasPrefix(digits) { matches.insert(name) }
    }
}
