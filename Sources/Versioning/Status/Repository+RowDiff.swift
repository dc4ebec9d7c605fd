import Basics
import FileSystem
import Git
import Indexing
import Objects
import Storage
package import Tables

/// What `diff --rows` is asked to compare.
package struct RowDiffRequest: Sendable {
    /// A table that varve or Git keeps, from where the user stands.
    package var path: String
    /// A Git revision, or `workspace`.
    package var from = "HEAD"
    /// A Git revision; `nil` for the workspace.
    package var to: String?
    /// The columns that tell rows apart; none to compare whole rows.
    package var keys: [String] = []
    /// How many examples of each kind of change are wanted.
    package var limit = 20

    package init(path: String) { self.path = path }
}

extension Repository {
    /// Compares a table of two revisions row by row. Data that the cache lacks is fetched from the remote.
    ///
    /// - Throws: where neither side has the table, or the file's name does not tell that it is one.
    package func rowDiff(_ request: RowDiffRequest) async throws -> RowDiff {
        guard let path = relativePath(of: Paths.absolute(request.path, from: environment.workingDirectory)) else {
            throw Failure("'\(request.path)' is outside of the repository")
        }
        let format = try Self.tableFormat(of: request.path)
        let folder = try makeTablesFolder()
        defer { try? Files.removeTree(folder) }
        let old = try await contents(of: path, at: request.from, as: Paths.join(folder, "old"))
        let new = try await contents(of: path, at: request.to ?? Self.workspaceName, as: Paths.join(folder, "new"))
        guard old != nil || new != nil else {
            throw Failure(
                "'\(request.path)' is neither in '\(request.from)' nor in '\(request.to ?? Self.workspaceName)'",
                remedy: "name a file that varve or Git keeps; `varve list . -R` shows them")
        }
        var comparison = RowComparison(scratch: folder)
        comparison.keys = request.keys
        comparison.limit = request.limit
        return try await onOwnThread { [comparison] _ in
            try comparison.compare(
                old.map { try TableFile($0, format: format, name: request.path) },
                new.map { try TableFile($0, format: format, name: request.path) })
        }
    }

    /// A new folder for what comparing tables has to put aside; the caller removes it.
    func makeTablesFolder() throws -> String {
        let folder = Paths.join(scratch, "tables/" + TemporaryName.make())
        try Files.makeDirectory(folder)
        return folder
    }

    private static func tableFormat(of path: String) throws -> TableFormat {
        guard let format = TableFormat(path: path) else {
            throw Failure("'\(path)' is no table: --rows reads .csv, .tsv and .jsonl files", category: .usage)
        }
        return format
    }

    /// Hands a file as it was at a revision to somebody who reads it. Nothing is checked out; data that the cache lacks
    /// is fetched from the remote.
    ///
    /// - Parameters:
    ///   - path: from where the user stands.
    ///   - body: is given a path that holds for as long as it runs.
    /// - Returns: `nil` where the revision has no such file.
    package func reading<Result: Sendable>(
        _ path: String, at revision: String, _ body: @Sendable @escaping (String) throws -> Result
    ) async throws -> Result? {
        guard let inside = relativePath(of: Paths.absolute(path, from: environment.workingDirectory)) else {
            throw Failure("'\(path)' is outside of the repository")
        }
        let folder = try makeTablesFolder()
        defer { try? Files.removeTree(folder) }
        guard let file = try await contents(of: inside, at: revision, as: Paths.join(folder, "file")) else {
            return nil
        }
        return try await onOwnThread { _ in try body(file) }
    }

    /// A file of this machine with what a path held; `nil` where there was nothing.
    ///
    /// - Parameter temporary: where the bytes go that lie in no file yet.
    private func contents(of path: RelativePath, at revision: String, as temporary: String) async throws -> String? {
        let commit = revision == Self.workspaceName ? nil : try requireGit().resolve(revision)
        if commit == nil, Files.exists(absolute(path)) { return try plainFile(absolute(path)) }
        let browser = try RepositoryBrowser(repository: self, commit: commit)
        guard let item = try await browser.item(at: path) else { return nil }
        guard !item.isDirectory else {
            throw Failure("'\(path)' is a directory in '\(revision)'", remedy: "name a file in it")
        }
        // What is only recorded is not in the workspace.
        if commit == nil { return nil }
        let data: IncomingData
        do {
            data = try await browser.data(at: path.string, SourceAccess(destination: cache, usesItsCache: true))
        } catch is RecordedWithoutData {
            // Such as an output of a stage that had not run yet.
            return nil
        }
        guard let file = data.files.first else { return nil }
        if case .object(let id, let stores) = file.origin {
            if !cache.holds(id) { try await id.fetch(from: stores) { try await $0.fetch(id, into: cache) } }
            return cache.path(of: id)
        }
        try await file.write(to: temporary)
        return temporary
    }

    private func plainFile(_ path: String) throws -> String {
        guard try Files.status(path, followingLinks: true)?.kind == .file else {
            throw Failure("'\(path)' is a directory", remedy: "name a file in it")
        }
        return path
    }
}
