import Documents
import ProjectFiles
import Testing

@Suite("Pipeline files") struct PipelineFileTests {
    private static let text = """
        # top
        stages:
          # about one
          one:   # trailing
            cmd: echo "one"     # c
            deps: [z, a]
            params: [z, a.c]
            outs: [o]

          two:
            cmd: |
              line
              line2
            outs:
              - p
        metrics: [m.json]

        """

    private static func edit(_ text: String = text) throws -> PipelineFileEdit {
        try PipelineFileEdit(Array(text.utf8), path: "dvc.yaml")
    }

    @Test("freezing a stage leaves everything else as DVC would")
    func freeze() throws {
        var stage = try #require(try PipelineFile(Self.text).stage(named: "one"))
        stage.isFrozen = true
        var edit = try Self.edit()
        try edit.put(stage)
        let frozen = """
            # top
            stages:
              # about one
              one:   # trailing
                cmd: echo "one"     # c
                deps: [a, z]
                params: [a.c, z]
                outs: [o]
                frozen: true

              two:
                cmd: |
                  line
                  line2
                outs:
                - p
            metrics: [m.json]

            """
        #expect(edit.text() == frozen)

        var later = try Self.edit(frozen)
        let two = Stage(
            definition: "dvc.yaml", name: "two", command: StageCommand("echo p"), dependencies: [Dependency(path: "a")],
            outputs: [Output(path: "p")])
        let three = Stage(
            definition: "dvc.yaml", name: "three", command: StageCommand("echo t > t"),
            dependencies: [Dependency(path: "z")], outputs: [Output(path: "t")])
        try later.put(three)
        try later.put(two)
        try later.remove(stage)
        #expect(
            later.text() == """
                # top
                stages:
                  # about one
                  two:
                    cmd: |-
                      echo p
                    outs:
                    - p
                    deps:
                    - a
                  three:
                    cmd: echo t > t
                    deps:
                    - z
                    outs:
                    - t
                metrics: [m.json]

                """)
    }

    @Test("a renamed output changes its line alone")
    func renameOutput() throws {
        let text = "stages:\n  s:\n    cmd: x # c\n    outs:\n    - a:\n        cache: false  # why\n    - b # here\n"
        var stage = try #require(try PipelineFile(text).stage(named: "s"))
        stage.outputs[1].path = "c"
        var edit = try Self.edit(text)
        try edit.put(stage)
        #expect(
            edit.text()
                == "stages:\n  s:\n    cmd: x # c\n    outs:\n    - a:\n        cache: false  # why\n    - c # here\n")
    }

    @Test("a stage with templates cannot be written back")
    func parametrised() throws {
        let text = "vars: [{a: 1}]\nstages: {s: {cmd: 'x ${a}'}, f: {foreach: [1], do: {cmd: y}}, p: {cmd: z}}\n"
        let file = try PipelineFile(text)
        var edit = try Self.edit(text)
        let stage = try #require(try file.stage(named: "s"))
        #expect(stage.isParametrized)
        #expect(summary { try edit.put(stage) } == "cannot dump a parametrized stage: 's'")
        let generated = try #require(try file.stage(named: "f@1"))
        #expect(generated.group == "f")
        #expect(summary { try edit.remove(generated) } == "cannot remove a parametrized stage: 'f@1'")
        #expect(try #require(try file.stage(named: "p")).isParametrized == false)
    }

    @Test("the last stage leaves a file without stages")
    func lastStage() throws {
        let text = "stages: {s: {cmd: x}}\n"
        var edit = try Self.edit(text)
        #expect(edit.hasStages && edit.contains("s"))
        try edit.remove(Stage(definition: "dvc.yaml", name: "s"))
        #expect(!edit.hasStages)
    }

    @Test("unknown names are no stages")
    func unknownNames() throws {
        let file = try PipelineFile("stages: {s: {cmd: x}, f: {foreach: [1], do: {cmd: y}}}\n")
        for name in ["t", "s@1", "f", "f@2", "@", "", "f@"] {
            #expect(try file.stage(named: name) == nil, "\(name)")
        }
        #expect(try file.stageNames == ["s", "f@1"])
        #expect(try file.stageNames(inGroup: "f") == ["f@1"])
        #expect(try file.stageNames(inGroup: "s") == nil)
    }

    @Test("names with punctuation are for generated stages alone")
    func validNames() {
        for name in ["a", "train-1", "b_c", "schön", "two words"] { #expect(Stage.isValidName(name), "\(name)") }
        for name in ["", "a@b", "a:b", "a/b", "a.b", "$", "~", "a\nb"] { #expect(!Stage.isValidName(name), "\(name)") }
    }

    @Test("a text of several lines is several scripts, and an item of a list is one")
    func scripts() {
        #expect(StageCommand("a\n\nb\n").scripts == ["a", "", "b"])
        #expect(StageCommand(["a\nb", "c"]).scripts == ["a\nb", "c"])
    }

    @Test("data set dependencies carry what the lock file says of them")
    func datasets() throws {
        let lock = """
            schema: '2.0'
            datasets:
            - {name: mine, type: dvc, url: u}
            stages:
              s:
                cmd: x
                deps:
                - path: ds://mine
                  dataset: {name: mine, type: dvc, url: u}

            """
        let file = try PipelineFile("stages: {s: {cmd: x, deps: ['ds://mine']}}\n", lock: lock)
        let stage = try #require(try file.stage(named: "s"))
        let locked = Mapping([("name", "mine"), ("type", "dvc"), ("url", "u")])
        #expect(stage.dependencies[0].source == .dataset(name: "mine", locked: locked))
        #expect(LockEntry(stage).value["deps"]?.array?[0].mapping?["dataset"] == .mapping(locked))
    }

    @Test(
        "what a pipeline file may not say is told",
        arguments: [
            (
                "stages:\n  s:\n    cmd: x\n    foo: 1\n",
                "extra keys not allowed, in stages -> s -> foo, line 4, column 10"
            ),
            ("stages:\n  s: {}\n", "required key not provided, in stages -> s -> cmd, line 2, column 6"),
            ("stages: {f: {foreach: [1]}}\n", "required key not provided, in stages -> f -> do"),
            (
                "stages: {s: {cmd: x, outs: [{o: {nope: 1}}]}}\n",
                "extra keys not allowed, in stages -> s -> outs -> 0 -> o -> nope"
            ),
            ("stages: {s: {cmd: x, matrix: {a: 1}}}\n", "expected str, in stages -> s -> matrix -> a"),
            ("stages: {s: {cmd: {a: 1}}}\n", "expected str, in stages -> s -> cmd"),
            ("nope: 1\n", "extra keys not allowed, in nope"),
            ("plots: [{a: {x: 1}}]\n", "expected str, in plots -> 0 -> a -> x"),
            ("artifacts: {a: {type: t}}\n", "required key not provided, in artifacts -> a -> path"),
            ("stages: 5\n", "expected a dictionary, in stages"),
        ])
    func schema(text: String, message: String) {
        let error = summary { _ = try PipelineFile(text) }
        #expect(error.hasPrefix("'dvc.yaml' validation failed.\n\n\(message)"))
    }
}
