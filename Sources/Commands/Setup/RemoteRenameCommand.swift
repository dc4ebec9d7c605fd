import ArgumentParser
import Versioning

/// `varve remote rename`
struct RemoteRenameCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Rename a remote",
        discussion: examples(("varve remote rename origin store", "Call the remote 'origin' 'store'")))

    @Argument(help: "Name of the remote", completion: .remotes) var name: String
    @Argument(help: "New name") var new: String
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        try store.renameRemote(name, to: new, at: levels.level)
    }
}
