import Basics
import FileSystem
import Git
import Versioning

extension EnvironmentReport {
    /// The whole report, with what is known of the project around the working directory.
    static func ofPlace(_ invocation: Invocation) -> EnvironmentReport {
        var report = ofProgram(invocation)
        let environment = invocation.environment
        let root = try? ProjectFolder.find(from: environment.workingDirectory)
        let dvcFolder = root.map { Paths.join($0, ".dvc") }
        let store = SettingsStore(environment: environment, dvcFolder: dvcFolder)
        report.globalConfiguration = store.files.folder(of: .global)
        report.systemConfiguration = store.files.folder(of: .system)
        if let root { report.repository = repository(root, store, environment) }
        return report
    }

    private static func repository(
        _ root: String, _ store: SettingsStore, _ environment: HostEnvironment
    ) -> Repository {
        let settings = try? store.load()
        var result = Repository(
            workspaceVolume: Volume.of(root)?.description ?? "unknown",
            kind: kind(of: root, isWithoutGit: settings?.isWithoutGit ?? false, environment))
        let cache = settings?.cacheFolder ?? Paths.join(root, ".dvc/cache")
        if Files.isDirectory(cache) {
            result.linkTypes = [LinkType.reflink, .hardlink, .symlink]
                .filter { Linker.isSupported($0, from: cache, to: root) }.map(\.rawValue)
            result.cacheVolume = Volume.of(cache)?.description
        }
        result.caches = ["local"]
        result.remotes = ((try? settings?.remotes()) ?? []).map(\.protocolName)
        return result
    }

    private static func kind(of root: String, isWithoutGit: Bool, _ environment: HostEnvironment) -> String {
        if isWithoutGit { return "dvc (no_scm)" }
        guard let git = try? GitRepository.discover(from: root, variables: environment.variables),
            let workTree = git.workTree
        else { return "dvc, git (broken)" }
        return workTree.hasSameBytes(as: root) ? "dvc, git" : "dvc (subdir), git"
    }
}
