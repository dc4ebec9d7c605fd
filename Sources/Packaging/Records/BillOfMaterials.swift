import Documents
import FileSystem
import Hashing

/// What a package consists of, as CycloneDX 1.6 writes it, the model's card with it (ML-BOM).
package struct BillOfMaterials: Sendable {
    static let fileName = "sbom.cdx.json"

    private let description: PackageDescription
    private let files: [PackedFile]
    private let facts: ModelFacts
    private let digest: ContentDigest?
    private let toolVersion: String

    /// - Parameters:
    ///   - digest: of the package as a whole, where it has one that does not depend on this document.
    ///   - toolVersion: the version of varve.
    package init(
        _ description: PackageDescription, files: [PackedFile], facts: ModelFacts, digest: ContentDigest?,
        toolVersion: String
    ) {
        self.description = description
        self.files = files
        self.facts = facts
        self.digest = digest
        self.toolVersion = toolVersion
    }

    package var bytes: [UInt8] {
        var bom = Mapping()
        bom["bomFormat"] = "CycloneDX"
        bom["specVersion"] = "1.6"
        bom["serialNumber"] = .string(serialNumber)
        bom["version"] = 1
        bom["metadata"] = metadata
        let libraries = description.requirements.compactMap(library)
        bom["components"] = .array(files.map(component) + libraries.map(\.value))
        bom["dependencies"] = [
            [
                "ref": "package",
                "dependsOn": .array(files.map { .string(reference($0)) } + libraries.map { .string($0.reference) }),
            ]
        ]
        return Value.mapping(bom).documentBytes
    }

    /// A UUID that follows from what is packed.
    private var serialNumber: String {
        let text = files.map { "\($0.sha256.hex) \($0.path.string)\n" }.joined() + (digest?.hex ?? "")
        var digits = Array(ContentDigest(of: Array(text.utf8)).hex.prefix(32))
        // Version 8, a UUID of the maker's own, and the usual variant.
        digits[12] = "8"
        digits[16] = "8"
        let groups = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return "urn:uuid:" + groups.map { String($0) }.joined(separator: "-")
    }

    private var metadata: Value {
        var metadata = Mapping()
        metadata["timestamp"] = description.created.flatMap(UTCTime.text).map(Value.string)
        metadata["tools"] = [
            "components": [["type": "application", "name": "varve", "version": .string(toolVersion)]]
        ]
        metadata["component"] = .mapping(package)
        return .mapping(metadata)
    }

    private var package: Mapping {
        var package = Mapping()
        package["type"] = "machine-learning-model"
        package["bom-ref"] = "package"
        package["authors"] =
            description.authors.isEmpty ? nil : .array(description.authors.map { ["name": .string($0)] })
        package["publisher"] = description.vendor.map(Value.string)
        package["name"] = .string(description.name)
        package["version"] = description.version.map(Value.string)
        package["description"] = description.summary.map(Value.string)
        if let digest { package["hashes"] = [["alg": "SHA-256", "content": .string(digest.hex)]] }
        package["licenses"] = licenses
        if let url = description.sourceURL {
            package["externalReferences"] = [["url": .string(url), "type": "vcs"]]
        }
        package["modelCard"] = .mapping(modelCard)
        return package
    }

    private var licenses: Value? {
        let licenses = description.licenses
        guard !licenses.isEmpty else { return nil }
        let areExpressions = licenses.allSatisfy { text in
            !text.isEmpty
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                    default: "-.+() ".utf8.contains(byte)
                    }
                }
        }
        guard areExpressions else {
            return .array(licenses.map { ["license": ["name": .string($0)]] })
        }
        let expression = licenses.count == 1 ? licenses[0] : licenses.map { "(\($0))" }.joined(separator: " AND ")
        return [["expression": .string(expression)]]
    }

    private var modelCard: Mapping {
        var parameters = Mapping()
        parameters["task"] = description.task.map(Value.string)
        parameters["architectureFamily"] = description.family.map(Value.string)
        parameters["modelArchitecture"] = (description.framework ?? facts.format).map(Value.string)
        let sources = description.datasets + (description.stage?.dependencies ?? [])
        if !sources.isEmpty {
            parameters["datasets"] = .array(
                sources.map { source in
                    var data = Mapping()
                    data["type"] = "dataset"
                    data["name"] = .string(source.name)
                    var properties: [Value] = []
                    if let md5 = source.md5 {
                        properties.append(["name": "md5", "value": .string(md5)])
                    }
                    var contents = Mapping()
                    contents["url"] = source.uri.map(Value.string)
                    if !properties.isEmpty { contents["properties"] = .array(properties) }
                    if !contents.isEmpty { data["contents"] = .mapping(contents) }
                    return .mapping(data)
                })
        }
        var card = Mapping()
        card["modelParameters"] = .mapping(parameters)
        let metrics: [Value] = description.metrics.flatMap(\.leaves).map {
            ["type": .string($0.name), "value": .string($0.value.plainText)]
        }
        if !metrics.isEmpty { card["quantitativeAnalysis"] = ["performanceMetrics": .array(metrics)] }
        return card
    }

    private func reference(_ file: PackedFile) -> String { "file:" + file.path.string }

    private func component(_ file: PackedFile) -> Value {
        var component = Mapping()
        switch file.role {
        case .model: component["type"] = "machine-learning-model"
        case .dataset: component["type"] = "data"
        case .configuration, .code, .documentation: component["type"] = "file"
        }
        component["bom-ref"] = .string(reference(file))
        component["name"] = .string(file.path.string)
        component["hashes"] = [
            ["alg": "MD5", "content": .string(file.md5.hex)],
            ["alg": "SHA-256", "content": .string(file.sha256.hex)],
        ]
        component["properties"] = [["name": "varve:size", "value": .string(String(file.size))]]
        return .mapping(component)
    }

    /// A line of requirements that names one version.
    private func library(_ requirement: String) -> (reference: String, value: Value)? {
        let line = requirement.prefix { $0 != "#" && $0 != ";" }.filter { $0 != " " && $0 != "\t" }
        let parts = line.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, !parts[0].isEmpty, !parts[2].isEmpty else { return nil }
        let name = parts[0].prefix { $0 != "[" }.lowercased().map { $0 == "_" ? "-" : $0 }
        let url = "pkg:pypi/\(String(name))@\(parts[2])"
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let value: Value = [
            "type": "library", "bom-ref": .string(url), "name": .string(String(name)),
            "version": .string(String(parts[2])), "purl": .string(url),
        ]
        return (url, value)
    }
}
