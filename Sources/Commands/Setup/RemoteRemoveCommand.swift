import ArgumentParser
import Versioning

/// `varve remote remove`
struct RemoteRemoveCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a remote; its data stays where it is",
        discussion: examples(("varve remote remove store", "Forget the remote 'store'")))

    @Argument(help: "Name of the remote", completion: .remotes) var name: String
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        try store.removeRemote(name, at: levels.level)
    }
}
