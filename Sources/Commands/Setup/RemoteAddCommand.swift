import ArgumentParser
import Versioning

/// `varve remote add`
struct RemoteAddCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a remote",
        discussion: examples(
            ("varve remote add -d store s3://bucket/path", "Share data through a bucket, by default"),
            ("varve remote add nas /mnt/nas/data", "Share data through a folder")))

    @Argument(help: "Name of the remote") var name: String
    @Argument(help: "URL, or path of a folder") var url: String
    @Flag(name: [.customShort("d"), .customLong("default")], help: "Make it the default remote") var isDefault = false
    @Flag(name: .shortAndLong, help: "Overwrite a remote of this name") var force = false
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        if isDefault { console.print("Setting '\(name.lowercased())' as a default remote.") }
        try store.addRemote(name, url: url, isDefault: isDefault, overwriting: force, at: levels.level)
        SecretNotice(url, of: "url", at: levels.level)?.show(console)
    }
}
