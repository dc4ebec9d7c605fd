import Basics
import Documents
import Testing
import TestSupport

@testable import Models

@Suite("Files of XGBoost's models")
struct ModelDocumentTests {
    static let files = [
        "regression-1.7.6.json", "regression-1.7.6.ubj", "regression-3.2.0.json", "regression-3.2.0.ubj",
        "binary-1.7.6.ubj", "binary-3.2.0.json", "classes-1.7.6.ubj", "classes-3.2.0.ubj", "dart-1.7.6.ubj",
        "dart-3.2.0.ubj", "gblinear-1.7.6.json", "gblinear-3.2.0.json",
    ]

    @Test("say who wrote them and which columns they read", arguments: files)
    func summary(file: String) throws {
        let document = try ModelDocument(parsing: try Golden.bytes(file), name: file)
        let summary = document.summary
        #expect(file.contains(summary.version.description))
        #expect(summary.featureNames == ["alpha", "beta", "gamma", "delta"])
        #expect(summary.featureCount == 4)
        #expect(summary.classCount == (file.hasPrefix("classes") ? 3 : 0))
        #expect(summary.roundCount == (file.hasPrefix("gblinear") ? 0 : 6))
    }

    @Test("of UBJSON come out as they went in", arguments: files.filter { $0.hasSuffix(".ubj") })
    func roundTrip(file: String) throws {
        let bytes = try Golden.bytes(file)
        #expect(UBJSON.emit(try UBJSON.parse(bytes)) == bytes)
    }

    @Test("of 3.x get a score that older libraries can read", arguments: ["ubj", "json"])
    func translation(ending: String) throws {
        let document = try ModelDocument(parsing: try Golden.bytes("regression-3.2.0.\(ending)"), name: "m")
        let old = String(decoding: try document.bytes(for: XGBoostVersion(1, 7, 4), name: "m"), as: UTF8.self)
        #expect(old.contains(document.summary.baseScores[0]))
        #expect(!old.contains("[" + document.summary.baseScores[0]))
        let new = String(decoding: try document.bytes(for: XGBoostVersion(3, 2), name: "m"), as: UTF8.self)
        #expect(new.contains("[" + document.summary.baseScores[0] + "]"))
    }

    @Test("whose classes begin with scores of their own are refused for older libraries")
    func classScores() throws {
        let document = try ModelDocument(parsing: try Golden.bytes("classes-3.2.0.ubj"), name: "m.ubj")
        let error = #expect(throws: Failure.self) { try document.bytes(for: XGBoostVersion(1, 7, 4), name: "m.ubj") }
        #expect(error?.summary.contains("'m.ubj' was written by XGBoost 3.2.0, and 1.7.4 would misread it") == true)
        #expect(throws: Never.self) { try document.bytes(for: XGBoostVersion(3, 2), name: "m.ubj") }
    }

    @Test("of a version that nobody knows yet are refused")
    func future() throws {
        let text = String(decoding: try Golden.bytes("regression-3.2.0.json"), as: UTF8.self)
            .replacing("\"version\":[3,2,0]", with: "\"version\":[4,0,0]")
        let document = try ModelDocument(parsing: Array(text.utf8), name: "m.json")
        #expect(throws: Failure.self) { try document.bytes(for: XGBoostVersion(3, 2), name: "m.json") }
        #expect(throws: Never.self) { try document.bytes(for: XGBoostVersion(4, 0), name: "m.json") }
    }

    // MARK: Hostile ones

