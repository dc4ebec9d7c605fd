import Documents
import Objects
import ProjectFiles
import Testing

@Suite("Lock files") struct LockFileTests {
    /// Written by DVC 3.67 for `pipeline`.
    static let text = """
        schema: '2.0'
        stages:
          prep:
            cmd: sh prep.sh
            deps:
            - path: prep.sh
              hash: md5
              md5: 7c07f5ab920c4095637f4f5487ee31ca
              size: 32
            - path: raw.txt
              hash: md5
              md5: 2306b4377429730ee03a806cff76e92b
              size: 4
            outs:
            - path: prep
              hash: md5
              md5: 37453b6bbd9c7513dd726bdbfdf2c2ab.dir
              size: 4
              nfiles: 1
          train:
            cmd: echo m > model.bin; echo "{}" > metrics.json; printf "a,b\\n1,2\\n" >\u{20}
              loss.csv; mkdir -p keep; echo k > keep/k; echo "a very long command line\u{20}
              that must exceed eighty characters"
            deps:
            - path: prep
              hash: md5
              md5: 37453b6bbd9c7513dd726bdbfdf2c2ab.dir
              size: 4
              nfiles: 1
            params:
              params.yaml:
                lr: 0.01
                train.nested:
                  b: 1
                  a: 1e-05
                train.seed: 20
              other.yaml:
                a: yes
                e:
              p.json:
                k:
                  z:
                  - 1.5
                  -\u{20}
                  a: true
              p.py:
                A:
                - 1
                - 2
                Cfg.k:
                  b: 1
                  a:
                  - 1e-05
                Z: 1
              p.toml:
                b:
                  y: 1.5
                  a: x
                z: 1
            outs:
            - path: keep
              hash: md5
              md5: f6661be5d76f14229a4ce8fe7c8f52c0.dir
              size: 2
              nfiles: 1
            - path: loss.csv
              hash: md5
              md5: e5ebd4c02cefbe7955977c67ada242b7
              size: 8
            - path: metrics.json
              hash: md5
              md5: 8a80554c91d9fca8acb82f023de02f11
              size: 3
            - path: model.bin
              hash: md5
              md5: 69b64623f86def16ce17d454b8be41ae
              size: 2
          inwd:
            cmd: echo hi > ../out.txt
            params:
              ../params.yaml:
                lr: 0.01
            outs:
            - path: ../out.txt
              hash: md5
              md5: 764efa883dda1e11db47671c4a3bbd9e
              size: 3
          always:
            cmd: echo x

        """

    /// As `dvc stage add` wrote it.
    static let pipeline = """
        stages:
          prep:
            cmd: sh prep.sh
            deps:
            - prep.sh
            - raw.txt
            outs:
            - prep
          train:
            desc: Train it
            cmd: echo m > model.bin; echo "{}" > metrics.json; printf "a,b\\n1,2\\n" >\u{20}
              loss.csv; mkdir -p keep; echo k > keep/k; echo "a very long command line\u{20}
              that must exceed eighty characters"
            deps:
            - prep
            params:
            - lr
            - train.nested
            - train.seed
            - other.yaml:
              - a
              - e
            - p.json:
            - p.py:
              - A
              - Cfg.k
              - Z
            - p.toml:
              - b
              - z
            outs:
            - keep:
                persist: true
            - model.bin
            metrics:
            - metrics.json:
                cache: false
            plots:
            - loss.csv:
                cache: false
          inwd:
            cmd: echo hi > ../out.txt
            wdir: wd
            params:
            - ../params.yaml:
              - lr
            outs:
            - ../out.txt
          always:
            cmd: echo x
            always_changed: true

        """

    private static func lockFile(_ text: String) throws -> LockFile {
        try LockFile(parsing: Array(text.utf8), path: "dvc.lock")
    }

    @Test("a file of DVC is written back byte for byte")
    func roundTrip() throws {
        var file = try Self.lockFile(Self.text)
        #expect(try file.text() == Self.text)
    }

