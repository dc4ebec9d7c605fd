import CGit2

/// A Git reference that names an object directly.
package struct GitReference: Sendable, Hashable {
    /// The whole name, such as `refs/heads/main`.
    package let name: String
    package let target: GitObjectName
}

extension GitRepository {
    /// The commit that is checked out; nil while there is none yet.
    package func head() throws(GitError) -> GitCommit? {
        try withHandle { (repository) throws(GitError) in
            var id = git_oid()
            let status = git.call.git_reference_name_to_id(&id, repository, "HEAD")
            guard try git.checkFound(status, "read HEAD") else { return nil }
            return try commit(id, repository)
        }
    }

    /// The branch that is checked out, also one without commits; nil when HEAD is detached.
    package func headBranchName() throws(GitError) -> String? {
        try withHandle { (repository) throws(GitError) in
            var reference: OpaquePointer?
            guard try git.checkFound(git.call.git_reference_lookup(&reference, repository, "HEAD"), "read HEAD") else {
                return nil
            }
            defer { git.call.git_reference_free(reference) }
            guard let raw = git.call.git_reference_symbolic_target(reference) else { return nil }
            let target = String(cString: raw)
            return target.hasPrefix("refs/heads/") ? String(target.dropFirst("refs/heads/".count)) : nil
        }
    }

    /// Local branches in byte order of their names.
    package func branches() throws(GitError) -> [(name: String, commit: GitCommit)] {
        try commits(named: "refs/heads/")
    }

    /// Tags of commits, annotated ones followed to the commit, in byte order of their names.
    package func tags() throws(GitError) -> [(name: String, commit: GitCommit)] {
        try commits(named: "refs/tags/")
    }

    /// References of DVC experiments, `refs/exps/…`, among them those of its queue and its executor.
    package func experimentReferences() throws(GitError) -> [GitReference] {
        try references(under: "refs/exps/")
    }

    /// Direct references whose name starts so, in byte order; symbolic ones are left out.
    package func references(under prefix: String) throws(GitError) -> [GitReference] {
        try withHandle { (repository) throws(GitError) in
            var references: [GitReference] = []
            try forEachReference(under: prefix, repository) { (reference, name) throws(GitError) in
                guard git.call.git_reference_type(reference) == GIT_REFERENCE_DIRECT else { return }
                var id = git_oid()
                try git.check(
                    git.call.git_reference_name_to_id(&id, repository, name), "read the Git reference '\(name)'")
                references.append(GitReference(name: name, target: GitObjectName(id)))
            }
            return references.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    private func commits(named prefix: String) throws(GitError) -> [(name: String, commit: GitCommit)] {
        try withHandle { (repository) throws(GitError) in
            var commits: [(name: String, commit: GitCommit)] = []
            try forEachReference(under: prefix, repository) { (reference, name) throws(GitError) in
                guard let id = try peeled(reference, name) else { return }
                commits.append((String(name.dropFirst(prefix.count)), try commit(id, repository)))
            }
            return commits.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// The commit a reference leads to; nil for a tag of something else and for a symbolic one that leads nowhere.
    func peeled(_ reference: OpaquePointer, _ name: String) throws(GitError) -> git_oid? {
        var object: OpaquePointer?
        let status = git.call.git_reference_peel(&object, reference, GIT_OBJECT_COMMIT)
        if status == GIT_EPEEL.rawValue || status == GIT_EINVALIDSPEC.rawValue { return nil }
        guard try git.checkFound(status, "read the Git reference '\(name)'") else { return nil }
        defer { git.call.git_object_free(object) }
        return git.call.git_object_id(object)?.pointee
    }

    func forEachReference(
        under prefix: String, _ repository: OpaquePointer,
        _ body: (_ reference: OpaquePointer, _ name: String) throws(GitError) -> Void
    ) throws(GitError) {
        var iterator: OpaquePointer?
        try git.check(
            git.call.git_reference_iterator_glob_new(&iterator, repository, prefix + "*"), "list Git references")
        defer { git.call.git_reference_iterator_free(iterator) }
        while true {
            var next: OpaquePointer?
            let status = git.call.git_reference_next(&next, iterator)
            if status == GIT_ITEROVER.rawValue { return }
            try git.check(status, "list Git references")
            guard let reference = next else { return }
            defer { git.call.git_reference_free(reference) }
            guard let name = git.call.git_reference_name(reference) else { continue }
            try body(reference, String(cString: name))
        }
    }
}
