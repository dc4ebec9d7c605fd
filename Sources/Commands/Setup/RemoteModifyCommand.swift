import ArgumentParser
import Versioning

/// `varve remote modify`
struct RemoteModifyCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "modify", abstract: "Change the options of a remote",
        discussion: examples(
            ("varve remote modify store endpointurl https://s3.example.com", "Use another S3 server"),
            ("varve remote modify --local store secret_access_key KEY", "Set a secret, which stays out of Git"),
            ("varve remote modify store jobs --unset", "Go back to the initial value")))

    @Argument(help: "Name of the remote", completion: .remotes) var name: String
    @Argument(help: "Name of the option") var option: String
    @Argument(help: "Value to give it") var value: String?
    @Flag(name: .shortAndLong, help: "Remove the option") var unset = false
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        if value == nil && !unset {
            throw SettingsError(
                "option '\(option)' needs a value", remedy: "give a value, or --unset to remove the option")
        }
        try store.modifyRemote(name, option: option, value: unset ? nil : value, at: levels.level)
        if let value, !unset { SecretNotice(value, of: option, at: levels.level)?.show(console) }
    }
}
