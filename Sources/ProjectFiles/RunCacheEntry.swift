import Documents
import Hashing

/// Where a run of a stage is remembered in the run cache: `runs/<key[:2]>/<key>/<value>`.
package struct RunCacheEntry: Sendable, Equatable {
    /// Digest of what goes into the run: command, dependencies, parameters and the names of outputs. 64 hex digits.
    package let key: String
    /// Digest of the whole run, what came out included. 64 hex digits.
    package let value: String

    package init(_ entry: LockEntry) {
        key = Self.key(for: entry)
        value = Self.digest(of: .mapping(entry.value))
    }

    /// The key alone, which is all that is known before a run; the checksums of outputs do not enter.
    package static func key(for entry: LockEntry) -> String {
        var document = entry.value
        document["outs"] = .array(entry.outputs.map { .string($0.path) })
        return digest(of: .mapping(document))
    }

    /// Relative to the cache.
    package var path: String { "runs/\(key.prefix(2))/\(key)/\(value)" }

    private static func digest(of value: Value) -> String {
        let text = JSON.emitPython(value.removing(keys: ["size", "nfiles"]), sortKeys: true)
        return SHA256.hex(of: Array(text.utf8))
    }
}

extension LockEntry {
    /// The document of the run cache.
    package var runCacheText: String { YAML.emit(.mapping(value)) }
}
