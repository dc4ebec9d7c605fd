import Basics
import Versioning

/// A command about settings files: it works outside of a project too, as far as their levels go.
protocol SettingsCommand: VarveCommand {
    func execute(on store: SettingsStore, _ console: Console) throws
}

extension SettingsCommand {
    static var dialect: Dialect { LevelOptions.dialect }
    static var failureStatus: Int32 { 1 }

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let root = try? ProjectFolder.find(from: environment.workingDirectory)
        let store = SettingsStore(environment: environment, dvcFolder: root.map { $0 == "/" ? "/.dvc" : $0 + "/.dvc" })
        try execute(on: store, console)
    }
}
