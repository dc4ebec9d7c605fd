import Basics
import Documents
import FileSystem
import Tables
import TestSupport

@testable import Preparation

/// A folder in which a table is prepared.
struct Workbench {
    let folder = TemporaryFolder("prepare")

    @discardableResult
    func write(_ name: String, _ text: String) throws -> TablePlace {
        try Files.write(Array(text.utf8), to: folder.path(name), sync: false)
        return TablePlace(path: folder.path(name), format: TableFormat(path: name) ?? .csv, name: name)
    }

    func text(_ name: String) throws -> String { String(decoding: try Files.read(folder.path(name)), as: UTF8.self) }

    /// - Parameter steps: JSON.
    @discardableResult
    func prepare(_ input: TablePlace, _ steps: String, seed: Int = 0) throws -> PreparationReport {
        let parsed = try StepReader(file: "params.yaml", place: "prepare.steps", seed: seed).steps(JSON.parse(steps))
        return try Preparation(input: input, steps: parsed).run(
            to: .folder(path: folder.path("out"), format: input.format, name: "out"),
            transformer: folder.path("transformer.json"))
    }

    @discardableResult
    func prepare(_ text: String, _ steps: String, seed: Int = 0) throws -> PreparationReport {
        try prepare(write("data.csv", text), steps, seed: seed)
    }

    /// The single table that a preparation without a split writes.
    func prepared(_ text: String, _ steps: String) throws -> String {
        try prepare(text, steps)
        return try self.text("out/prepared.csv")
    }

    /// What a preparation that must fail says.
    func failure(_ text: String, _ steps: String) -> String {
        let bench = Workbench()
        do {
            try bench.prepare(text, steps)
            return "it went well"
        } catch {
            let leftovers = (try? Files.names(in: bench.folder.path("out"))) ?? []
            return ((error as? any UserFacingError)?.summary ?? "\(error)")
                + (leftovers.isEmpty ? "" : " and left \(leftovers)")
        }
    }

    func transformer() throws -> FittedTransformer {
        try FittedTransformer(parsing: Files.read(folder.path("transformer.json")), file: "transformer.json")
    }

    /// The rows of a written table, by the name of its side.
    func rows(_ side: String) throws -> [String] {
        try text("out/\(side).csv").split(separator: "\n").dropFirst().map(String.init)
    }
}
