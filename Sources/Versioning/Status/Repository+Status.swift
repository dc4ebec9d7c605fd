import Basics
import Documents
import FileSystem
import Hashing
import Indexing
package import ProjectFiles

/// What `status` is asked for.
package struct StatusRequest: Sendable {
    package var targets: [String] = []
    package var selection = TargetOptions()
    /// Whether imports are compared with where they came from.
    package var checksUpdates = true

    package init() {}
}

/// Which stages are not as recorded.
package struct StatusResult: Sendable {
    /// In the order of the project files; only those that differ.
    package var changed: [StageStatus] = []
    /// Whether there is no stage at all in the project.
    package var hasNoStages = false

    package init() {}
}

extension Repository {
    /// Compares stages and tracked data with what the project files say.
    package func status(_ request: StatusRequest) async throws -> StatusResult {
        defer { index.save() }
        let snapshot = try workspace()
        var result = StatusResult()
        result.hasNoStages = snapshot.stages.isEmpty
        var inspector = StageInspector(self)
        for selected in try selectedStages(request.targets, request.selection, in: snapshot) {
            let status = try await status(of: selected, &inspector, checksUpdates: request.checksUpdates)
            // Of a stage named twice the last mention counts.
            result.changed.removeAll { $0.address == status.address }
            if !status.isUnchanged { result.changed.append(status) }
        }
        return result
    }

    private func status(
        of selected: SelectedTarget, _ inspector: inout StageInspector, checksUpdates: Bool
    ) async throws -> StageStatus {
        let stage = selected.stage
        var status = StageStatus(address: stage.address(relativeTo: workingDirectory.string))
        let followsSource = stage.isRepositoryImport || stage.isVersionedImport
        if stage.isFrozen, !followsSource {
            progress.report(
                .warning(
                    "stage: '\(status.address)' is frozen. Its dependencies are not going to be shown in the status "
                        + "output."))
        }
        if !stage.isFrozen || (followsSource && checksUpdates) {
            try await inspector.stores.ask(for: stage)
            for dependency in stage.dependencies {
                guard let state = try inspector.state(of: dependency, in: stage) else { continue }
                status.dependencies.append(ItemStatus(name: shownName(of: dependency, in: stage), state: state))
            }
        }
        try await inspector.stores.ask(forOutputsOf: stage)
        for output in stage.outputs where selects(selected, output) {
            guard let state = try inspector.state(of: output, in: stage) else { continue }
            let name = shownName(stage.location(of: output), as: output.path)
            status.outputs.append(ItemStatus(name: name, state: state))
        }
        status.isAlwaysChanged = stage.isCallback || stage.alwaysChanged
        if stage.name == nil {
            status.definitionChanged = PointerFile(stage: stage).definitionDigest?.hex != stage.md5
        } else {
            status.commandChanged = stage.commandChanged
        }
        return status
    }

    private func selects(_ selected: SelectedTarget, _ output: Output) -> Bool {
        guard let path = selected.path else { return true }
        guard let own = selected.stage.location(of: output).workspacePath.map({ RelativePath($0) }) else {
            return false
        }
        return path.isInside(own) || own.isInside(path)
    }

    /// How messages name a dependency.
    package func shownName(of dependency: Dependency, in stage: Stage) -> String {
        if let source = dependency.repository { return "\(dependency.path) (\(RemoteURL.withoutPassword(source.url)))" }
        if case .dataset = dependency.source { return dependency.path }
        return shownName(stage.location(of: dependency), as: dependency.path)
    }

    /// How messages name a place: from where the user stands inside the repository, else as it was written.
    package func shownName(_ location: Location, as written: String) -> String {
        switch location {
        case .workspace(let path): shown(RelativePath(path))
        case .outside: absolute(location) ?? written
        case .absolute: written
        case .url: RemoteURL.withoutPassword(written)
        }
    }
}

extension Stage {
    /// Whether the data is one version of what an object store keeps under its name.
    var isVersionedImport: Bool {
        isImport && dependencies[0].repository == nil
            && (dependencies[0].fsConfig?["version_aware"]?.bool == true || dependencies[0].checksum.namesVersions)
    }
}
