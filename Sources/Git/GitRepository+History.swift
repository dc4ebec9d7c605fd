import CGit2

extension GitRepository {
    /// Every commit that HEAD, a branch, a tag or a remote's branch leads to, newest first; DVC's `--all-commits`.
    ///
    /// Experiments and stashes are not among them.
    package func allCommits() throws(GitError) -> [GitCommit] {
        try withHandle { (repository) throws(GitError) in
            var walk = HistoryWalk(isShallow: git.call.git_repository_is_shallow(repository) == 1)
            var head = git_oid()
            let status = git.call.git_reference_name_to_id(&head, repository, "HEAD")
            if try git.checkFound(status, "read HEAD") { walk.add(try commit(head, repository)) }
            for prefix in ["refs/heads/", "refs/remotes/", "refs/tags/"] {
                try forEachReference(under: prefix, repository) { (reference, name) throws(GitError) in
                    guard let id = try peeled(reference, name) else { return }
                    if !walk.hasSeen(GitObjectName(id)) { walk.add(try commit(id, repository)) }
                }
            }
            var commits: [GitCommit] = []
            while let next = walk.next() {
                commits.append(next)
                for parent in next.parents where !walk.hasSeen(parent) {
                    if let commit = try parentCommit(parent, walk.isShallow, repository) { walk.add(commit) }
                }
            }
            return commits
        }
    }

    /// Those of `allCommits` that were committed at this moment or later, in seconds since 1970.
    package func commits(since time: Int64) throws(GitError) -> [GitCommit] {
        // Clocks differ, so an old commit may have newer ones behind it.
        try allCommits().filter { $0.time >= time }
    }

    /// The commit and its first parents, newest first, at most `limit` of them; all where that is nil.
    package func ancestors(of commit: GitCommit, limit: Int? = nil) throws(GitError) -> [GitCommit] {
        if let limit, limit <= 0 { return [] }
        return try withHandle { (repository) throws(GitError) in
            let isShallow = git.call.git_repository_is_shallow(repository) == 1
            var line = [commit]
            while line.count < limit ?? .max, let parent = line[line.count - 1].parents.first {
                guard let next = try parentCommit(parent, isShallow, repository) else { break }
                line.append(next)
            }
            return line
        }
    }

    /// nil where a shallow clone ends; anywhere else a missing parent is an error.
    private func parentCommit(
        _ name: GitObjectName, _ isShallow: Bool, _ repository: OpaquePointer
    ) throws(GitError) -> GitCommit? {
        do throws(GitError) {
            return try commit(name.id, repository)
        } catch {
            if isShallow, error.reason == .missingObject { return nil }
            throw error
        }
    }
}

/// Commits waiting to be visited, the newest first: a binary heap, and the names that have ever been in it.
///
/// libgit2's own walk ends with an error at the border of a shallow clone, which most clones in CI are.
struct HistoryWalk {
    let isShallow: Bool
    private var heap: [(commit: GitCommit, order: Int)] = []
    private var seen: Set<GitObjectName> = []

    init(isShallow: Bool) { self.isShallow = isShallow }

    func hasSeen(_ name: GitObjectName) -> Bool { seen.contains(name) }

    mutating func add(_ commit: GitCommit) {
        guard seen.insert(commit.name).inserted else { return }
        heap.append((commit, seen.count))
        var child = heap.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> GitCommit? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if heap.isEmpty { return first.commit }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, smallest) {
                smallest = child
            }
            if smallest == parent { return first.commit }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }

    /// Of commits of one second, those added earlier come first, so that children stay before their parents.
    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (heap[left], heap[right])
        return a.commit.time == b.commit.time ? a.order < b.order : a.commit.time > b.commit.time
    }
}
