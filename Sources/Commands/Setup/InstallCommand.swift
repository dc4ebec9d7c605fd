import ArgumentParser
import Basics
import FileSystem
import Git
import Versioning

/// `varve install`
struct InstallCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Install Git hooks that keep data in step with Git",
        discussion: examples(
            ("varve install", "Check out data with branches and push it with commits"),
            ("varve install --use-pre-commit-tool", "Let the pre-commit tool run the hooks"),
            ("varve install --diff-driver", "Let `git diff` show what changed in the data behind .dvc files")))
    static let failureStatus: Int32 = 1

    @Flag(help: "Add the hooks to .pre-commit-config.yaml") var usePreCommitTool = false
    @Flag(help: "Set up nothing but this: `git diff` in this clone shows changes of the data behind .dvc files")
    var diffDriver = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let root = try ProjectFolder.find(from: environment.workingDirectory)
        let settings = try SettingsStore(environment: environment, dvcFolder: Paths.join(root, ".dvc")).load()
        guard !settings.isWithoutGit, let git = try GitRepository.discover(from: root, variables: environment.variables)
        else { return }
        let installation = HookInstallation(git: git, program: ProgramFile.path)
        if diffDriver {
            try installation.installDiffDriver()
        } else if usePreCommitTool {
            try installation.installPreCommitConfiguration()
        } else {
            try installation.installHooks()
        }
    }
}
