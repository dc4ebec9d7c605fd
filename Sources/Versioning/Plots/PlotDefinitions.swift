import Basics
import Documents
import FileSystem
import Indexing
import ProjectFiles

/// What one revision says should be plotted, and the data it has for that.
struct RevisionPlots {
    let revision: String
    /// Definitions by ID, by the pipeline file that has them; outputs of stages and files that were asked for are under
    /// the empty name.
    var definitions = Mapping()
    /// Why nothing could be found out.
    var failure: PlotFailure?
    /// Whether a folder of plots could not be looked into.
    var hasUnreadableFolders = false
    /// What the files of the definitions hold, by their paths as the user sees them; `nil` inside for an empty one.
    var sources: [RelativePath: Result<PlotSource?, PlotFailure>] = [:]

    /// Definitions by the ID of their plot, which names the pipeline file too where several define the same ID.
    var definitionsByID: [(id: String, innerID: String, properties: Mapping)] {
        var order: [String] = []
        var groups: [RelativePath: [(file: String, properties: Mapping)]] = [:]
        for (file, plots) in definitions.entries {
            for (id, properties) in plots.mapping?.entries ?? [] {
                if groups[RelativePath(id)] == nil { order.append(id) }
                groups[RelativePath(id), default: []].append((file, properties.mapping ?? Mapping()))
            }
        }
        return order.flatMap { id in
            let group = groups[RelativePath(id)] ?? []
            return group.map { file, properties in
                (group.count == 1 ? id : PlotDefinitions.fullID(id, in: file), id, properties)
            }
        }
    }

    /// What a file holds, if it could be read and holds anything.
    func source(_ path: String) -> PlotSource? {
        guard case .success(let source)? = sources[RelativePath(path)] else { return nil }
        return source
    }

    var hasFailures: Bool {
        failure != nil || hasUnreadableFolders
            || sources.values.contains { if case .failure = $0 { true } else { false } }
    }
}

/// Finds what is to be plotted at one revision.
struct PlotDefinitions {
    let browser: RepositoryBrowser
    /// Relative to the repository's root; all paths of definitions are seen from there.
    let workingDirectory: RelativePath
    let targets: [String]
    /// Which of the targets were written as absolute paths.
    private let absolutePaths: [Bool]
    /// What the command line sets over every definition.
    let overrides: Mapping
    private var found: RevisionPlots
    private let matches: [PlotTarget]

    init(
        _ browser: RepositoryBrowser, revision: String, targets: [String], overrides: Mapping
    ) throws(PlotFailure) {
        self.browser = browser
        workingDirectory = browser.repository.workingDirectory
        // As DVC: an absolute path selects definitions by what it is below the root, and a backslash is a slash.
        self.targets = targets.map { target in
            let inside = Paths.isAbsolute(target) ? browser.repository.relativePath(of: target)?.string : nil
            return (inside ?? target).replacing("\\", with: "/")
        }
        absolutePaths = targets.map { Paths.isAbsolute($0) }
        self.overrides = overrides
        found = RevisionPlots(revision: revision)
        var matches: [PlotTarget] = []
        for target in self.targets { matches.append(try PlotTarget(target)) }
        self.matches = matches
    }

    /// How an ID is told from the same ID in another pipeline file.
    static func fullID(_ id: String, in file: String) -> String { file.isEmpty ? id : "\(file)::\(id)" }

    /// Looks for definitions in the order in which plots are shown: pipeline files, outputs of stages, files.
    mutating func collect() async throws -> RevisionPlots {
        let snapshot = browser.snapshot
        for pipeline in snapshot.pipelines.sorted(by: { Self.isFoundBefore($0.path, $1.path) }) {
            try await collectTopLevel(of: pipeline)
        }
        for stage in snapshot.stages.sorted(by: { Self.isFoundBefore($0.definition, $1.definition) }) {
            for output in stage.plots { try await collect(output, of: stage) }
        }
        for (target, isAbsolute) in zip(targets, absolutePaths) {
            let isFound = try await browser.item(at: place(target)) != nil
            if !isFound, isAbsolute, found.definitionsByID.isEmpty,
                try await browser.item(at: RelativePath(target)) != nil
            {
                add(try await unpacked(seen(target), overrides), to: "")
                continue
            }
            if found.definitions.isEmpty || isFound {
                add(try await unpacked(target, overrides), to: "")
            }
        }
        return found
    }

