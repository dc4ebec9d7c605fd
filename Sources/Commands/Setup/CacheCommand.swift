import ArgumentParser
import Basics
import Versioning

/// `varve cache`: where the bytes of tracked data are kept.
struct CacheCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Manage the cache",
        subcommands: [CacheDirCommand.self, CacheMigrateCommand.self])

    @OptionGroup var global: GlobalOptions
}

/// `varve cache dir`
struct CacheDirCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "dir", abstract: "Show or change the folder of the cache",
        discussion: examples(
            ("varve cache dir", "Show the folder"), ("varve cache dir /mnt/shared/cache", "Keep the cache elsewhere"),
            ("varve cache dir --unset", "Go back to .dvc/cache")))

    @Argument(help: "Folder, seen from here; without it the folder is shown", completion: .directory) var value: String?
    @Flag(name: .shortAndLong, help: "Go back to .dvc/cache") var unset = false
    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        // "cache.dir" has the form that a name needs.
        guard let name = OptionName("cache.dir") else { return }
        if unset {
            try store.unset(name, at: levels.level)
        } else if let value {
            try store.set(name, to: value, at: levels.level)
        } else {
            console.print(try store.cacheFolder(at: levels.level))
        }
    }
}
