import Documents
import FileSystem
import Indexing
import ProjectFiles

/// Which parameters are compared.
package struct ParamsDiffRequest: Sendable {
    /// A Git revision, or `workspace`.
    package var from = "HEAD"
    package var to = Repository.workspaceName
    /// Files, whether or not they are parameters of the project; all parameters for none.
    package var targets: [String] = []
    /// Tell values that are the same on both sides, too.
    package var all = false
    /// Only what stages depend on.
    package var onlyDependencies = false

    package init() {}
}

extension Repository {
    /// How parameters differ between two revisions; `nil` before the first commit.
    package func paramsDiff(_ request: ParamsDiffRequest) async throws -> ValueDiff? {
        guard let (old, new) = try comparedStates(request.from, request.to) else { return nil }
        let reader = ValueReader(self)
        return ValueDiff(
            from: try await params(of: old, request, reader), to: try await params(of: new, request, reader),
            all: request.all)
    }

    func params(
        of state: ProjectState, _ request: ParamsDiffRequest, _ reader: ValueReader
    ) async throws -> RevisionValues {
        do {
            var selection = ParamSelection()
            if request.targets.isEmpty {
                selection.add(try reader.snapshot(state))
                if !request.onlyDependencies { try await addWholeFiles(of: state, reader, to: &selection) }
            } else {
                for target in request.targets { selection.add(valuePath(target)) }
            }
            var files: [ValueFile] = []
            for (path, keys) in selection.files {
                for file in try await reader.expanded([path], in: state) {
                    let content = try await reader.value(at: file, in: state)
                    files.append(
                        ValueFile(path: file, content: content.map { $0.restricted(to: keys, path: file.string) }))
                }
            }
            if request.targets.isEmpty { files += try reader.snapshot(state).usedVariables(besides: files) }
            return RevisionValues(name: state.name, files: .success(files))
        } catch let error as CancellationError {
            throw error
        } catch {
            return RevisionValues(name: state.name, files: .failure(ValueFailure(error)))
        }
    }

    /// The files that pipeline files name by themselves, and the default one at the root.
    private func addWholeFiles(
        of state: ProjectState, _ reader: ValueReader, to selection: inout ParamSelection
    ) async throws {
        for pipeline in try reader.snapshot(state).pipelines {
            for path in try pipeline.paths(in: .params) { selection.add(path) }
        }
        let standard = RelativePath(ParamsDependency.defaultFile)
        if try await reader.exists(standard, in: state) { selection.add(standard) }
    }
}

/// Files of parameters with the keys that are asked for, in the order in which they were first named.
private struct ParamSelection {
    private var order: [RelativePath] = []
    private var keys: [RelativePath: [String]] = [:]
    private var whole: Set<RelativePath> = []

    /// No keys for the whole file.
    var files: [(path: RelativePath, keys: [String])] {
        order.map { ($0, whole.contains($0) ? [] : keys[$0] ?? []) }
    }

    mutating func add(_ path: RelativePath, keys wanted: [String] = []) {
        if keys[path] == nil { order.append(path) }
        keys[path, default: []] += wanted
        if wanted.isEmpty { whole.insert(path) }
    }

    /// What the stages depend on.
    mutating func add(_ snapshot: ProjectSnapshot) {
        for stage in snapshot.stages {
            for dependency in stage.parameterDependencies {
                add(
                    RelativePath(stage.location(of: dependency).text), keys: dependency.parameters?.keys ?? [])
            }
        }
    }
}

extension ProjectSnapshot {
    /// Values that templates took from files which are not shown already, by file and then by key path.
    fileprivate func usedVariables(besides shown: [ValueFile]) -> [ValueFile] {
        let shown = Set(shown.map(\.path))
        var order: [RelativePath] = []
        var values: [RelativePath: Mapping] = [:]
        for used in stages.flatMap(\.usedVariables) {
            let path = RelativePath(used.file)
            if shown.contains(path) { continue }
            if values[path] == nil { order.append(path) }
            for (key, value) in used.values.entries { values[path, default: Mapping()][key] = value }
        }
        return order.map { ValueFile(path: $0, content: .success(.mapping(values[$0] ?? Mapping()))) }
    }
}

extension Value {
    /// A document with nothing but the values at some key paths, nested as they were; all of it for no keys.
    fileprivate func restricted(to keys: [String], path: String) -> Value {
        if keys.isEmpty { return self }
        let file = ParamsFile(path: path, value: self)
        var result = Value.mapping(Mapping())
        for key in keys {
            guard let found = file.lookup(key) else { continue }
            let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            result = result.setting(found, at: parts[...], like: self)
        }
        return result
    }

    /// - Parameter model: the document that the value comes from, which tells lists from mappings.
    private func setting(_ value: Value, at parts: ArraySlice<String>, like model: Value?) -> Value {
        guard let part = parts.first else { return value }
        let rest = parts.dropFirst()
        if let items = model?.array {
            guard let index = Int(part), items.indices.contains(index) else { return self }
            var own = array ?? []
            while own.count <= index { own.append(.null) }
            own[index] = own[index].setting(value, at: rest, like: items[index])
            return .array(own)
        }
        var own = mapping ?? Mapping()
        own[part] = (own[part] ?? .null).setting(value, at: rest, like: model?.mapping?[part])
        return .mapping(own)
    }
}