    /// Whether a walk that looks at a folder's files before its folders comes to one project file before another.
    private static func isFoundBefore(_ a: String, _ b: String) -> Bool {
        let left = Paths.components(a)
        let right = Paths.components(b)
        let shared = zip(left, right).prefix { $0.hasSameBytes(as: $1) }.count
        guard shared < left.count, shared < right.count else { return left.count < right.count }
        let isFile = (left.count == shared + 1, right.count == shared + 1)
        return isFile.0 == isFile.1 ? left[shared].precedesInBytes(right[shared]) : isFile.0
    }

    // MARK: Top-level definitions

    private mutating func collectTopLevel(of pipeline: PipelineFile) async throws {
        var definitions = Mapping()
        for item in try pipeline.items(of: .plots) {
            switch item {
            case .string(let path): definitions[path] = .null
            case .mapping(let mapping):
                if let (id, properties) = mapping.entries.first { definitions[id] = properties }
            default: break
            }
        }
        if definitions.isEmpty { return }
        let file = seen(pipeline.path)
        let folder = Paths.parent(file)
        func path(_ name: String) -> String { Paths.normalized(Paths.join(folder, name)) }
        let parents = definitions.keys.map(path)
        var result = Mapping()
        for (id, value) in definitions.entries where isSelected(id, in: file) {
            let properties = value.mapping ?? Mapping()
            guard properties["y"]?.mapping == nil else {
                let adjusted = properties.withFiles(renamed: path)
                result.merge(Mapping([(id, .mapping(adjusted.overridden(by: overrides)))]))
                continue
            }
            let data = path(id)
            for (file, properties) in try await unpacked(data, properties.overridden(by: overrides)).entries
            where Self.closest(to: file, among: parents).hasSameBytes(as: data) {
                result.merge(Mapping([(file, properties)]))
            }
        }
        add(result, to: file)
    }

    /// The longest part of a path that is one of its parents, or that it shares with them.
    private static func closest(to path: String, among parents: [String]) -> String {
        var best = ""
        for parent in parents {
            let common = Paths.common(path, parent)
            if common.utf8.count > best.utf8.count { best = common }
        }
        return best
    }

    // MARK: Outputs of stages

    private mutating func collect(_ output: Output, of stage: Stage) async throws {
        guard case .plot(let properties) = output.role, let location = stage.location(of: output).workspacePath else {
            return
        }
        guard isSelected(seen(location), in: seen(stage.definition)) else { return }
        add(try await unpacked(seen(location), properties.overridden(by: overrides)), to: "")
    }

    // MARK: Files

