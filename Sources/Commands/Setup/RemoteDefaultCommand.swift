import ArgumentParser
import Versioning

/// `varve remote default`
struct RemoteDefaultCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Show, set or unset the default remote",
        discussion: examples(
            ("varve remote default", "Show the default remote"),
            ("varve remote default store", "Use 'store' where no remote is named")))

    @Argument(help: "Name of the remote", completion: .remotes) var name: String?
    @Flag(name: .shortAndLong, help: "Have no default remote") var unset = false
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        if name != nil || unset {
            try store.setDefaultRemote(unset ? nil : name, at: levels.level)
        } else if let remote = try store.defaultRemote(at: levels.level) {
            console.print(remote)
        } else {
            console.print("No default remote set")
            throw ExitCode(1)
        }
    }
}