    @Test(
        "that lie about their trees are refused, each for its reason",
        arguments: [
            ("\"num_trees\":\"6\"", "\"num_trees\":\"7\"", "announces 7 trees"),
            ("\"num_trees\":\"6\"", "\"num_trees\":\"-1\"", "cannot be"),
            ("\"num_feature\":\"4\",\"num_target\"", "\"num_feature\":\"9\",\"num_target\"", "4 words for 9 columns"),
            ("\"num_feature\":\"4\"", "\"num_feature\":\"5\"", "cannot be"),
            ("\"left_children\":[1", "\"left_children\":[1000000", "does not exist"),
            ("\"left_children\":[1", "\"left_children\":[-7", "does not exist"),
            ("\"left_children\":[1", "\"left_children\":[0", "does not exist"),
            ("\"left_children\":[1", "\"left_children\":[2", "two parents"),
            ("\"left_children\":[1", "\"left_children\":[1,1", "whole numbers"),
            ("\"left_children\":[1", "\"left_children\":[\"1\"", "whole numbers"),
            ("\"parents\":[2147483647,0", "\"parents\":[2147483647,3", "does not know its parent"),
            ("\"parents\":[2147483647", "\"parents\":[99999", "does not exist"),
            ("\"split_indices\":[", "\"split_indices\":[7,", "whole numbers"),
            ("\"default_left\":[", "\"default_left\":[5,", "whole numbers"),
            ("\"tree_info\":[0", "\"tree_info\":[3", "name an output"),
            ("\"base_score\":\"", "\"base_score\":\"x", "is no number"),
            ("\"name\":\"gbtree\"", "\"name\":\"gbforest\"", "no booster 'gbforest'"),
            ("\"version\":[1,7,6]", "\"version\":[1,7]", "which version"),
            ("\"id\":0", "\"id\":5", "is not its place"),
            ("\"num_nodes\":\"", "\"num_nodes\":\"9", "numbers"),
            ("\"categories_nodes\":[]", "\"categories_nodes\":[1]", "do not fit together"),
            ("{\"learner\"", "{\"teacher\"", "'learner' is missing"),
        ])
    func lies(old: String, new: String, reason: String) throws {
        let text = String(decoding: try Golden.bytes("regression-1.7.6.json"), as: UTF8.self)
        let changed = text.replacing(old, with: new, maxReplacements: 1)
        #expect(changed != text)
        let error = #expect(throws: Failure.self) { try ModelDocument(parsing: Array(changed.utf8), name: "m.json") }
        #expect(error?.summary.contains(reason) == true, "\(error?.summary ?? "")")
        #expect(error?.summary.contains("'m.json' is no model of XGBoost that can be used") == true)
    }

    @Test("that ask for a column that does not exist are refused")
    func column() throws {
        let text = String(decoding: try Golden.bytes("regression-1.7.6.json"), as: UTF8.self)
        let place = try #require(text.firstRange(of: "\"split_indices\":[")).upperBound
        let changed = text[..<place] + "4" + text[text.index(after: place)...]
        let error = #expect(throws: Failure.self) { try ModelDocument(parsing: Array(changed.utf8), name: "m") }
        #expect(error?.summary.contains("asks for column 4 of 4") == true, "\(error?.summary ?? "")")
    }

    @Test("that are cut off anywhere are refused")
    func truncated() throws {
        for file in ["regression-1.7.6.ubj", "gblinear-1.7.6.json"] {
            let bytes = try Golden.bytes(file)
            for count in stride(from: 0, to: bytes.count, by: 13) {
                #expect(throws: Failure.self) { try ModelDocument(parsing: Array(bytes[..<count]), name: "m") }
            }
        }
    }

    @Test(
        "of UBJSON with lying lengths, deep nesting or unknown kinds are refused",
        arguments: [
            [0x7B], [0x7B, 0x4C], [0x7B, 0x4C, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x61],
            [0x7B, 0x4C, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x61],
            [0x7B, 0x4C, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x5B, 0x24, 0x4C, 0x23, 0x4C, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF]
                + [0xFF, 0xFF, 0xFF],
            [0x7B, 0x4C, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x78, 0x7D],
            [0x7B, 0x4C, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x5A, 0x4C, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x5A, 0x7D],
        ] as [[UInt8]])
    func lengths(bytes: [UInt8]) {
        #expect(throws: Failure.self) { try UBJSON.parse(bytes) }
    }

    @Test("of UBJSON nested beyond measure are refused")
    func nested() {
        var bytes: [UInt8] = []
        for _ in 0..<100_000 { bytes += [0x7B, 0x4C, 0, 0, 0, 0, 0, 0, 0, 1, 0x61] }
        #expect(throws: Failure.self) { try UBJSON.parse(bytes) }
    }

    @Test("that chance has changed are refused, or predict something without a crash", arguments: files)
    func fuzzed(file: String) throws {
        let original = try Golden.bytes(file)
        var random = SeededGenerator(seed: 11)
        let library = try XGBoostLibrary.open(BuiltProgram.variable(XGBoostLibrary.pathVariable))
        let rows = [Float](repeating: 0.25, count: 8)
        for _ in 0..<BuiltProgram.number("VARVE_TEST_MUTATIONS", default: 150) {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(UInt8.random(in: 0x2C...0x39, using: &random), at: place)
                default: bytes[place] = bytes[Int.random(in: 0..<bytes.count, using: &random)]
                }
            }
            do {
                let document = try ModelDocument(parsing: bytes, name: "m")
                let booster = try Booster(library)
                try booster.load(try document.bytes(for: library.version, name: "m"))
                guard try booster.featureCount == 4 else { continue }
                let matrix = try DataMatrix(library, values: rows, rows: 2, width: 4)
                _ = try booster.predict(matrix, rounds: 0)
                _ = try booster.predict(matrix, rounds: min(1, document.summary.roundCount))
            } catch is Failure {
                continue
            }
        }
    }
}
