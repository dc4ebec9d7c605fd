import FileSystem

/// A Git hook that keeps data in step with Git.
package enum GitHook: String, Sendable, CaseIterable {
    // In DVC's order, in which a foreign hook is complained about.
    case postCheckout = "post-checkout"
    case preCommit = "pre-commit"
    case prePush = "pre-push"

    /// The command that the hook stands for.
    package var verb: String {
        switch self {
        case .postCheckout: "checkout"
        case .preCommit: "status"
        case .prePush: "push"
        }
    }

    /// The hook's script. It runs `varve` as found on the PATH, else the program that installed it.
    ///
    /// - Parameter program: Absolute path of that program.
    package func script(program: String?) -> String {
        var text = "#!/bin/sh\n\(Self.marker)\n"
        if let program {
            text += "command -v varve >/dev/null 2>&1 || exec \(Self.quoted(program)) git-hook \(rawValue) \"$@\"\n"
        }
        return text + "exec varve git-hook \(rawValue) \"$@\"\n"
    }

    /// Whether a hook file was written by varve.
    package static func isOurs(_ content: [UInt8]) -> Bool {
        content.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(marker.utf8) }
    }

    private static let marker = "# Written by `varve install`; remove the file to uninstall it."

    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// Whether `git-hook post-checkout` has anything to do.
    ///
    /// Git says in its third argument, pre-commit in a variable, whether a branch was checked out and not files only.
    /// In the middle of a rebase the data is left alone, so that a failing checkout cannot break it.
    ///
    /// - Parameter gitDirectory: Absolute path of the work tree's own Git folder.
    package static func concernsData(
        checkoutArguments: [String], variables: [String: String], gitDirectory: String
    ) -> Bool {
        let flag = variables["PRE_COMMIT_CHECKOUT_TYPE"] ?? checkoutArguments.dropFirst(2).first
        return flag == "1" && !Files.isDirectory(Paths.join(gitDirectory, "rebase-merge"))
    }
}
