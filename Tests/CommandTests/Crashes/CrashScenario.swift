import FileSystem
import TestSupport
import Testing

/// A command that is killed at every point where it changes a file, and what must hold afterwards.
struct CrashScenario: Sendable, CustomTestStringConvertible {
    let name: String
    let command: [String]
    /// Whether the command's purpose is to take something away.
    var removes = false
    /// Whether it fails once it is done, as what it is told to change is no longer there.
    var isOnce = false
    let prepare: @Sendable (TemporaryRepository) throws -> Void

    var testDescription: String { name }

    /// How many points of a command are tried; all of them if there are fewer.
    private static let limit = BuiltProgram.number("VARVE_TEST_POINTS", default: 6)

    /// The numbers of the points to try out of `count`, spread evenly and with both ends.
    static func chosen(of count: Int) -> [Int] {
        guard count > limit else { return count == 0 ? [] : Array(1...count) }
        return (0..<limit).map { 1 + $0 * (count - 1) / (limit - 1) }
    }

    /// What the runs are compared with.
    struct Reference {
        let origin: TemporaryRepository
        let before: TreeSnapshot
        let after: TreeSnapshot
        /// How many points the run passed that nothing interrupted.
        let points: Int
    }

    func makeReference() throws -> Reference {
        let origin = try TemporaryRepository()
        try prepare(origin)
        let before = try origin.snapshot()
        let whole = try TemporaryRepository(copyOf: origin)
        let log = whole.folder + "/tmp/points"
        try whole.run([BuiltProgram.varve] + command, with: ["VARVE_FAULT_LOG": log]).succeeds()
        let after = try whole.snapshot()
        let points = try Files.read(log).count { $0 == UInt8(ascii: "\n") }
        try #require(points > 0, "\(name) changes no file")
        #expect(after.leftovers == [], "\(name) leaves temporary files")
        #expect(after.misnamedObjects == [])
        if !removes {
            #expect(before.contents.subtracting(metadata(before)).isSubset(of: after.contents), "\(name) loses data")
        }
        return Reference(origin: origin, before: before, after: after, points: points)
    }

    /// Runs the command with a fault on a copy and checks that nothing is lost and that the next run mends it.
    func check(_ fault: String, _ reference: Reference, isKill: Bool) throws {
        let repository = try TemporaryRepository(copyOf: reference.origin)
        let run = try repository.run([BuiltProgram.varve] + command, with: ["VARVE_FAULT": fault])
        if !isKill {
            #expect(run.signal == nil, "\(name) \(fault): \(run)")
            if run.status != 0 { #expect(run.errors.contains("ERROR: "), "\(name) \(fault): \(run)") }
        }
        let interrupted = try repository.snapshot()
        expectNothingLost(interrupted, reference, "\(name) \(fault) -> \(run.status ?? -1)")
        if !isKill, run.status == 0 {
            let differences = interrupted.settled.differences(from: reference.after)
            #expect(differences == [], "\(name) \(fault) says it succeeded: \(run)")
        }
        let next = try repository.run([BuiltProgram.varve] + command)
        let isDone = isOnce && interrupted.settled.differences(from: reference.after) == []
        #expect(next.status == 0 || isDone, "the run after \(name) \(fault): \(next)")
        let mended = try repository.snapshot()
        #expect(mended.settled.differences(from: reference.after) == [], "the run after \(name) \(fault)")
        // A remote has other users: what lies there half-written is theirs for all that this one knows.
        // Settings are written without the repository's lock, so what a killed `config` left waits for a command that
        // sweeps under it; it is one small file beside the settings.
        #expect(
            mended.leftovers.filter {
                $0.hasPrefix("work/") && !(command[0] == "config" && $0.hasPrefix("work/.dvc/."))
            }
                == [],
            "the run after \(name) \(fault) sweeps what the killed one left")
    }

    private func expectNothingLost(_ now: TreeSnapshot, _ reference: Reference, _ context: String) {
        let data = reference.before.contents.subtracting(metadata(reference.before))
        let wanted = removes ? data.intersection(reference.after.contents) : data
        let lost = wanted.subtracting(now.contents)
        let names = reference.before.items.filter { item in
            if case .file(let md5, _) = item.value { lost.contains(md5) } else { false }
        }
        #expect(lost.isEmpty, "\(context): lost \(names.keys.sorted())")
        #expect(now.misnamedObjects == [], "\(context): a part is taken for the whole")
        for (path, item) in now.settled.items where isMetadata(path) {
            // Each target of a command adds a line of its own.
            if path.hasSuffix(".gitignore"), command.count > 2 { continue }
            let isOldOrNew = item == reference.before.items[path] || item == reference.after.items[path]
            #expect(isOldOrNew, "\(context): '\(path)' is neither old nor new")
        }
    }

    private func metadata(_ snapshot: TreeSnapshot) -> Set<String> {
        Set(
            snapshot.items.compactMap { path, item in
                if isMetadata(path), case .file(let md5, _) = item { md5 } else { nil }
            })
    }

    private func isMetadata(_ path: String) -> Bool {
        path.hasSuffix(".dvc") || path.hasSuffix(".gitignore") || path.hasSuffix(".dvc/config")
            || path.hasSuffix("dvc.yaml") || path.hasSuffix("dvc.lock")
    }
}
