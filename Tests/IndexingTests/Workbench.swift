import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A repository with a cache and an index in a folder of its own.
final class Workbench: Sendable {
    let folder = TemporaryFolder("indexing")
    let repository: String
    let cache: Cache
    let indexPath: String

    init(_ types: [LinkType] = [.copy]) throws {
        let root = Paths.resolvingLinks(folder.path)
        repository = root + "/repository"
        indexPath = root + "/index"
        cache = Cache(
            root: root + "/cache", linkTypes: types, isShared: false, quarantineFolder: root + "/tmp/quarantine")
        try Files.makeDirectory(repository)
    }

    func path(_ name: String) -> String { Paths.join(repository, name) }

    func write(_ name: String, _ text: String, mode: UInt32? = nil) throws {
        try Files.makeDirectory(Paths.parent(path(name)))
        try Files.write(Array(text.utf8), to: path(name), sync: false)
        if let mode { try Files.setMode(path(name), mode) }
    }

    func text(_ name: String) -> String? {
        (try? Files.read(path(name))).map { String(decoding: $0, as: UTF8.self) }
    }

    func link(_ name: String, to target: String) throws {
        try Files.makeDirectory(Paths.parent(path(name)))
        try Linker.make(.symlink, from: target, to: path(name), mode: 0)
    }

    /// The index as a new process would find it.
    func index() -> StatIndex { StatIndex(path: indexPath) }

    func scanner(_ index: StatIndex, _ progress: any ProgressReporter = SilentProgress()) -> WorkspaceScanner {
        WorkspaceScanner(
            repository: repository, index: index, ignore: IgnoreRules(root: repository), threads: 2, progress: progress)
    }

    /// Looks at a path as a new process would, and saves the index.
    @discardableResult
    func scan(_ path: RelativePath, storing: Bool = false, reading progress: ReadCounter? = nil) throws -> WorkspaceItem
    {
        let index = index()
        defer { index.save() }
        return try scanner(index, progress ?? ReadCounter()).item(at: path, storingIn: storing ? cache : nil)
    }

    /// How many files a new look reads.
    func reads(_ path: RelativePath, storing: Bool = false) throws -> Int {
        let counter = ReadCounter()
        try scan(path, storing: storing, reading: counter)
        return counter.files
    }

    /// Stores what is at a path, as `add` does.
    @discardableResult
    func add(_ path: RelativePath) throws -> Checkout.Wanted {
        switch try scan(path, storing: true) {
        case .absent: return .nothing
        case .file(let entry): return .file(ObjectID(entry.digest), isExecutable: entry.isExecutable)
        case .folder(let state):
            let listing = state.listing()
            return .folder(try cache.store(listing), listing)
        }
    }

    /// Brings a path to a state; `meanwhile` runs after the look and before the work.
    @discardableResult
    func checkout(
        _ wanted: Checkout.Wanted, at path: RelativePath, _ options: Checkout.Options = .init(),
        meanwhile: () throws -> Void = {}
    ) throws -> Checkout.Change {
        let index = index()
        defer { index.save() }
        let scanner = scanner(index)
        let checkout = Checkout(
            scanner: scanner, cache: cache, staging: folder.path("staging"), options: options)
        let step = checkout.step(wanted, at: path, over: try scanner.item(at: path))
        if !options.force {
            let unsaved = try checkout.unsavedFiles(step)
            guard unsaved.isEmpty else { throw UnsavedFiles(paths: unsaved) }
        }
        try meanwhile()
        return try checkout.apply(step)
    }

    /// Every file and folder below a path with its content; folders end in a slash.
    func tree(_ name: String) throws -> [RelativePath: String] {
        var found: [RelativePath: String] = [:]
        func visit(_ path: String, _ prefix: String) throws {
            for entry in try Files.entries(in: path) {
                let child = path + "/" + entry.name
                if entry.kind == .directory {
                    found[RelativePath(prefix + entry.name + "/")] = ""
                    try visit(child, prefix + entry.name + "/")
                } else {
                    found[RelativePath(prefix + entry.name)] = String(decoding: try Files.read(child), as: UTF8.self)
                }
            }
        }
        try visit(path(name), "")
        return found
    }

    /// Names of writers that did not clean up, anywhere.
    func temporaries() throws -> [String] {
        var found: [String] = []
        func visit(_ path: String) throws {
            for entry in try Files.entries(in: path) {
                if TemporaryName.matches(entry.name) { found.append(path + "/" + entry.name) }
                if entry.kind == .directory { try visit(path + "/" + entry.name) }
            }
        }
        try visit(folder.path)
        return found
    }
}

/// Counts the files that are read.
final class ReadCounter: ProgressReporter {
    private let count = Atomic<Int>(0)

    var files: Int { count.load(ordering: .relaxed) }

    func report(_ event: ProgressEvent) {
        if case .began(.hashing, let items, _) = event { count.wrappingAdd(items, ordering: .relaxed) }
    }
}

/// Waits until the clock of the file system has moved on, so that no file written before is as young as the next look.
func letTheClockTick() {
    var pause = timespec(tv_sec: 0, tv_nsec: 30_000_000)
    nanosleep(&pause, nil)
}

extension WorkspaceItem {
    var folder: FolderState? { if case .folder(let state) = self { state } else { nil } }
    var file: IndexEntry? { if case .file(let entry) = self { entry } else { nil } }
}

extension Checkout.Wanted {
    var listing: DirectoryObject? { if case .folder(_, let listing) = self { listing } else { nil } }
}

/// Writes over a file in place, so that its inode stays, and its size if the text is as long as what was there.
func overwrite(_ path: String, _ text: String) {
    let descriptor = open(path, O_WRONLY)
    guard descriptor >= 0 else { return }
    var text = text
    _ = text.withUTF8 { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
}
