import Basics
import FileSystem
import Git
package import Indexing
package import Objects
import ProjectFiles

/// What `checkout` is asked to do.
package struct CheckoutRequest: Sendable {
    package var targets: [String] = []
    package var selection = TargetOptions()
    package var options = Checkout.Options()

    package init() {}
}

/// What `checkout` changed; paths from where the user stands, folders with a trailing slash.
package struct CheckoutResult: Sendable {
    package var modified: [String] = []
    package var added: [String] = []
    package var deleted: [String] = []
    /// Files of the outputs above, by kind of change.
    package var counts = Counts()
    /// What went wrong; the rest was done all the same.
    package var failed: CheckoutFailed?

    package struct Counts: Sendable, Equatable {
        package var modified = 0
        package var added = 0
        package var deleted = 0
    }

    package init() {}
}

extension Repository {
    /// Makes the workspace what the project files say, from the cache.
    ///
    /// - Throws: `UnsavedFiles` before any output is touched. Missing objects are in the result, since the other outputs
    ///   are checked out all the same.
    package func checkout(_ request: CheckoutRequest) throws -> CheckoutResult {
        let snapshot = try workspace()
        let selected = try selectedOutputs(request.targets, request.selection, in: snapshot)
        return try checkout(selected, request, removing: request.targets.isEmpty ? vanished(snapshot) : [])
    }

    func checkout(
        _ selected: [SelectedOutput], _ request: CheckoutRequest, removing vanished: [RelativePath]
    ) throws -> CheckoutResult {
        defer { index.save() }
        let checkout = Checkout(
            scanner: scanner(), cache: cache, staging: Paths.join(scratch, "checkout"), options: request.options)
        var result = CheckoutResult()
        var failures: [CheckoutFailed] = []
        var steps: [Checkout.Step] = []
        var partial: [SelectedOutput] = []
        for selection in selected where selection.output.output.isCached {
            let tracked = selection.output
            guard let id = tracked.object else {
                if tracked.stage.isPartialImport { partial.append(selection) }
                continue
            }
            let current = try scanner().item(at: tracked.path, algorithm: id.algorithm)
            if selection.paths.isEmpty,
                checkout.isCurrent(
                    current, id, isExecutable: tracked.isExecutable, at: tracked.path)
            {
                continue
            }
            do {
                if let state = try wanted(of: selection, id, current, &failures, request.options) {
                    steps.append(checkout.step(state, at: tracked.path, over: current))
                }
            } catch let error as DamagedObject {
                failures.append(CheckoutFailed(paths: [tracked.path.string], causes: [error]))
            }
        }
        let imports = try PartialImportCheckout(partial, in: self, request.options)
        failures += imports.failures
        let removals = try vanished.map { path in
            checkout.step(.nothing, at: path, over: try scanner().item(at: path))
        }
        // First, as in DVC: they are saved, whatever else is refused.
        try apply(removals, checkout, &result, &failures)
        if !request.options.force {
            let unsaved =
                try steps.flatMap { try checkout.unsavedFiles($0) }
                + imports.steps.flatMap { try imports.checkout.unsavedFiles($0) }
            guard unsaved.isEmpty else { throw UnsavedFiles(paths: unsaved) }
        }
        try apply(steps, checkout, &result, &failures)
        try apply(imports.steps, imports.checkout, &result, &failures)
        sort(&result)
        if !failures.isEmpty {
            let paths = failures.flatMap(\.paths).map { shown(RelativePath($0)) }
            result.failed = CheckoutFailed(paths: paths, causes: failures.flatMap(\.causes))
        }
        return result
    }

    private func apply(
        _ steps: [Checkout.Step], _ checkout: Checkout, _ result: inout CheckoutResult,
        _ failures: inout [CheckoutFailed]
    ) throws {
        try claiming(steps.map(\.path)) {
            for step in steps {
                do {
                    note(try checkout.apply(step), step, in: &result)
                } catch let error as CheckoutFailed {
                    failures.append(error)
                } catch let error as ChangedMeanwhile {
                    failures.append(CheckoutFailed(paths: [step.path.string], causes: [error]))
                }
            }
        }
    }

    private func note(
        _ change: Checkout.Change, _ step: Checkout.Step, in result: inout CheckoutResult
    ) {
        var name = shown(step.path)
        if case .folder = step.wanted { name += "/" }
        switch change.kind {
        case .none: return
        case .added: result.added.append(name)
        case .modified: result.modified.append(name)
        case .deleted: result.deleted.append(name)
        }
        result.counts.added += change.added
        result.counts.modified += change.modified
        // As DVC, which counts an output that goes as a whole as one.
        if case .nothing = step.wanted { result.counts.deleted += 1 } else { result.counts.deleted += change.deleted }
    }

    private func sort(_ result: inout CheckoutResult) {
        func inOrder(_ left: String, _ right: String) -> Bool {
            if left.hasSuffix("/") != right.hasSuffix("/") { return left.hasSuffix("/") }
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        result.modified.sort(by: inOrder)
        result.added.sort(by: inOrder)
        result.deleted.sort(by: inOrder)
    }

    /// What an output shall be; `nil` where its listing is missing.
    private func wanted(
        of selection: SelectedOutput, _ id: ObjectID, _ current: WorkspaceItem, _ failures: inout [CheckoutFailed],
        _ options: Checkout.Options
    ) throws -> Checkout.Wanted? {
        let tracked = selection.output
        guard id.isDirectory else { return .file(id, isExecutable: tracked.isExecutable) }
        guard let listing = try listing(of: tracked) else {
            if !options.allowMissing {
                failures.append(
                    CheckoutFailed(
                        paths: [tracked.path.string], causes: [MissingObject(id: id, path: tracked.path.string)]))
            }
            return nil
        }
        guard !selection.paths.isEmpty else { return .folder(id, listing) }
        // Only the named part changes: everything else stays as it is in the workspace.
        var entries = listing.entries.filter { entry in
            selection.selects(tracked.path.appending(entry.path.string))
        }
        if case .folder(let state) = current {
            entries += state.listing().entries.filter { entry in
                !selection.selects(tracked.path.appending(entry.path.string))
            }
        }
        let partial = DirectoryObject(entries: entries)
        return .folder(partial.id(algorithm: id.algorithm), partial)
    }

    /// The recorded listing of a directory output, from its project file or the cache; `nil` where neither has it.
    package func listing(of tracked: TrackedOutput) throws -> DirectoryObject? {
        try listing(of: tracked.output.checksum)
    }

    /// Outputs that varve put into the workspace and that no project file names any more.
    private func vanished(_ snapshot: ProjectSnapshot) -> [RelativePath] {
        index.roots.filter { path, root in
            root.isManaged && snapshot.output(at: path) == nil && snapshot.output(holding: path) == nil
                && snapshot.outputs(under: path).isEmpty && isUnmodified(path, root)
        }.map(\.key).sorted()
    }

    private func isUnmodified(_ path: RelativePath, _ root: IndexRoot) -> Bool {
        // Git may track the file by now; then it is no business of ours.
        if let git = try? git, (try? git.isTracked(absolute(path))) == true { return false }
        guard let item = try? scanner().item(at: path, algorithm: root.algorithm) else { return false }
        return objectID(of: item, algorithm: root.algorithm) == root.id
    }
}
