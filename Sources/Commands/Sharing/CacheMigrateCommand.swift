import ArgumentParser
import Rendering
import Versioning

/// `varve cache migrate`: bring a cache of DVC 2 up to date.
struct CacheMigrateCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Give objects of DVC 2 their place in the cache of DVC 3",
        discussion: examples(
            ("varve cache migrate --dry", "Show how many objects there are"),
            ("varve cache migrate --dvc-files", "Bring the entries of project files up to date, too")))
    static let locksRepository = true

    @Flag(name: .customLong("dvc-files"), help: "Also bring entries of project files up to date")
    var projectFiles = false
    @Flag(help: "Only show what would be done") var dry = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = MigrationRequest()
        request.withProjectFiles = projectFiles
        request.isDry = dry
        let result = try await repository.migrateCache(request)
        if dry {
            console.print(
                "\(result.objects) files will be re-hashed and migrated to the DVC 3.0 cache location.")
        } else {
            console.print("Migrated \(result.objects) files to DVC 3.0 cache location.")
        }
        guard projectFiles else { return }
        if result.projectFiles.isEmpty, result.unavailable.isEmpty {
            console.print("No DVC files in the repo to migrate to the 3.0 format.")
        } else if dry {
            console.print("Entries in following DVC files will be migrated to the 3.0 format:")
            for file in result.projectFiles { console.print("\t\(file)") }
        } else {
            for file in result.projectFiles {
                console.print("Updating \(file.hasSuffix(".lock") ? "lock" : "DVC") file '\(file)'")
            }
            for path in result.unavailable {
                console.warn("the entry of '\(path)' stays as it is: its data is neither here nor in the cache")
            }
            console.showFilesToStage(result.filesToStage)
        }
    }
}