    @Test("stages filled from the lock file write the lock file anew, byte for byte")
    func writtenFromStages() throws {
        let pipeline = try PipelineFile(Self.pipeline, lock: Self.text)
        var file = LockFile(path: "dvc.lock")
        for stage in try pipeline.stages() {
            #expect(!stage.commandChanged)
            let isNew = file.update(try #require(stage.name), with: LockEntry(stage))
            #expect(isNew)
        }
        #expect(try file.text() == Self.text)
    }

    @Test("stages write the pipeline file anew, byte for byte")
    func pipelineFromStages() throws {
        var edit = try PipelineFileEdit(nil, path: "dvc.yaml")
        for stage in try PipelineFile(Self.pipeline).stages() { try edit.put(stage) }
        #expect(edit.text() == Self.pipeline)
    }

    @Test("the lock file gives outputs, dependencies and parameters their values")
    func filledStage() throws {
        let pipeline = try PipelineFile(Self.pipeline, lock: Self.text)
        let stage = try #require(try pipeline.stage(named: "train"))
        #expect(stage.outputs.map(\.path) == ["keep", "model.bin", "metrics.json", "loss.csv"])
        #expect(stage.outputs[1].checksum.object == ObjectID("69b64623f86def16ce17d454b8be41ae"))
        #expect(stage.outputs[0].checksum.isDirectory)
        #expect(stage.metrics.map(\.isCached) == [false])
        #expect(stage.plots.count == 1)
        #expect(stage.parameterDependencies[0].parameters?.locked?["train.seed"] == 20)
        let inner = try #require(try pipeline.stage(named: "inwd"))
        #expect(inner.location(of: inner.outputs[0]) == .workspace("out.txt"))
        #expect(try #require(try pipeline.stage(named: "always")).isCallback)
    }

    @Test("a changed command is seen, and a stage without an entry has none")
    func changedCommand() throws {
        let lock = "schema: '2.0'\nstages: {a: {cmd: x}, b: {cmd: [x]}}\n"
        let pipeline = try PipelineFile("stages: {a: {cmd: y}, b: {cmd: x}, c: {cmd: z}}\n", lock: lock)
        #expect(try pipeline.stages().map(\.commandChanged) == [true, true, false])
        #expect(try pipeline.stages().map { $0.lock == nil } == [false, false, true])
    }

    @Test("an update keeps order and comments, replaces entries whole and adds new ones last")
    func update() throws {
        let original = """
            # lock comment
            schema: '2.0'
            stages:
              # about z
              z:
                cmd: "echo z"
                outs: [{path: z, hash: md5, md5: d577273ff885c3f84dadb8578bb41399, size: 6}]
              three:
                cmd: old
              two:
                cmd:   echo p    # x

            """
        var file = try Self.lockFile(original)
        let empty = OutputChecksum(object: ObjectID("d41d8cd98f00b204e9800998ecf8427e"), size: 0)
        let text = OutputChecksum(object: ObjectID("b7269fa2508548e4032c455818f1e321"), size: 2)
        let three = Stage(
            definition: "dvc.yaml", name: "three", command: StageCommand("echo t > t"),
            dependencies: [Dependency(path: "z", checksum: empty)], outputs: [Output(path: "t", checksum: text)])
        let json = OutputChecksum(object: ObjectID("8a80554c91d9fca8acb82f023de02f11"), size: 3)
        let new = Stage(
            definition: "dvc.yaml", name: "new",
            command: StageCommand(#"touch n; echo {} > e.json # "a: b""#),
            dependencies: [Dependency(path: "t", checksum: text)],
            outputs: [Output(path: "n", checksum: empty), Output(path: "e.json", checksum: json, isCached: false)])
        let news = [
            file.update("three", with: LockEntry(three)), file.update("new", with: LockEntry(new)),
            file.update("new", with: LockEntry(new)),
        ]
        #expect(news == [true, true, false])
        let newEntry = """
              new:
                cmd: 'touch n; echo {} > e.json # "a: b"'
                deps:
                - path: t
                  hash: md5
                  md5: b7269fa2508548e4032c455818f1e321
                  size: 2
                outs:
                - path: e.json
                  hash: md5
                  md5: 8a80554c91d9fca8acb82f023de02f11
                  size: 3
                - path: n
                  hash: md5
                  md5: d41d8cd98f00b204e9800998ecf8427e
                  size: 0

            """
        let head = """
            # lock comment
            schema: '2.0'
            stages:
              # about z
              z:
                cmd: echo z
                outs: [{path: z, hash: md5, md5: d577273ff885c3f84dadb8578bb41399, size: 6}]

            """
        let threeEntry = """
              three:
                cmd: echo t > t
                deps:
                - path: z
                  hash: md5
                  md5: d41d8cd98f00b204e9800998ecf8427e
                  size: 0
                outs:
                - path: t
                  hash: md5
                  md5: b7269fa2508548e4032c455818f1e321
                  size: 2

            """
        let two = "  two:\n    cmd: echo p      # x\n"
        #expect(try file.text() == head + threeEntry + two + newEntry)

        let saved = try file.text()
        var later = try Self.lockFile(saved)
        let removals = [later.remove("three"), later.remove("three")]
        #expect(removals == [true, false])
        #expect(try later.text() == head + two + newEntry)
    }

    @Test("an entry of DVC 2 stays without hash until its data changes")
    func legacyEntries() throws {
        let text = """
            schema: '2.0'
            stages:
              s:
                cmd: x
                outs:
                - path: o
                  md5: d577273ff885c3f84dadb8578bb41399
                  size: 6

            """
        let pipeline = try PipelineFile("stages: {s: {cmd: x, outs: [o]}}\n", lock: text)
        let stage = try #require(try pipeline.stage(named: "s"))
        #expect(stage.outputs[0].checksum.object?.algorithm == .md5Dos2Unix)
        var file = try Self.lockFile(text)
        let isNew = file.update("s", with: LockEntry(stage))
        #expect(!isNew)
        #expect(try file.text() == text)
    }

    @Test("data sets come before stages in a new file")
    func datasets() throws {
        var file = LockFile(path: "dvc.lock")
        file.update(dataset: Mapping([("name", "ds"), ("url", "s3://b"), ("type", "url")]))
        #expect(
            try file.text()
                == "schema: '2.0'\ndatasets:\n- name: ds\n  url: s3://b\n  type: url\nstages: {}\n")
        #expect(file.isEmpty)
    }

    @Test(
        "what a lock file may not say is told",
        arguments: [
            ("a: {cmd: x}\n", "extra keys not allowed, in a"),
            ("a: {cmd: x}\n", "required key not provided, in schema"),
            ("schema: 2.0\n", "invalid schema version, in schema"),
            ("schema: '2.0'\nstages: {s: {deps: []}}\n", "required key not provided, in stages -> s -> cmd"),
            (
                "schema: '2.0'\nstages: {s: {cmd: x, outs: [{path: o, md5: zz}]}}\n",
                "not a valid value, in stages -> s -> outs -> 0 -> md5"
            ),
            (
                "schema: '2.0'\nstages: {s: {cmd: x, outs: [{path: o, hash: sha256}]}}\n",
                "unsupported hash 'sha256', in stages -> s -> outs -> 0 -> hash"
            ),
        ])
    func schema(text: String, message: String) {
        #expect(summary { _ = try Self.lockFile(text) }.contains(message))
    }
}

@Suite("The run cache") struct RunCacheEntryTests {
    /// Written by DVC 3.67 at the path beside it.
    static let entries = [
        (
            """
            cmd: sh prep.sh
            deps:
            - path: prep.sh
              hash: md5
              md5: 7c07f5ab920c4095637f4f5487ee31ca
              size: 32
            - path: raw.txt
              hash: md5
              md5: 2306b4377429730ee03a806cff76e92b
              size: 4
            outs:
            - path: prep
              hash: md5
              md5: 37453b6bbd9c7513dd726bdbfdf2c2ab.dir
              size: 4
              nfiles: 1

            """,
            "runs/95/95b4b811f8797a82e4d8b0ad73270625ed8f95ae94061aa9cbd0df8e8d3bc6b4/"
                + "5fbe7cc953e6c683420e45f6580e9fa6aa641ad01ebe25ccccef80ebd46b1c77"
        ),
        (
            """
            cmd: echo hi > ../out.txt
            params:
              ../params.yaml:
                lr: 0.01
            outs:
            - path: ../out.txt
              hash: md5
              md5: 764efa883dda1e11db47671c4a3bbd9e
              size: 3

            """,
            "runs/a4/a416117fba7b41569c88cb8076c418625f97496778d2c13c134e393428575db0/"
                + "0cffddb44d8ef6308f19e7c94c6de99e23d690806c5924ffd024a580eb7bb3c5"
        ),
    ]

