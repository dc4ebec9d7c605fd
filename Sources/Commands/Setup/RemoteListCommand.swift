import ArgumentParser
import Versioning

/// `varve remote list`
struct RemoteListCommand: SettingsCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the remotes",
        discussion: examples(("varve remote list", "Show names, URLs and the default remote")))

    @OptionGroup var levels: LevelOptions
    @OptionGroup var global: GlobalOptions

    func execute(on store: SettingsStore, _ console: Console) throws {
        for remote in try store.remoteEntries(at: levels.level) {
            let line =
                "\(remote.name)\t\(RemoteURL.withoutPassword(remote.url))" + (remote.isDefault ? "\t(default)" : "")
            console.print(Self.expandingTabs(line))
        }
    }

    /// Tabs as the blanks up to the next multiple of eight columns, which is what DVC prints.
    static func expandingTabs(_ line: String) -> String {
        var result = ""
        var column = 0
        for character in line {
            let width = character == "\t" ? 8 - column % 8 : 1
            result += character == "\t" ? String(repeating: " ", count: width) : String(character)
            column += width
        }
        return result
    }
}
