import Documents
import ProjectFiles
import Testing

/// A pipeline and what becomes of it, a line per stage.
struct TemplateCase: Sendable, CustomTestStringConvertible {
    let name: String
    let pipeline: String
    let files: [String: String]
    let options: TemplateOptions
    let resolved: String

    init(
        _ name: String, pipeline: String, params: String? = nil, files: [String: String] = [:],
        options: TemplateOptions = TemplateOptions(), resolved: String
    ) {
        self.name = name
        self.pipeline = pipeline
        self.files = files.merging(params.map { ["params.yaml": $0] } ?? [:]) { first, _ in first }
        self.options = options
        self.resolved = resolved
    }

    var testDescription: String { name }
}

@Suite("Templates") struct TemplateTests {
    @Test("every stage becomes what DVC makes of it", arguments: TemplateCase.values + TemplateCase.groupsAndVariables)
    func matchesDVC(example: TemplateCase) {
        #expect(Self.lines(of: example) == example.resolved)
    }

    private static func lines(of example: TemplateCase) -> String {
        var text = ""
        func attempt(_ name: String, _ body: () throws -> Void) {
            let error = summary(of: body)
            guard !error.isEmpty else { return }
            text +=
                (name.isEmpty ? "" : name + " ") + "!! "
                + error.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "⏎") + "\n"
        }
        attempt("") {
            let file = try PipelineFile(example.pipeline, files: example.files, options: example.options)
            for name in file.definedNames {
                attempt(name) {
                    for name in try file.stageNames(inGroup: name) ?? [name] {
                        attempt(name) { text += try line(of: name, in: file) }
                    }
                }
            }
        }
        return text
    }

    private static func line(of name: String, in file: PipelineFile) throws -> String {
        let stage = try #require(try file.stage(named: name))
        let used = Mapping(stage.usedVariables.map { ($0.file, .mapping($0.values)) })
        let entry = JSON.emitPython(.mapping(stage.pipelineEntry), sortKeys: false)
        return "\(name) \(entry) \(JSON.emitPython(.mapping(used), sortKeys: false))\n"
    }

    @Test("a broken template leaves the other stages and their names in place")
    func brokenTemplateIsLazy() throws {
        let file = try PipelineFile("stages: {a: {cmd: '${x}'}, b: {cmd: ok}, c: {foreach: '${y}', do: {cmd: z}}}\n")
        #expect(file.definedNames == ["a", "b", "c"])
        #expect(try file.stage(named: "b")?.command == StageCommand("ok"))
        #expect(throws: ProjectFileError.self) { try file.stage(named: "a") }
        #expect(throws: ProjectFileError.self) { try file.stageNames }
    }

    @Test("variables of a nested pipeline file are relative to its folder")
    func nestedFile() throws {
        let text = "vars: [../shared.yaml]\nstages: {s: {cmd: 'x ${a} ${b} ${c}', wdir: w, vars: [own.yaml]}}\n"
        let files = ["shared.yaml": "a: 1\n", "sub/params.yaml": "b: 2\n", "sub/w/own.yaml": "c: 3\n"]
        let file = try PipelineFile(
            parsing: Array(text.utf8), path: "sub/dvc.yaml", reader: MemoryReader(files: files))
        let stage = try #require(try file.stage(named: "s"))
        #expect(stage.command == StageCommand("x 1 2 3"))
        #expect(stage.workingDirectory == "sub/w")
        #expect(stage.usedVariables.map(\.file) == ["shared.yaml", "sub/params.yaml", "sub/w/own.yaml"])
    }

    @Test("item and key that hide a variable are told")
    func hiddenVariables() throws {
        let file = try PipelineFile(
            """
            vars: [{item: 1, key: 2}]
            stages:
              f: {foreach: [1], do: {cmd: x}}
              g: {foreach: {a: 1}, do: {cmd: x}}
            """)
        #expect(
            file.warnings == [
                "item is already specified, will be overwritten for stages generated from 'f'",
                "item and key are already specified, will be overwritten for stages generated from 'g'",
            ])
    }

    @Test("a matrix of absurd size is refused before anything is generated")
    func hugeMatrix() throws {
        let axes = (0..<40).map { "k\($0): [1, 2, 3, 4, 5]" }.joined(separator: ", ")
        let file = try PipelineFile("stages: {m: {matrix: {\(axes)}, cmd: x}, ok: {cmd: y}}\n")
        #expect(
            summary { _ = try file.stageNames }
                == "failed to resolve 'stages.m.matrix' in 'dvc.yaml': 390625 stages are more than the 100000 that are "
                + "allowed")
        #expect(try file.stage(named: "ok") != nil)
    }

    @Test("a date is no variable")
    func dates() {
        let error = summary {
            _ = try PipelineFile("stages: {s: {cmd: x}}\n", files: ["params.yaml": "f: {g: 2021-01-01}\n"])
        }
        #expect(
            error == "failed to parse 'vars' in 'dvc.yaml': Unsupported value of type 'date' in 'params.yaml:f.g'")
    }

    @Test("top-level sections and artifacts are filled in")
    func sections() throws {
        let file = try PipelineFile(
            """
            params: ["${d}.yaml"]
            metrics: [m.json, "${d}/m.json"]
            plots: [p.csv, "${d}": {x: a, y: {"${d}.csv": [b, c]}}, q: null]
            artifacts: {"${d}": {path: "${d}/model", labels: [l]}}
            datasets: [{name: ds, type: url, url: "s3://${d}"}]
            """, files: ["params.yaml": "d: dir\n"])
        #expect(try file.items(of: .params) == ["dir.yaml"])
        #expect(try file.items(of: .metrics) == ["m.json", "dir/m.json"])
        #expect(
            JSON.emitPython(.array(try file.items(of: .plots)), sortKeys: false)
                == #"["p.csv", {"dir": {"x": "a", "y": {"dir.csv": ["b", "c"]}}}, {"q": null}]"#)
        #expect(
            JSON.emitPython(.mapping(try file.artifacts()), sortKeys: false)
                == #"{"dir": {"path": "dir/model", "labels": ["l"]}}"#)
        #expect(try file.items(of: .datasets).first?.mapping?["url"] == "s3://dir")
        let broken = try PipelineFile("metrics: [a, '${x}']\n")
        #expect(
            summary { _ = try broken.items(of: .metrics) }
                == "failed to parse 'metrics.1' in 'dvc.yaml': Could not find 'x'")
    }
}
