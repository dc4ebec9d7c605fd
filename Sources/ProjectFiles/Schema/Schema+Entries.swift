import Documents
import Objects

// The parts that pointer and lock files share.
extension Schema {
    /// An object's address, or a store's word for it, which DVC lets be bare digits; empty and null mean none.
    private static func checksum(_ isValid: @escaping @Sendable (String) -> Bool) -> Schema {
        .checked { value in
            if value.isNull || value.string?.isEmpty == true { return nil }
            guard let text = value.checksumText, isValid(text) else { return "not a valid value" }
            return nil
        }
    }

    /// DVC takes any text here, such as `../../etc/passwd`; it becomes part of a path, so varve does not.
    private static let md5 = checksum { ObjectID($0.lowercased()) != nil }
    private static let token = checksum { $0.utf8.count >= 3 && !$0.utf8.contains(0) }

    /// Negative and astronomical numbers pass DVC's check; nothing good follows from them.
    private static let count = Schema.checked { value in
        switch value {
        case .int(let number): number >= 0 ? nil : "expected a number that is not negative"
        case .bigInt: "number is too large"
        default: "expected int"
        }
    }

    private static let hashName = Schema.checked { value in
        guard let name = value.string else { return "expected str" }
        return name == "md5" ? nil : "unsupported hash '\(name)'"
    }

    static let path = Schema.checked { value in
        guard let path = value.string else { return "expected str" }
        return path.isEmpty || path.utf8.contains(0) ? "not a valid path" : nil
    }

    private static let pathInside = Schema.checked { value in
        guard let path = value.string else { return "expected str" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isInside = !path.utf8.contains(0) && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        return isInside ? nil : "not a path inside the directory"
    }

    private static let checksums: [Key] = [Key("md5", md5), Key("checksum", token), Key("etag", token)]
    private static let metadata: [Key] = [
        Key("size", count), Key("nfiles", count), Key("isexec", .bool), Key("version_id", .string),
    ]
    private static let cloud = Schema.both(
        .each(.keys(metadata + checksums)),
        .checked { ($0.mapping?.count ?? 0) > 1 ? "length of value must be at most 1" : nil })
    private static let files = Schema.items([
        .keys(checksums + metadata + [Key("relpath", pathInside, required: true), Key("cloud", cloud)])
    ])

    static let annotation: [Key] = [
        Key("desc", .string), Key("type", .string), Key("labels", .items([.string])), Key("meta", .anything),
    ]

    /// DVC's schema leaves `path` optional but its loader does not.
    private static let tracked: [Key] =
        checksums + metadata + [Key("persist", .bool), Key("cloud", cloud), Key("hash", hashName)]

    private static let output = Schema.keys(
        tracked + annotation + [
            Key("path", path, required: true), Key("cache", .bool), Key("remote", .string), Key("push", .bool),
            Key("files", files), Key("fs_config", .dictionary),
        ])

    private static let repository = Schema.keys([
        Key("url", .string, required: true), Key("rev", .string), Key("rev_lock", .string),
        Key("config", .either([.string, .dictionary])), Key("remote", .either([.string, .dictionary])),
    ])
    private static let database = Schema.keys([
        Key("query", .string), Key("connection", .string), Key("file_format", .string), Key("table", .string),
    ])
    private static func dependency(_ keys: [Key]) -> Schema {
        .keys(
            tracked + keys + [
                Key("repo", repository), Key("files", files), Key("fs_config", .dictionary),
            ])
    }

    /// `x.dvc`.
    static let pointerFile = Schema.keys([
        Key("md5", token),
        Key("wdir", .either([.string, .null])),
        Key(
            "deps",
            .either([
                .items([
                    .having(
                        keys: ["db"], then: dependency([Key("path", path), Key("db", database)]),
                        otherwise: dependency([Key("path", path, required: true)]))
                ]), .null,
            ])),
        Key("outs", .either([.items([output]), .null])),
        Key("locked", .bool),
        Key("frozen", .bool),
        Key("meta", .anything),
        Key("always_changed", .bool),
        Key("desc", .string),
    ])

    private static let lockedItem = Schema.keys(
        checksums + metadata + [
            Key("path", path, required: true), Key("cloud", cloud), Key("files", files), Key("hash", hashName),
            Key("dataset", .dictionary),
        ])

    /// One stage of `dvc.lock`, which is also what an entry of the run cache says.
    static let lockEntry = Schema.keys([
        Key("cmd", .either([.string, .list]), required: true),
        Key("deps", .items([lockedItem])),
        Key("params", .each(.each(.anything))),
        Key("outs", .items([lockedItem])),
    ])

    /// `dvc.lock`.
    static let lockFile = Schema.keys([
        Key("schema", .checked { $0 == "2.0" ? nil : "invalid schema version" }, required: true),
        Key("datasets", .anything),
        Key("stages", .each(lockEntry)),
    ])
}
