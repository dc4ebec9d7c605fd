import Documents
import FileSystem
import Indexing
import Objects
import Packaging
import ProjectFiles

/// How a model came about: its stage, what that read, and where the first data of the chain came from.
struct ModelLineage {
    private let snapshot: ProjectSnapshot
    private let stage: Stage

    init(_ stage: Stage, in snapshot: ProjectSnapshot) {
        self.stage = stage
        self.snapshot = snapshot
    }

    var record: StageRecord {
        StageRecord(
            address: stage.address(), commands: stage.command?.scripts ?? [],
            dependencies: stage.dataDependencies.map { reference($0, of: stage) },
            outputs: stage.outputs.map { output in
                SourceReference(
                    name: stage.location(of: output).text, md5: output.checksum.object?.text,
                    size: output.checksum.size.map(Int64.init))
            },
            parameters: stage.lock?.parameters ?? Mapping())
    }

    /// Parameters of the stage by file.
    var parameters: [ValueSet] {
        (stage.lock?.parameters.entries ?? []).map { ValueSet(file: $0.key, values: $0.value) }
    }

    private func reference(_ dependency: Dependency, of stage: Stage) -> SourceReference {
        SourceReference(
            name: stage.location(of: dependency).text, md5: dependency.checksum.object?.text,
            size: dependency.checksum.size.map(Int64.init))
    }

    /// Tracked data that the stage reads, itself or through other stages, and that no stage of the pipeline makes.
    var datasets: [SourceReference] {
        var found: [RelativePath: SourceReference] = [:]
        for ancestor in ancestors {
            for dependency in ancestor.dataDependencies {
                guard let path = ancestor.location(of: dependency).workspacePath.map({ RelativePath($0) }),
                    let output = snapshot.output(holding: path), output.stage.isDataSource
                else { continue }
                let source = output.stage.dependencies.first
                found[output.path] = SourceReference(
                    name: output.path.string, uri: source.flatMap(Self.uri),
                    md5: output.object?.text, size: output.output.checksum.size.map(Int64.init))
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Where an import came from; nothing for paths, which name something on one machine only.
    private static func uri(_ dependency: Dependency) -> String? {
        if let source = dependency.repository {
            guard source.url.contains("://") else { return nil }
            let url = RemoteURL.withoutSecrets(source.url)
            return url.hasPrefix("git+") ? url : "git+" + url + (source.lockedRevision.map { "@" + $0 } ?? "")
        }
        return dependency.path.contains("://") ? RemoteURL.withoutSecrets(dependency.path) : nil
    }

    /// The stage and those whose outputs it reads, however many steps away.
    private var ancestors: [Stage] {
        var found = [stage]
        var known: Set<String> = [stage.address()]
        var next = 0
        while next < found.count {
            let current = found[next]
            next += 1
            for dependency in current.dataDependencies {
                guard let path = current.location(of: dependency).workspacePath.map({ RelativePath($0) }) else {
                    continue
                }
                let makers = [snapshot.output(holding: path)].compactMap { $0 } + snapshot.outputs(under: path)
                for maker in makers where !maker.stage.isDataSource && known.insert(maker.stage.address()).inserted {
                    found.append(maker.stage)
                }
            }
        }
        return found
    }

    /// Files of the stage's dependencies that are tracked as data, and those that are not.
    var inputs: (data: [RelativePath], code: [RelativePath]) {
        var data: [RelativePath] = []
        var code: [RelativePath] = []
        for dependency in stage.dataDependencies {
            guard let path = stage.location(of: dependency).workspacePath.map({ RelativePath($0) }), !path.isRoot else {
                continue
            }
            if snapshot.output(holding: path) == nil, snapshot.outputs(under: path).isEmpty {
                code.append(path)
            } else {
                data.append(path)
            }
        }
        return (data, code)
    }

    /// Whether a file is a metric of the stage, or of a stage that reads what it makes, however many steps away; or of
    /// no stage at all.
    func concerns(_ metric: RelativePath) -> Bool {
        guard let output = snapshot.output(holding: metric) else { return true }
        return descendants.contains(output.stage.address())
    }

    private var descendants: Set<String> {
        var known: Set<String> = [stage.address()]
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for candidate in snapshot.stages where !known.contains(candidate.address()) {
                let reads = candidate.dataDependencies.contains { dependency in
                    guard let path = candidate.location(of: dependency).workspacePath.map({ RelativePath($0) }) else {
                        return false
                    }
                    let makers = [snapshot.output(holding: path)].compactMap { $0 } + snapshot.outputs(under: path)
                    return makers.contains { known.contains($0.stage.address()) }
                }
                if reads { hasGrown = known.insert(candidate.address()).inserted || hasGrown }
            }
        }
        return known
    }
}
