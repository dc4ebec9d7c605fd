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
            ("varve install --use-pre-commit-tool", "Let the pre-commit tool run the hooks")))
    static let failureStatus: Int32 = 1

    @Flag(help: "Add the hooks to .pre-commit-config.yaml") var usePreCommitTool = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let root = try ProjectFolder.find(from: environment.workingDirectory)
        let settings = try SettingsStore(environment: environment, dvcFolder: Paths.join(root, ".dvc")).load()
        guard !settings.isWithoutGit, let git = try GitRepository.discover(from: root, variables: environment.variables)
        else { return }
        let installation = HookInstallation(git: git, program: ProgramFile.path)
        if usePreCommitTool {
            try installation.installPreCommitConfiguration()
        } else {
            try installation.installHooks()
        }
    }
}
