package import Git

/// Which Git commits a command is about beside the workspace.
package struct RevisionSelection: Sendable, Equatable {
    /// Revision expressions.
    package var revisions: [String] = []
    package var allBranches = false
    package var allTags = false
    package var allCommits = false
    package var allExperiments = false
    /// Commits of this second since 1970 or later.
    package var since: Int64?
    /// How many commits of each named revision and branch, from its tip down its first parents; all where negative.
    package var depth = 1

    package init() {}

    /// Whether no commit is selected, whatever the repository has.
    package var isEmpty: Bool {
        revisions.isEmpty && !allBranches && !allTags && !allCommits && !allExperiments && since == nil
    }
}

/// A commit with the names that it was selected by, such as `main,v1`.
package struct NamedCommit: Sendable {
    package let commit: GitCommit
    package var names: [String]

    package var name: String { names.joined(separator: ",") }
}

extension Repository {
    /// The selected commits, each once, in the order of DVC: named ones, branches, tags, dates, experiments.
    package func commits(of selection: RevisionSelection) throws -> [NamedCommit] {
        if selection.isEmpty { return [] }
        let git = try requireGit()
        var found = CommitList()
        let limit = selection.depth < 0 ? nil : selection.depth
        for revision in selection.revisions {
            try found.add(line: git.ancestors(of: git.resolve(revision), limit: limit), named: revision)
        }
        if selection.allCommits {
            for commit in try git.allCommits() { found.add(commit, commit.name.hex) }
        } else {
            if selection.allBranches {
                for (name, commit) in try git.branches() {
                    try found.add(line: git.ancestors(of: commit, limit: limit), named: name)
                }
            }
            if selection.allTags {
                for (name, commit) in try git.tags() { found.add(commit, name) }
            }
            if let since = selection.since {
                for commit in try git.commits(since: since) { found.add(commit, commit.name.hex) }
            }
        }
        if selection.allExperiments { try addExperiments(git, to: &found) }
        return found.commits
    }

    /// Commits of experiments down to the one they start from, and what waits in or failed in the queue.
    private func addExperiments(_ git: GitRepository, to found: inout CommitList) throws {
        for reference in try git.experimentReferences() {
            let parts = reference.name.split(separator: "/").map(String.init)
            guard parts.count > 2, parts[2] != "exec" else { continue }
            let tip = try git.commit(reference.target)
            // `refs/exps/<2 hex>/<38 hex>/<name>` says what the experiment starts from; other names are the queue's.
            let baseline = parts.count == 5 ? parts[2] + parts[3] : nil
            found.add(tip, tip.name.hex)
            guard let baseline, baseline.utf8.count == 40 else { continue }
            for commit in try git.ancestors(of: tip) {
                if commit.name.hex == baseline { break }
                found.add(commit, commit.name.hex)
            }
        }
    }
}

/// Commits in the order in which they were found, each with all its names.
private struct CommitList {
    private(set) var commits: [NamedCommit] = []
    private var places: [GitCommit: Int] = [:]

    mutating func add(_ commit: GitCommit, _ name: String) {
        if let place = places[commit] {
            if !commits[place].names.contains(name) { commits[place].names.append(name) }
        } else {
            places[commit] = commits.count
            commits.append(NamedCommit(commit: commit, names: [name]))
        }
    }

    mutating func add(line: [GitCommit], named name: String) {
        for (number, commit) in line.enumerated() { add(commit, number == 0 ? name : commit.name.hex) }
    }
}
