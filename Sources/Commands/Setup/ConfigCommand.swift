import ArgumentParser
import Basics
import Versioning

/// `varve config`: reads and changes options in settings files.
struct ConfigCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Get or set settings",
        discussion: examples(
            ("varve config core.autostage true", "Stage files that varve writes in Git"),
            ("varve config cache.type reflink,hardlink,copy", "Choose how workspace files share the cache's bytes"),
            ("varve config --local remote.store.password secret", "Set a secret, which stays out of Git"),
            ("varve config --list --show-origin", "Show all settings and their files")))

    @Argument(help: "Name of the option: section.option or remote.name.option") var name: String?
    @Argument(help: "Value to give it") var value: String?
    @Flag(name: .shortAndLong, help: "Remove the option") var unset = false
    @Flag(name: .shortAndLong, help: "List all options that are set") var list = false
    @Flag(help: "Show the file that each value comes from") var showOrigin = false
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        // A malformed name is refused before anything else, as argparse would.
        let option = try name.map { text throws(UsageError) -> OptionName in
            guard let option = OptionName(text) else { throw .argument("name", OptionName.expectation) }
            return option
        }
        if showOrigin && (unset || value?.isEmpty == false) {
            throw Failure("--show-origin can't be used together with any of these options: -u/--unset, value")
        }
        if list {
            guard name == nil, value == nil, !unset else {
                throw Failure("-l/--list can't be used together with any of these options: -u/--unset, name, value")
            }
            for entry in try store.entries(at: levels.level) {
                let option = String(entry.name.split(separator: ".").last ?? "")
                let shown = SettingsSecrets.shown(entry.value, of: option)
                console.print(origin(of: entry) + "\(entry.name)=\(shown)")
            }
            return
        }
        guard let option else { throw Failure("name argument is required") }
        if unset {
            try store.unset(option, at: levels.level)
        } else if let value {
            try store.set(option, to: value, at: levels.level)
            SecretNotice(value, of: option.option, at: levels.level)?.show(console)
        } else {
            if let entry = try store.entry(option, at: levels.level) { console.print(origin(of: entry) + entry.value) }
            return
        }
        if option.path == ["cache", "type"] {
            console.warn(
                "You have changed the 'cache.type' option. This doesn't update any existing workspace file links, "
                    + "but it can be done with: varve checkout --relink")
        }
    }

    private func origin(of entry: SettingsEntry) -> String { showOrigin ? entry.origin + "\t" : "" }
}
