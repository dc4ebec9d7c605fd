import Documents
import FileSystem
import Hashing

/// How a package came about, as an in-toto statement with SLSA's predicate. What is in it comes from lock files and Git;
/// it is as true as whoever signs it.
package struct Provenance: Sendable {
    static let fileName = "provenance.json"
    static let buildType = "urn:varve:package:v1"

    private let description: PackageDescription
    private let format: PackageFormat
    private let files: [PackedFile]
    private let digest: ContentDigest?
    private let toolVersion: String

    package init(
        _ description: PackageDescription, format: PackageFormat, files: [PackedFile], digest: ContentDigest?,
        toolVersion: String
    ) {
        self.description = description
        self.format = format
        self.files = files
        self.digest = digest
        self.toolVersion = toolVersion
    }

    package var bytes: [UInt8] {
        var subjects: [Value] = []
        if let digest { subjects.append(Statement.subject(description.name, digest)) }
        subjects += files.map { file in
            [
                "name": .string(file.path.string),
                "digest": ["sha256": .string(file.sha256.hex), "md5": .string(file.md5.hex)],
            ]
        }
        return Statement.bytes(subjects: subjects, type: "https://slsa.dev/provenance/v1", predicate: predicate)
    }

    private var predicate: Value {
        var external = Mapping()
        external["format"] = .string(format.rawValue)
        if let stage = description.stage {
            external["stage"] = .string(stage.address)
            external["commands"] = .array(stage.commands.map(Value.string))
            if !stage.parameters.isEmpty { external["params"] = .mapping(stage.parameters) }
        }
        var run = Mapping()
        run["builder"] = ["id": "urn:varve:local", "version": ["varve": .string(toolVersion)]]
        return [
            "buildDefinition": [
                "buildType": .string(Self.buildType), "externalParameters": .mapping(external),
                "internalParameters": .mapping(Mapping()), "resolvedDependencies": .array(dependencies),
            ],
            "runDetails": .mapping(run),
        ]
    }

    private var dependencies: [Value] {
        var found: [Value] = []
        if let revision = description.revision {
            var source = Mapping()
            source["uri"] = .string("git+" + (description.sourceURL ?? "file:.") + "@" + revision)
            source["digest"] = ["gitCommit": .string(revision)]
            found.append(.mapping(source))
        }
        for item in description.datasets + (description.stage?.dependencies ?? []) {
            var source = Mapping()
            source["name"] = .string(item.name)
            source["uri"] = item.uri.map(Value.string)
            if let md5 = item.md5 {
                let isFolder = md5.hasSuffix(".dir")
                source["digest"] = .mapping(
                    Mapping([
                        (
                            key: isFolder ? "dvcDirectoryMd5" : "md5",
                            value: .string(isFolder ? String(md5.dropLast(4)) : md5)
                        )
                    ]))
            }
            found.append(.mapping(source))
        }
        return found
    }
}

/// An in-toto statement: something that is said of things that their digests name.
package enum Statement {
    static let type = "https://in-toto.io/Statement/v1"

    static func subject(_ name: String, _ digest: ContentDigest) -> Value {
        ["name": .string(name), "digest": ["sha256": .string(digest.hex)]]
    }

    static func bytes(subjects: [Value], type predicateType: String, predicate: Value) -> [UInt8] {
        let statement: Value = [
            "_type": .string(type), "subject": .array(subjects), "predicateType": .string(predicateType),
            "predicate": predicate,
        ]
        return statement.documentBytes
    }
}