    @Test("an entry lies where DVC puts it, and reads as DVC writes it", arguments: entries)
    func location(text: String, path: String) throws {
        let entry = try LockEntry(parsingRunCacheEntry: Array(text.utf8), path: path, workingDirectory: "wd")
        #expect(RunCacheEntry(entry).path == path)
        #expect(entry.runCacheText == text)
    }

    @Test("what came out does not change the key")
    func keyIgnoresOutputs() throws {
        let text = Self.entries[0].0
        var entry = try LockEntry(parsingRunCacheEntry: Array(text.utf8), path: "x", workingDirectory: "")
        let before = RunCacheEntry(entry)
        entry.outputs[0].checksum = OutputChecksum()
        #expect(RunCacheEntry.key(for: entry) == before.key)
        #expect(RunCacheEntry(entry).value != before.value)
    }
}

extension LockFileTests {
    @Test("a new entry that comes before others displaces them, and comments stay", arguments: [false, true])
    func order(_ hasComment: Bool) throws {
        let comment = hasComment ? "# mine\n" : ""
        let text = "\(comment)schema: '2.0'\nstages:\n  a:\n    cmd: x\n  z:\n    cmd: y\n"
        var file = try LockFile(parsing: Array(text.utf8), path: "dvc.lock")
        file.update("m", with: LockEntry(command: "long"), before: ["z", "q"])
        #expect(
            try file.text()
                == "\(comment)schema: '2.0'\nstages:\n  a:\n    cmd: x\n  m:\n    cmd: long\n  z:\n    cmd: y\n")
    }

    @Test("recording one stage after the other gives the text of recording all at once")
    func assembled() throws {
        var one = LockFile(path: "dvc.lock")
        var expected = Mapping()
        for number in 0..<40 {
            let words = String(repeating: "word\(number) 'q' ", count: number)
            let entry = LockEntry(
                command: number % 3 == 0 ? .array([.string(words), "b\nc"]) : .string(words),
                dependencies: [LockedItem(path: "ü \(number)", workingDirectory: "")])
            one.update("s \(number)", with: entry)
            expected["s \(number)"] = .mapping(entry.value)
            let all = Value.mapping(Mapping([("schema", "2.0"), ("stages", .mapping(expected))]))
            #expect(try one.text() == YAML.emit(all))
        }
    }
}
