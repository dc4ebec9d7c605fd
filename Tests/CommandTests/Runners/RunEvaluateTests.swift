import Documents
import FileSystem
import TestSupport
import Testing

@Suite("varve run evaluate") struct RunEvaluateTests {
    /// Two classes with a score that knows something of them, and two columns of groups.
    private static func table(rows: Int = 120, noise: Int = 60) -> String {
        var text = "id,y,p,sex,age\n"
        for row in 0..<rows {
            let truth = (row * 7) % 3 == 0 ? 1 : 0
            let score = 30 + 40 * truth + (row * 37) % (noise + 1) - noise / 2
            text += "\(row),\(truth),0.\(min(99, max(10, score))),\(row % 2 == 0 ? "f" : "m"),\(20 + row % 50)\n"
        }
        return text
    }

    private func project(_ kind: TemporaryRepository.Kind = .empty) throws -> TemporaryRepository {
        let repository = try TemporaryRepository(kind)
        try repository.write("p.csv", Self.table())
        return repository
    }

    private static let usual = ["run", "evaluate", "--predictions", "p.csv", "--target", "y", "--score", "p"]

    private func evaluate(_ repository: TemporaryRepository, _ words: String...) throws -> ProcessRun {
        try repository.run(
            [BuiltProgram.varve] + Self.usual + (words.contains("--bootstrap") ? [] : ["--bootstrap", "20"]) + words)
    }

    private func json(_ repository: TemporaryRepository, _ path: String) throws -> Mapping {
        try #require(try JSON.parse(Files.read(repository.path(path))).mapping)
    }

