package import Basics
package import Documents
import FileSystem
import Storage
import Synchronization

/// Puts data that came from outside somewhere on the user's machine, in no repository.
///
/// Every file is written beside its place and renamed. Nothing is written through a link, nor outside of the target.
struct DataDelivery: Sendable {
    /// Absolute path of the file or folder that the data becomes.
    let target: String
    let progress: any ProgressReporter
    let limit: Int

    func deliver(_ data: IncomingData) async throws {
        for file in data.files where data.isDirectory { try PathGate.check(file.path.string) }
        if data.isDirectory {
            if let status = try Files.status(target, followingLinks: true), status.kind != .directory {
                throw Failure(
                    "[Errno 17] File exists: '\(target)'", remedy: "remove the file first", category: .unexpected)
            }
            try Files.makeDirectory(target)
        } else {
            try Files.makeDirectory(Paths.parent(target))
        }
        let root = try SafeFolder(root: data.isDirectory ? target : Paths.parent(target))
        for folder in data.emptyFolders { try root.makeDirectory(folder) }
        progress.report(.began(.fetching, items: data.files.count, bytes: data.size))
        defer { progress.report(.ended(.fetching)) }
        let failure = Mutex<(any Error)?>(nil)
        await concurrentForEach(data.files, limit: limit) { file in
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                let place = data.isDirectory ? file.path : RelativePath(Paths.name(target))
                try await deliver(file, to: place, in: root)
                progress.report(.advanced(.fetching, items: 1, bytes: file.size ?? 0))
            } catch {
                failure.withLock { if $0 == nil { $0 = error } }
            }
        }
        try Task.checkCancellation()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func deliver(_ file: IncomingFile, to path: RelativePath, in root: SafeFolder) async throws {
        // Beside the target, so that the last step is a rename in one file system.
        let temporary = Paths.join(Paths.parent(target), TemporaryName.make())
        try await file.write(to: temporary)
        do {
            if let status = try root.status(of: path), status.kind == .directory {
                throw Failure(
                    "[Errno 21] Is a directory: '\(Paths.join(root.root, path.string))'",
                    remedy: "remove the directory first", category: .unexpected)
            }
            try root.replace(path, byRenaming: temporary)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }
}

/// What `get-url` is asked to do.
package struct GetURLRequest: Sendable {
    package var url: String
    /// Where to put the data; `nil` for the source's name.
    package var output: String?
    package var force = false
    package var jobs: Int?
    package var fsConfig = Mapping()

    package init(url: String) { self.url = url }

    /// Copies what lies at the URL to the user's machine, inside of a repository or not.
    package func run(_ environment: HostEnvironment, progress: any ProgressReporter) async throws {
        let path = try ImportTarget.resolve(url, output, force: force, from: environment.workingDirectory)
        let target = Paths.absolute(path, from: environment.workingDirectory)
        if StageLoading.isProjectFile(Paths.name(target)) { throw Failure("DVC file '\(target)' cannot be an output.") }
        let source = try URLOpener(environment).source(url, fsConfig: fsConfig, jobs: jobs)
        guard let contents = try await source.contents() else { throw MissingSource(url: url) }
        if let own = source.localPath, contents.isDirectory, Paths.isInside(target, own) {
            throw Failure("'\(path)' lies in what is to be copied", remedy: "name a place outside of it")
        }
        let delivery = DataDelivery(target: target, progress: progress, limit: source.backend.concurrency)
        try await delivery.deliver(IncomingData(contents, of: source))
    }
}
