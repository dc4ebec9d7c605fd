package import ArgumentParser
package import Basics

/// Kinds of words that only the repository knows; shells ask for them with `varve __complete KIND -- PREFIX`.
package enum CompletedWord: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Pointer files, the data they stand for, and stages.
    case targets
    /// Names of remotes.
    case remotes
    /// Branches and tags.
    case revisions
}

/// Knows the words of the repository around a folder.
///
/// A person waits for the answer with a finger on the key: it takes milliseconds, and what cannot be read is left out.
package protocol CompletionSource: Sendable {
    /// Words of one kind that begin with `prefix`, in any order, perhaps more than once.
    func words(_ kind: CompletedWord, beginningWith prefix: String, in environment: HostEnvironment) -> [String]
}

extension CompletionKind {
    /// Completed by pointer files, tracked data and stages.
    package static var targets: CompletionKind { repositoryWord(.targets) }
    /// Completed by names of remotes.
    package static var remotes: CompletionKind { repositoryWord(.remotes) }
    /// Completed by branches and tags.
    package static var revisions: CompletionKind { repositoryWord(.revisions) }

    /// ArgumentParser carries the command to the description that our scripts are made from.
    private static func repositoryWord(_ kind: CompletedWord) -> CompletionKind {
        .shellCommand("varve __complete \(kind.rawValue)")
    }
}
