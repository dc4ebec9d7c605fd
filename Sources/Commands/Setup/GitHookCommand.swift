import ArgumentParser
import Basics
import FileSystem
import Git
import Versioning

/// `varve git-hook`: what the hooks that `install` writes call.
struct GitHookCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "git-hook", abstract: "Run a Git hook", shouldDisplay: false,
        subcommands: [
            PreCommitHookCommand.self, PostCheckoutHookCommand.self, PrePushHookCommand.self, MergeDriverCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}

/// A hook that runs another command of ours; outside of a project it does nothing.
protocol GitHookVerbCommand: VarveCommand {
    static var hook: GitHook { get }
    var args: [String] { get }
}

extension GitHookVerbCommand {
    static func words(for hook: GitHook) -> CommandConfiguration {
        CommandConfiguration(
            commandName: hook.rawValue, abstract: "Run `varve \(hook.verb)` for Git's \(hook.rawValue) hook",
            discussion: examples(("varve git-hook \(hook.rawValue)", "As Git calls it")))
    }

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        guard (try? ProjectFolder.find(from: environment.workingDirectory)) != nil else { return }
        if Self.hook == .postCheckout {
            let git = try GitRepository.discover(
                from: environment.workingDirectory, variables: environment.variables)
            guard
                let git,
                GitHook.concernsData(
                    checkoutArguments: args, variables: environment.variables, gitDirectory: git.gitDirectory)
            else { return }
        }
        console.flush()
        let program = Program(
            arguments: [console.invocation.programName, Self.hook.verb], environment: environment,
            streams: .ofProcess(), changeDirectory: { $0 })
        let status = await program.run()
        if status != ExitStatus.success { throw ExitCode(status) }
    }
}

struct PreCommitHookCommand: GitHookVerbCommand {
    static let hook = GitHook.preCommit
    static let configuration: CommandConfiguration = words(for: .preCommit)

    @Argument(help: "What Git or the pre-commit tool adds") var args: [String] = []
    @OptionGroup var global: GlobalOptions
}

struct PostCheckoutHookCommand: GitHookVerbCommand {
    static let hook = GitHook.postCheckout
    static let configuration: CommandConfiguration = words(for: .postCheckout)

    @Argument(help: "What Git or the pre-commit tool adds") var args: [String] = []
    @OptionGroup var global: GlobalOptions
}

struct PrePushHookCommand: GitHookVerbCommand {
    static let hook = GitHook.prePush
    static let configuration: CommandConfiguration = words(for: .prePush)

    @Argument(help: "What Git or the pre-commit tool adds") var args: [String] = []
    @OptionGroup var global: GlobalOptions
}
