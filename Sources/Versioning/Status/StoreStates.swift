import Basics
import Documents
package import ProjectFiles
import Storage

/// What lies in stores by now, of the data that stages name by URL. Each place is asked once.
package struct StoreStates: Sendable {
    private let repository: Repository
    private var answers: [Place: Answer] = [:]

    private struct Place: Hashable {
        let location: Location
        /// Options of the store that the project file gives beside the URL.
        let options: String
        let asksForVersions: Bool

        init(_ dependency: Dependency, in stage: Stage) {
            location = stage.location(of: dependency)
            options = dependency.fsConfig.map { JSON.emitPython(.mapping($0), sortKeys: true) } ?? ""
            asksForVersions = dependency.checksum.namesVersions
        }
    }

    private struct Answer {
        /// `nil` where nothing lies there.
        var checksum: OutputChecksum?
        var namesVersionsOfFile = false
    }

    package init(_ repository: Repository) { self.repository = repository }

    // MARK: Questions

    /// Asks for the dependencies and outputs of a stage that lie in stores; those of this machine cost nothing.
    package mutating func ask(for stage: Stage) async throws {
        try await ask(forDependenciesOf: stage)
        try await ask(forOutputsOf: stage)
    }

    package mutating func ask(forDependenciesOf stage: Stage) async throws {
        for dependency in stage.dependencies { try await ask(for: dependency, in: stage) }
    }

    package mutating func ask(forOutputsOf stage: Stage) async throws {
        for output in stage.outputs { try await ask(for: output.asDependency, in: stage) }
    }

    private mutating func ask(for dependency: Dependency, in stage: Stage) async throws {
        guard dependency.source == .data, repository.absolute(stage.location(of: dependency)) == nil else { return }
        let place = Place(dependency, in: stage)
        if answers[place] != nil { return }
        let source = try repository.source(of: dependency, in: stage)
        var answer = Answer()
        if let contents = try await source.contents() {
            answer.checksum = try await repository.checksum(of: contents, at: source)
            answer.namesVersionsOfFile = source.isVersionAware && !contents.isDirectory
        }
        answers[place] = answer
    }

    // MARK: Answers

    /// What a dependency in a store is now; `nil` where nothing is there.
    ///
    /// - Throws: where it was not asked for.
    func checksum(of dependency: Dependency, in stage: Stage) throws -> OutputChecksum? {
        try answer(of: dependency, in: stage).checksum
    }

    func checksum(of output: Output, in stage: Stage) throws -> OutputChecksum? {
        try checksum(of: output.asDependency, in: stage)
    }

    /// How a dependency in a store differs from what was recorded; `nil` where it does not.
    func state(of dependency: Dependency, in stage: Stage) throws -> ItemState? {
        let answer = try answer(of: dependency, in: stage)
        guard let current = answer.checksum else { return .deleted }
        if current.tellsTheSame(as: dependency.checksum) { return nil }
        return answer.namesVersionsOfFile ? .updateAvailable : .modified
    }

    func state(of output: Output, in stage: Stage) throws -> ItemState? {
        try state(of: output.asDependency, in: stage)
    }

    private func answer(of dependency: Dependency, in stage: Stage) throws -> Answer {
        guard let answer = answers[Place(dependency, in: stage)] else {
            throw Failure(
                "'\(RemoteURL.withoutSecrets(dependency.path))' lies in a store, whose state can't be compared here",
                remedy: "copy the data into the repository with `varve import-url`")
        }
        return answer
    }
}

extension Output {
    /// The place and the record of an output as those of a dependency.
    fileprivate var asDependency: Dependency { Dependency(path: path, checksum: checksum, fsConfig: fsConfig) }
}

extension Repository {
    /// Deletes those outputs of a stage that lie in stores, which its command is about to make anew.
    package func clearOutputsInStores(of stage: Stage) async throws {
        for output in stage.outputs where !output.isPersistent && absolute(stage.location(of: output)) == nil {
            let source = try source(of: output.asDependency, in: stage)
            let shown = RemoteURL.withoutSecrets(output.path)
            guard !source.key.path.isEmpty else {
                throw Failure("output '\(shown)' is a whole store and is not removed", remedy: "name a folder in it")
            }
            guard let contents = try await source.contents(), !contents.files.isEmpty else { continue }
            try await source.backend.delete(contents.files.map(\.key))
        }
    }
}