    /// The files that a path stands for, each with the properties; a path that is nowhere stands for itself.
    private mutating func unpacked(_ path: String, _ properties: Mapping) async throws -> Mapping {
        let place = place(path)
        guard try await browser.item(at: place)?.isDirectory == true else {
            return Mapping([(path, .mapping(properties))])
        }
        var files: [String] = []
        var pending = [(place, path)]
        do {
            while let (folder, shown) = pending.popLast() {
                for item in try await browser.items(in: folder, onlyTracked: false)
                where !RepositoryBrowser.isBookkeeping(item.path) {
                    let name = shown + (shown.hasSuffix("/") || shown.isEmpty ? "" : "/") + item.path
                    if !item.isDirectory {
                        files.append(name)
                    } else if !item.isLink {
                        pending.append((folder.appending(item.path), name))
                    }
                }
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            found.hasUnreadableFolders = true
            return Mapping()
        }
        files.sort { $0.precedesInBytes($1) }
        return Mapping(files.map { ($0, .mapping(properties)) })
    }

    private mutating func add(_ plots: Mapping, to file: String) {
        found.definitions.merge(Mapping([(file, .mapping(plots))]))
    }

    // MARK: Paths

    /// Where a path as the user sees it lies in the repository.
    func place(_ path: String) -> RelativePath {
        let absolute = Paths.absolute(path, from: "/" + workingDirectory.string)
        return RelativePath(String(absolute.drop { $0 == "/" }))
    }

    /// How the user sees a path of the repository.
    private func seen(_ path: String) -> String {
        Paths.relative("/" + path, to: "/" + workingDirectory.string)
    }

    private func isSelected(_ id: String, in file: String) -> Bool {
        matches.isEmpty || matches.contains { $0.matches(id) || $0.matches(Self.fullID(id, in: file)) }
    }
}

// MARK: - Properties

extension Mapping {
    func overridden(by other: Mapping) -> Mapping {
        var result = self
        for (key, value) in other.entries { result[key] = value }
        return result
    }

    /// With the files that the axes name written another way.
    fileprivate func withFiles(renamed rename: (String) -> String) -> Mapping {
        var result = self
        for axis in ["x", "y"] {
            guard let files = result[axis]?.mapping else { continue }
            result[axis] = .mapping(Mapping(files.entries.map { (rename($0.key), $0.value) }))
        }
        return result
    }

    /// Puts another mapping's values over this one's, mapping by mapping; lists are put one behind the other.
    fileprivate mutating func merge(_ other: Mapping) {
        for (key, value) in other.entries {
            switch (self[key], value) {
            case (.mapping(var own)?, .mapping(let new)):
                own.merge(new)
                self[key] = .mapping(own)
            case (.array(let own)?, .array(let new)): self[key] = .array(own + new)
            default: self[key] = value
            }
        }
    }

    /// The files that a plot of this definition draws from, those of the y axis first.
    func plotSources(of id: String) -> [String] {
        var files = self["y"]?.mapping?.keys ?? [id]
        if let file = self["x"]?.mapping?.keys.first, !files.contains(where: { $0.hasSameBytes(as: file) }) {
            files.append(file)
        }
        return files
    }
}

extension Paths {
    /// The folders (or the path) that two normalised paths share; empty where they share none.
    fileprivate static func common(_ a: String, _ b: String) -> String {
        let shared = zip(components(a), components(b)).prefix { $0.hasSameBytes(as: $1) }.map(\.0)
        return (isAbsolute(a) && isAbsolute(b) ? "/" : "") + shared.joined(separator: "/")
    }
}

// MARK: - Targets

/// A word of the command line that selects plots: as in DVC, a regular expression for the beginning of an ID.
struct PlotTarget {
    private let text: String
    /// `nil` where the text has nothing but characters that stand for themselves, and dots.
    private let expression: Regex<AnyRegexOutput>?

    init(_ text: String) throws(PlotFailure) {
        self.text = text
        let isPlain = text.utf8.allSatisfy { !"*+?()[]{}|^$\\".utf8.contains($0) }
        if isPlain {
            expression = nil
            return
        }
        if let first = text.utf8.first, "*+?".utf8.contains(first) {
            throw PlotFailure("error", "nothing to repeat at position 0")
        }
        do {
            expression = try Regex(text)
        } catch {
            throw PlotFailure("error", "'\(text)' is not a regular expression")
        }
    }

    func matches(_ id: String) -> Bool {
        if let expression { return (try? expression.prefixMatch(in: id)) != nil }
        var rest = id.unicodeScalars[...]
        for scalar in text.unicodeScalars {
            guard let next = rest.popFirst(), next == scalar || (scalar == "." && next != "\n") else { return false }
        }
        return true
    }
}
