import Documents
import TestSupport
import Testing

@Suite("varve metrics, params, check and report")
struct CompareTests {
    @Test("metrics are those of stages and of pipeline files, from the workspace, Git or the cache")
    func show() throws {
        let repository = try CompareHistory.make()
        let run = try repository.varve("metrics", "show", "--json").succeeds()
        let files = try #require(try JSON.parse(run.output).mapping?[""]?.mapping?["data"]?.mapping)
        #expect(
            files.keys == [
                "cached.json", "plain.json", "folder/one.json", "top.yaml", "top.toml", "sub/nested/s.json",
                "sub/u.json", "bare.txt", "never.json",
            ])
        #expect(files["cached.json"]?.mapping?["data"]?.mapping?["n"] == 12)
        #expect(files["plain.json"]?.mapping?["data"]?.mapping?["acc"] == .float(0.99))
        #expect(files["never.json"]?.mapping?["error"]?.mapping?["type"] == "FileNotFoundError")
        #expect(run.errors.contains("WARNING: failed to load 'never.json': there is no such file"))
    }

    @Test("a commit that can't be read hides no other commit")
    func brokenCommit() throws {
        let repository = try CompareHistory.make()
        let run = try repository.varve("metrics", "show", "--all-tags", "--json").succeeds()
        let revisions = try #require(try JSON.parse(run.output).mapping)
        #expect(revisions.keys == ["workspace", "badpipe", "broken", "one", "six"])
        #expect(revisions["badpipe"]?.mapping?["error"]?.mapping?["type"] == "YAMLSyntaxError")
        let broken = revisions["broken"]?.mapping?["data"]?.mapping
        #expect(broken?["top.yaml"]?.mapping?["error"]?.mapping?["type"] == "YAMLFileCorruptedError")
        #expect(broken?["plain.json"]?.mapping?["data"]?.mapping?["n"] == 12)
    }

    @Test("metrics that only a remote has are read from there, and not into the cache")
    func onlyInRemote() throws {
        let repository = try CompareHistory.make()
        try repository.addRemote()
        try repository.varve("push", "--all-branches").succeeds()
        try repository.remove(".dvc/cache")
        let run = try repository.varve("metrics", "diff", "side", "--targets", "cached.json", "--all").succeeds()
        #expect(run.output.contains("cached.json  acc       0.95"), "\(run)")
        #expect(!repository.exists(".dvc/cache/files"))
    }

    @Test("without a project, files are shown and compared all the same")
    func withoutProject() throws {
        let repository = try TemporaryRepository(.git)
        try repository.write("m.json", "{\"a\": 1}\n")
        try repository.commitAll()
        try repository.write("m.json", "{\"a\": 2}\n")
        try repository.varve("metrics", "show", "m.json").prints("Path    a\nm.json  2\n")
        try repository.varve("metrics", "diff", "--targets", "m.json").prints(
            "Path    Metric    HEAD    workspace    Change\nm.json  a         1       2            1\n")
        #expect(!repository.exists(".dvc"))
    }

    @Test("gates that are kept end with 0, broken ones with 1, and without a value with 3")
    func gates() throws {
        let repository = try project()
        try repository.varve("check").prints(
            """
            Result    Metric      Gate           HEAD    workspace    Change
            passed    m.json:acc  max_drop 0.05  0.94    0.93         -0.01

            1 gate kept.

            """)
        #expect(try repository.varve("check", "--min", "acc=0.94").status == 1)
        #expect(try repository.varve("check", "--max-drop", "acc=1%").status == 1)
        // 0.94 - 0.93 is a little more than 0.01 in binary.
        try repository.varve("check", "--max-drop", "acc=0.01", "--max-rise", "loss=-0.2").succeeds()
        #expect(try repository.varve("check", "--min", "f1=0.5").status == 3)
        #expect(try repository.varve("check", "--min", "f1=0.5", "--max", "loss=1").status == 1)
        #expect(try repository.varve("check", "--min", "other.json:acc=0.5").status == 3)
        try repository.varve("check", "--min", "acc").fails(status: 254)
        try repository.varve("check", "--min", "acc=high").fails(status: 254)
    }

    @Test("a metric that is no number any more keeps no gate")
    func notANumber() throws {
        let repository = try project()
        try repository.write("m.json", "{\"acc\": NaN, \"loss\": 1.25}\n")
        #expect(try repository.varve("check").status == 1)
        try repository.write("m.json", "{\"acc\": \"good\", \"loss\": 1.25}\n")
        #expect(try repository.varve("check").status == 3)
    }

    @Test("a rule that says nothing known is refused")
    func wrongRules() throws {
        let repository = try project()
        for rule in ["{minimum: 1}", "{min: much}", "{min: 5%}", "{direction: up}", "[1]"] {
            try repository.write("varve.yaml", "metrics:\n  acc: \(rule)\n")
            try repository.varve("check").fails(status: 255, saying: "varve.yaml")
        }
        try repository.write("varve.yaml", "tune: {}\n")
        try repository.varve("check").fails(status: 255, saying: "no gate")
    }

    @Test("a report says what is better and worse, and whose values they are")
    func report() throws {
        let repository = try project()
        try repository.varve("report", "--md").prints(
            """
            ## From `HEAD` to `workspace`

            ### Gates

            | Result | Metric | Gate | `HEAD` | `workspace` | Change |
            |---|---|---|---|---|---|
            | passed | `m.json:acc` | max_drop 0.05 | 0.94 | 0.93 | -0.01 |

            1 gate kept.

            ### Metrics

            1 better, 1 worse, 1 changed

            |  | Path | Metric | `HEAD` | `workspace` | Change |
            |---|---|---|---|---|---|
            | **worse** | `m.json` | `acc` | 0.94 | 0.93 | -0.01 |
            | **better** | `m.json` | `loss` | 1.5 | 1.25 | -0.25 |
            | changed | `m.json` | `note` | `a \\| <b> @ada` | ``c`d`` | - |

            ### Parameters

            1 changed

            | Path | Parameter | `HEAD` | `workspace` |
            |---|---|---|---|
            | `params.yaml` | `lr` | 1 | 2 |

            ### Data

            1 file added

            |  | Path |
            |---|---|
            | added | `data` |

            """)
        let json = try JSON.parse(try repository.varve("report", "--json").succeeds().output).mapping
        #expect(json?["metrics"]?.array?.first?.mapping?["verdict"] == "worse")
        #expect(json?["check"]?.mapping?["passed"] == true)
    }

    /// Metrics that got better and worse since HEAD, a parameter that changed and data that came.
    private func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("dvc.yaml", "metrics: [m.json]\n")
        try repository.write("params.yaml", "lr: 1\n")
        try repository.write("m.json", "{\"acc\": 0.94, \"loss\": 1.5, \"note\": \"a | <b> @ada\", \"nan\": NaN}\n")
        try repository.write(
            "varve.yaml",
            "metrics:\n  acc: {direction: maximize, max_drop: 0.05}\n  loss: {direction: minimize, tolerance: 1%}\n")
        try repository.commitAll()
        try repository.write("params.yaml", "lr: 2\n")
        try repository.write("m.json", "{\"acc\": 0.93, \"loss\": 1.25, \"note\": \"c`d\", \"nan\": NaN}\n")
        try repository.write("data", "1\n")
        try repository.varve("add", "data").succeeds()
        return repository
    }
}
