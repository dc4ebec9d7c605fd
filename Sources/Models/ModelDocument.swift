package import Basics
import Documents

/// How a file holds a model of XGBoost.
package enum ModelFormat: String, Sendable {
    case ubj
    case json

    /// By the ending of a file's name.
    package init?(path: String) {
        let name = path.lowercased()
        if name.hasSuffix(".ubj") {
            self = .ubj
        } else if name.hasSuffix(".json") {
            self = .json
        } else {
            return nil
        }
    }
}

/// A model's file that was read and whose structure holds together.
///
/// XGBoost's library trusts what it reads: a child that is no node, a column that the data lack or lists of unequal
/// lengths make it read and write wherever they point. So a file is read by code of our own first, everything that
/// the library will use as an index or a length is checked, and what the library gets is written anew from what was
/// checked.
package struct ModelDocument {
    private var root: ModelNode
    private let format: ModelFormat
    /// What the file says about itself.
    package let summary: ModelSummary

    /// - Parameter name: how messages call the file.
    package init(parsing bytes: [UInt8], name: String) throws(Failure) {
        let isJSON = bytes.first == UInt8(ascii: "{") && bytes.dropFirst().first != UInt8(ascii: "L")
        do throws(Failure) {
            format = isJSON ? .json : .ubj
            root = isJSON ? try Self.parseJSON(bytes) : try UBJSON.parse(bytes)
            summary = try ModelCheck(root).check()
        } catch {
            throw Failure(
                "'\(name)' is no model of XGBoost that can be used: \(error.summary)",
                remedy: "train it again, or get the file again; `varve checkout` restores a tracked one")
        }
    }

    /// The bytes for a library of this version.
    ///
    /// Since 3.1 XGBoost writes the score that it begins with as a list, which versions before read as nothing without
    /// saying so.
    package func bytes(for version: XGBoostVersion, name: String) throws(Failure) -> [UInt8] {
        var root = root
        if version < XGBoostVersion(3, 1) {
            if summary.hasOwnCategories {
                throw tooNew(name, version, "it holds the words of its columns")
            }
            guard let first = summary.baseScores.first, summary.baseScores.allSatisfy({ $0 == first }) else {
                throw tooNew(name, version, "each of its classes begins with a score of its own")
            }
            root["learner"]?["learner_model_param"]?["base_score"] = .text(first)
        }
        if summary.version.major > max(3, version.major) {
            throw tooNew(name, version, "nobody knows yet whether this library reads it right")
        }
        return format == .json ? Array(Self.json(root).utf8) : UBJSON.emit(root)
    }

    private func tooNew(_ name: String, _ version: XGBoostVersion, _ reason: String) -> Failure {
        Failure(
            "'\(name)' was written by XGBoost \(summary.version), and \(version) would misread it: \(reason)",
            remedy: "set \(XGBoostLibrary.pathVariable) to a newer libxgboost, or train the model with this one")
    }

    // MARK: JSON

    private static func parseJSON(_ bytes: [UInt8]) throws(Failure) -> ModelNode {
        do {
            return node(try JSON.parse(bytes, limits: DocumentLimits(bytes: 1 << 30, depth: 32)))
        } catch {
            throw Failure(error.message + (error.line.map { " (line \($0))" } ?? ""))
        }
    }

    private static func node(_ value: Value) -> ModelNode {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .integer(number)
        case .bigInt(let digits): .text(digits)
        case .float(let number): .real(number)
        case .string(let text), .date(let text): .text(text)
        case .array(let items): .list(items.map(node))
        case .mapping(let mapping): .object(mapping.entries.map { ($0.key, node($0.value)) })
        }
    }

    private static func json(_ node: ModelNode) -> String { JSON.emitPython(value(node)) }

    private static func value(_ node: ModelNode) -> Value {
        switch node {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .int(number)
        case .real(let number): .float(number)
        case .text(let text): .string(text)
        case .list(let items): .array(items.map(value))
        case .packed(let numbers): .array((numbers.integers ?? []).map { .int($0) })
        case .object(let entries): .mapping(Mapping(entries.map { (key: $0.key, value: value($0.value)) }))
        }
    }
}

/// What a model's file says about itself.
package struct ModelSummary: Sendable, Equatable {
    package var version: XGBoostVersion
    package var booster: String
    package var objective: String
    package var featureCount: Int
    /// 0 where the model knows no classes.
    package var classCount: Int
    package var roundCount: Int
    package var featureNames: [String]
    package var attributes: [String: String]
    /// What each output begins with, as the file spells it.
    package var baseScores: [String]
    package var hasOwnCategories: Bool
}
