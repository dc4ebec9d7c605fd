import ArgumentParser
import Versioning

/// Which settings file a command reads or changes.
struct LevelOptions: ParsableArguments {
    @Flag(name: .customLong("global"), help: "Use the settings of this user") var isGlobal = false
    @Flag(name: .customLong("system"), help: "Use the settings of this machine") var isSystem = false
    @Flag(name: .customLong("project"), help: "Use the settings of the project (.dvc/config)") var isProject = false
    @Flag(name: .customLong("local"), help: "Use the settings of this copy of the project (.dvc/config.local)")
    var isLocal = false

    /// The level that was asked for; nil where none was.
    var level: SettingsLevel? {
        if isGlobal { return .global }
        if isSystem { return .system }
        if isProject { return .project }
        return isLocal ? .local : nil
    }

    static let dialect = Dialect(exclusive: [["--global", "--system", "--project", "--local"]])
}
