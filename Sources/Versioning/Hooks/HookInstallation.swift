import Basics
import Documents
import FileSystem
package import Git

/// Putting hooks and the merge driver into a Git repository: what `install` does.
package struct HookInstallation: Sendable {
    private let git: GitRepository
    /// Absolute path of the running program.
    private let program: String?

    package init(git: GitRepository, program: String?) {
        self.git = git
        self.program = program
    }

    /// Writes the three hooks, none if one of them is somebody else's, and the settings of the merge driver.
    ///
    /// Hooks of ours that are missing are written and others refreshed; when all are there it is an error, as in DVC.
    package func installHooks() throws {
        let folder = try git.hooksDirectory()
        var missing = 0
        for hook in GitHook.allCases {
            let content = try Files.readIfPresent(Paths.join(folder, hook.rawValue))
            if content == nil { missing += 1 }
            if let content, !GitHook.isOurs(content) {
                throw Self.failure(
                    "Hook '\(hook.rawValue)' already exists. Please refer to <https://man.dvc.org/install> for more info.",
                    remedy: "add `varve git-hook \(hook.rawValue) \"$@\"` to your own hook")
            }
        }
        try installMergeDriver()
        guard missing > 0 else {
            throw Self.failure(
                "Hook '\(GitHook.allCases[0].rawValue)' already exists. "
                    + "Please refer to <https://man.dvc.org/install> for more info.",
                remedy: "all hooks are varve's own already; there is nothing to install")
        }
        try Files.makeDirectory(folder)
        for hook in GitHook.allCases {
            let path = Paths.join(folder, hook.rawValue)
            try Files.write(Array(hook.script(program: program).utf8), to: path)
            try Files.setMode(path, 0o777 & ~Files.currentUmask)
        }
    }

    /// Lets Git merge `.dvc` files of folders, where `.gitattributes` says `*.dvc merge=dvc`.
    package func installMergeDriver() throws {
        try git.setConfigValue("merge.dvc.name", "DVC merge driver")
        try git.setConfigValue(
            "merge.dvc.driver", "varve git-hook merge-driver --ancestor %O --our %A --their %B ")
    }

    /// Lets `git diff` in this clone show what changed in the data behind `.dvc` files.
    package func installDiffDriver() throws {
        try git.setConfigValue("diff.varve.command", "varve diff --git-driver")
        let path = Paths.join(git.commonDirectory, "info/attributes")
        let line = "*.dvc diff=varve"
        let text = String(decoding: try Files.readIfPresent(path) ?? [], as: UTF8.self)
        guard !text.split(separator: "\n").contains(Substring(line)) else { return }
        try Files.makeDirectory(Paths.parent(path))
        let separator = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
        try Files.write(Array("\(text)\(separator)\(line)\n".utf8), to: path)
    }

    /// Adds the hooks to `.pre-commit-config.yaml` for the pre-commit tool, which then runs them.
    package func installPreCommitConfiguration() throws {
        try installMergeDriver()
        guard let workTree = git.workTree else { throw Self.failure("the Git repository has no work tree") }
        let path = Paths.join(workTree, ".pre-commit-config.yaml")
        let source = try Files.readIfPresent(path) ?? []
        do {
            guard let text = try PreCommitConfiguration(parsing: source).textWithHooks() else { return }
            try Files.write(Array(text.utf8), to: path)
        } catch let error as DocumentError {
            let place = error.line.map { " at line \($0)" } ?? ""
            throw Self.failure("'.pre-commit-config.yaml' cannot be used: \(error.message)\(place)")
        }
    }

    private static func failure(_ reason: String, remedy: String? = nil) -> Failure {
        Failure("failed to install DVC Git hooks - \(reason)", remedy: remedy)
    }
}