    @Test("metrics, the whole result, plots and reports are written, and nothing else")
    func outputs() throws {
        let repository = try project()
        let run = try evaluate(
            repository, "-o", "eval", "--md", "--slice", "sex", "--slice", "age:2", "--fairness", "sex",
            "--metrics", "roc_auc,f1", "--gate", "roc_auc>=0.5"
        ).succeeds()
        #expect(run.output.hasPrefix("binary (guessed) · 120 rows · positive class 1 · threshold 0.5000 · 20 draws"))
        #expect(
            try repository.shell("find eval -type f | sort").output.split(separator: "\n") == [
                "eval/eval.json", "eval/metrics.json", "eval/plots/sklearn/calibration.json",
                "eval/plots/sklearn/confusion_matrix.json", "eval/plots/sklearn/det.json",
                "eval/plots/sklearn/precision_recall.json", "eval/plots/sklearn/roc.json", "eval/report.html",
                "eval/report.md",
            ])
        let metrics = try json(repository, "eval/metrics.json")
        #expect(metrics.keys == ["roc_auc", "f1", "fairness"])
        let result = try json(repository, "eval/eval.json")
        #expect(result["schema"] == "varve.evaluation/v1" && result["n"] == 120)
        let input = result["inputs"]?.array?.first?.mapping
        #expect(input?["path"] == "p.csv")
        let digest = try repository.shell("md5sum p.csv").output.prefix(32)
        #expect(input?["md5"] == .string(String(digest)))
        #expect(result["slices"]?.array?.count == 2)
        let roc = try json(repository, "eval/plots/sklearn/roc.json")["roc"]?.array
        #expect(roc?.first?.mapping?.keys == ["fpr", "tpr", "threshold"])
        #expect(try repository.read("eval/report.md").contains("### `Gates`"))
    }

    @Test("a stage finds all options in params.yaml, and flags win over them")
    func section() throws {
        let repository = try project()
        try repository.write(
            "params.yaml",
            """
            evaluate:
              predictions: p.csv
              target: y
              score: p
              bootstrap: 10
              score-threshold-typo: 1
            """)
        try repository.varve("run", "evaluate").fails(status: 2, saying: "'evaluate.score_threshold_typo' is not known")
        try repository.write(
            "params.yaml",
            "evaluate: {predictions: p.csv, target: y, score: p, bootstrap: 0, threshold-for: f1, gates: "
                + "[{metric: f1, min: 1.5}]}\n")
        try repository.varve("run", "evaluate").status(1)
        let run = try repository.varve("run", "evaluate", "--threshold", "0.6", "--params", "params.yaml")
        #expect(run.status == 1 && run.output.contains("threshold 0.6000\n"), "\(run)")
    }

    @Test(
        "the exit status says what became of the gates, and everything is written all the same",
        arguments: [
            (["--gate", "roc_auc>=0.5"], 0), (["--gate", "roc_auc>=0.999"], 1),
            (["--gate", "rmse<=1"], 3), (["--gate", "rmse<=1", "--gate", "roc_auc>=0.999"], 1),
            (["--gate", "recall[sex=x]>=0.1"], 3), (["--gate", "recall[sex=*]>=0.1"], 0),
        ] as [([String], Int32)])
    func gates(_ words: [String], _ status: Int32) throws {
        let repository = try project()
        let run = try repository.run(
            [BuiltProgram.varve] + Self.usual + ["--bootstrap", "0", "-o", "eval"] + words)
        #expect(run.status == status, "\(run)")
        for file in ["metrics.json", "eval.json", "report.html"] { #expect(repository.exists("eval/\(file)")) }
    }

    @Test("gates come from a file that is named, and else from varve.yaml")
    func gateFiles() throws {
        let repository = try project()
        try repository.write("varve.yaml", "metrics: {}\ngates: [{metric: roc_auc, min: 0.999}]\n")
        try evaluate(repository).status(1)
        try repository.write("gates.yaml", "gates:\n- {metric: roc_auc, min: 0.5}\n- f1>=0.1\n")
        try evaluate(repository, "--gates", "gates.yaml").succeeds()
        try repository.write("gates.yaml", "gates:\n- {metric: roc_auc, minimum: 0.5}\n")
        try evaluate(repository, "--gates", "gates.yaml")
            .fails(status: 2, saying: "'gates.yaml': 'gates[0]' has the unknown key 'minimum'")
    }

    @Test(
        "what cannot be judged is told in its own words with status 2, and nothing is written",
        arguments: [
            ("y,p\n1,0.5\n", ["--target", "z"], "has no column 'z'"),
            ("y,p\n1,0.5\nNaN,0.1\n", [], "'p.csv', line 3: the target in 'y' is missing"),
            ("y,p\n1,0.5\n0,x\n", [], "'p' holds numbers (line 2) and words (line 3)"),
            ("y,p\nyes,0.5\nyes,0.7\n", [], "has only one class, 'yes'"),
            ("y,p\n1,1.5\n0,0.1\n", ["--metrics", "log_loss"], "between 0 and 1"),
            ("y,p\n", [], "has no rows"), ("", [], "p.csv"),
            ("y,p\n1,0.5,3\n0,0.2\n", [], "line 2"),
            ("y,p\n1,\"0.5\n", [], "line 2: the quote that opens here is never closed"),
            ("y,p\n1,0.5\n0,0.2\n", ["--metrics", "auc_roc"], "there is no metric 'auc_roc'"),
            ("y,p\n1,0.5\n0,0.2\n", ["--gate", "roc_auc>0.5"], "is no gate"),
            ("y,p\n1,0.5\n0,0.2\n", ["--task", "binry"], "is 'binry'"),
            ("y,p\n1,0.5\n0,0.2\n", ["--ci", "200"], "between 0 and 100"),
            ("y,p\n1,0.5\n0,0.2\n", ["--bootstrap", "2000000000"], "at most 1000000"),
            ("y,p\n1,0.5\n0,0.2\n", ["--ci-method", "clustered"], "no column of clusters"),
            ("y,p\n1,0.5\n0,0.2\n", ["--threshold-for", "best"], "no rule for a threshold"),
            ("y,p\n1,0.5\n0,0.2\n", ["--threshold-from", "none.csv"], "none.csv"),
            ("y,p\n1,0.5\n0,0.2\n", ["--gates", "none.yaml"], "none.yaml"),
            ("y,p\n1,0.5\n0,0.2\n", ["--model", "m.json"], "--predictions excludes --model"),
        ] as [(String, [String], String)])
    func badInput(_ text: String, _ words: [String], _ message: String) throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("p.csv", text)
        try repository.run([BuiltProgram.varve] + Self.usual + ["--bootstrap", "0", "-o", "eval"] + words)
            .fails(status: 2, saying: message)
        #expect(!repository.exists("eval"))
    }

    @Test("a file that is not there, cannot be read, or is no table ends with status 2")
    func unreadable() throws {
        let repository = try TemporaryRepository(.empty)
        try evaluate(repository, "-o", "eval").fails(status: 2, saying: "p.csv")
        try repository.shell("mkdir p.csv").succeeds()
        try evaluate(repository, "-o", "eval").fails(status: 2, saying: "p.csv")
        try repository.varve("run", "evaluate", "--predictions", "p.parquet", "--target", "y", "--score", "p")
            .fails(status: 2, saying: "name a .csv, .tsv or .jsonl file")
        try repository.varve("run", "evaluate").fails(status: 2, saying: "no predictions are named")
        #expect(!repository.exists("eval"))
    }

    @Test("a result that cannot be written leaves the one before as it was")
    func atomic() throws {
        let repository = try project()
        try evaluate(repository, "-o", "eval").succeeds()
        let before = try repository.read("eval/metrics.json")
        try repository.write("p.csv", Self.table(noise: 50))
        // A folder where a file must go.
        try repository.shell("rm eval/report.html && mkdir eval/report.html").succeeds()
        try evaluate(repository, "-o", "eval").fails(status: 2, saying: "report.html")
        #expect(try repository.read("eval/metrics.json") == before)
        #expect(try repository.shell("find eval -name '.*' -o -name '*.tmp*'").output == "")
    }

    @Test("a class that no score is for is told by its line")
    func moreClasses() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("m.csv", "y,p_a,p_b\na,0.5,0.5\nb,0.1,0.9\nc,0.9,0.1\n")
        try repository.varve("run", "evaluate", "--predictions", "m.csv", "--target", "y", "--score-cols", "p_*")
            .fails(
                status: 2, saying: "'m.csv', line 4: 'y' is 'c', a class that no score column is for; there are a, b")
    }

    @Test("a baseline is read at a revision, from the cache or from Git, without a checkout")
    func baseline() throws {
        let repository = try TemporaryRepository()
        try repository.write("p.csv", Self.table(noise: 70))
        try repository.write("q.csv", Self.table(noise: 70))
        try repository.varve("add", "-q", "p.csv").succeeds()
        try repository.commitAll()
        try repository.write("p.csv", Self.table(noise: 20))
        try repository.write("q.csv", Self.table(noise: 20))
        let words = [
            "--baseline", "HEAD", "--key", "id", "--metrics", "roc_auc,log_loss", "--bootstrap", "100", "--json",
        ]
        for file in ["p.csv", "q.csv"] {
            let run = try repository.run(
                [BuiltProgram.varve, "run", "evaluate", "--predictions", file, "--target", "y", "--score", "p"] + words
            ).succeeds()
            let result = try #require(try JSON.parse(run.output).mapping)
            let compared = result["metrics"]?.mapping?["roc_auc"]?.mapping?["baseline"]?.mapping
            guard case .float(let difference)? = compared?["difference"] else {
                Issue.record("\(run)")
                continue
            }
            #expect(difference > 0.01)
            #expect(result["inputs"]?.array?.last?.mapping?["revision"] == "HEAD")
        }
        #expect(try repository.read("p.csv") == Self.table(noise: 20))
        try repository.varve(
            "run", "evaluate", "--predictions", "p.csv", "--target", "y", "--score", "p", "--baseline", "nonesuch"
        ).fails(status: 2, saying: "nonesuch")
    }

    @Test("without anything to compare with, a gate against the baseline has no value")
    func noBaseline() throws {
        let repository = try TemporaryRepository()
        try repository.write("p.csv", Self.table())
        try repository.write("gates.yaml", "[{metric: f1, max_drop: 0.5, vs: baseline}]\n")
        let run = try evaluate(repository, "--baseline", "HEAD", "--gates", "gates.yaml", "-o", "eval")
        #expect(run.status == 3, "\(run)")
        #expect(run.errors.contains("There is no 'p.csv' at 'HEAD'"))
        #expect(run.output.contains("not evaluable"))
        try evaluate(repository, "--gates", "gates.yaml").status(3)
        // An older file need not have the columns that rows are divided by here.
        try repository.write("old.csv", Self.table(noise: 50).replacing(",sex,", with: ",sexe,"))
        try evaluate(repository, "--baseline", "old.csv", "--gates", "gates.yaml", "--slice", "sex").succeeds()
    }

    @Test("regression, several classes, labels and rankings are judged from their columns")
    func tasks() throws {
        let repository = try TemporaryRepository(.empty)
        func run(_ name: String, _ text: String, _ words: String...) throws -> Mapping {
            try repository.write(name, text)
            let run = try repository.run(
                [BuiltProgram.varve, "run", "evaluate", "--predictions", name, "--bootstrap", "0", "-o", "eval"] + words
            ).succeeds()
            #expect(run.signal == nil)
            return try json(repository, "eval/metrics.json")
        }
        let numbers = try run("r.tsv", "y\th\n3\t2.5\n-0.5\t0\n2\t2\n7\t8\n", "--target", "y", "--pred-col", "h")
        #expect(numbers["mae"] == 0.5 && numbers["rmse"] == 0.6123724356957945)
        #expect(repository.exists("eval/plots/custom/residuals.json"))
        let classes = try run(
            "m.jsonl", #"{"y": "a", "h": "a"}"# + "\n" + #"{"y": "b", "h": "c"}"# + "\n", "--target", "y", "--pred-col",
            "h")
        #expect(classes["accuracy"] == 0.5)
        // What the evaluation before it wrote and this one has not is gone.
        #expect(!repository.exists("eval/plots/custom/residuals.json"))
        let labels = try run(
            "l.csv", "y_a,y_b,s_a,s_b\n1,0,0.9,0.2\n0,1,0.6,0.7\n", "--target", "y_*", "--score-cols", "s_*")
        #expect(labels["hamming_loss"] == 0.25)
        let ranking = try run(
            "q.csv", "q,r,s\n1,10,0.1\n1,0,0.2\n1,0,0.3\n1,1,4\n1,5,70\n", "--target", "r", "--score", "s", "--query",
            "q",
            "--metrics", "ndcg")
        #expect(ranking["ndcg"] == 0.6956940443813076)
    }

    @Test("a model is applied to a table, and judged as the predictions that it writes")
    func model() throws {
        let repository = try TemporaryRepository(.empty)
        var text = "x,z,y\n"
        for row in 0..<80 { text += "\(row % 9),\((row * 5) % 7),\((row % 9 + (row * 3) % 4) > 5 ? "yes" : "no")\n" }
        try repository.write("d.csv", text)
        try repository.varve(
            "run", "train", "--engine", "logistic", "--data", "d.csv", "--target", "y", "--model", "m.json"
        ).succeeds()
        try repository.varve("predict", "m.json", "d.csv", "-o", "p.csv", "--proba", "--keep", "y").succeeds()
        let words = ["--metrics", "roc_auc,log_loss", "--bootstrap", "0"]
        let applied = try repository.run(
            [BuiltProgram.varve, "run", "evaluate", "--model", "m.json", "--data", "d.csv", "-o", "a"] + words
        ).succeeds()
        #expect(applied.output.hasPrefix("binary"))
        let column = try #require(
            try repository.read("p.csv").split(separator: "\n").first?.split(separator: ",").first {
                $0.hasSuffix("yes")
            })
        try repository.run(
            [
                BuiltProgram.varve, "run", "evaluate", "--predictions", "p.csv", "--target", "y", "--score",
                String(column), "-o", "b",
            ] + words
        ).succeeds()
        #expect(try repository.read("a/metrics.json") == repository.read("b/metrics.json"))
    }

    @Test("text of others stays text on the page, in Markdown and on a terminal")
    func hostile() throws {
        let repository = try TemporaryRepository(.empty)
        let evil = "<img src=x onerror=alert(1)>|\u{1B}[31m"
        try repository.write(
            "p.csv", "y,h,g\n" + (0..<40).map { "\($0 % 2 == 0 ? evil : "b"),b,\(evil)\n" }.joined())
        let run = try repository.varve(
            "run", "evaluate", "--predictions", "p.csv", "--target", "y", "--pred-col", "h", "--slice", "g", "-o",
            "eval",
            "--md", "--bootstrap", "5"
        ).succeeds()
        #expect(!run.output.contains("\u{1B}"))
        let page = try repository.read("eval/report.html")
        #expect(!page.contains("<img src=x") && !page.contains("\u{1B}") && page.split(separator: "<script").count == 2)
        #expect(try !repository.read("eval/report.md").contains("\u{1B}"))
    }

    @Test(
        "the page breaks no rule of its policy in Chromium, without a network",
        .enabled(if: HeadlessChromium.program != nil, "there is no chromium on the PATH"), .timeLimit(.minutes(5)))
    func browser() throws {
        let repository = try project()
        try evaluate(repository, "-o", "eval", "--slice", "sex").succeeds()
        let run = try HeadlessChromium.open("eval/report.html", in: repository)
        for word in ["CONSOLE", "Refused", "violates"] { #expect(!run.errors.contains(word), "\(run)") }
        #expect(run.output.contains("ROC curve") && run.output.contains("Confusion matrix"))
    }

    @Test(
        "DVC reads the metrics and draws the plots",
        .enabled(if: BuiltProgram.dvc != nil, "VARVE_TEST_DVC names no DVC"), .timeLimit(.minutes(5)))
    func readByDVC() throws {
        let repository = try TemporaryRepository()
        try repository.write("p.csv", Self.table())
        try evaluate(repository, "-o", "eval").succeeds()
        try repository.write(
            "dvc.yaml",
            """
            metrics: [eval/metrics.json]
            plots:
            - eval/plots/sklearn/roc.json: {template: simple, x: fpr, y: tpr}
            - eval/plots/sklearn/confusion_matrix.json: {template: confusion, x: actual, y: predicted}
            """)
        let metrics = try JSON.parse(try repository.dvc("metrics", "show", "--json").succeeds().output).mapping
        let mine = try json(repository, "eval/metrics.json")
        #expect(
            metrics?[""]?.mapping?["data"]?.mapping?["eval/metrics.json"]?.mapping?["data"]?.mapping == mine)
        let plots = try repository.dvc("plots", "show", "--json").succeeds()
        #expect(plots.output.contains("tpr") && !plots.errors.contains("rror"), "\(plots)")
    }
}

extension ProcessRun {
    /// Expects this exit status, errors or not.
    @discardableResult
    fileprivate func status(_ wanted: Int32, sourceLocation: SourceLocation = #_sourceLocation) -> ProcessRun {
        #expect(status == wanted, "\(self)", sourceLocation: sourceLocation)
        return self
    }
}
