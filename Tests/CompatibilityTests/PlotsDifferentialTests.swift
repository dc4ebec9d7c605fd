import Documents
import FileSystem
import TestSupport
import Testing

@Suite("Plots beside DVC", .enabled(if: BuiltProgram.dvc != nil, "VARVE_TEST_DVC names no dvc program"))
struct PlotsDifferentialTests {
    @Test("the specifications and errors of a history with every kind of plot are DVC's")
    func history() throws {
        let repository = try PlotsHistory.make()
        for words in [
            ["show", "--json"], ["diff", "--json"], ["diff", "--json", "--split", "v1", "other", "HEAD~2"],
            ["diff", "--json", "HEAD~1", "broken"], ["show", "--json", "--split", "^two.*", "data/"],
            ["show", "--json", "*.csv"], ["diff", "--json", "nope"],
            ["show", "--json", "data/log.csv", "-x", "loss", "-y", "acc", "--title", "T", "--x-label", "X"],
            ["show", "--json", "nh.tsv", "dvclive", "--no-header", "-o", "elsewhere"],
            ["show", "--show-vega", "data/log.csv", "-t", "mine"], ["show", "--show-vega", "broken.json"],
        ] { try compare(words, in: repository) }
        try compare(["show", "--json", "two", "data"], in: repository, folder: "data")
        try compare(
            ["diff", "--json", "v1", "HEAD", "--targets", "plots", "l.csv", "twosame", "../cm.json"], in: repository,
            folder: "dvclive")
    }

    @Test(
        "each template is DVC's, empty and filled",
        arguments: [
            "simple", "linear", "confusion", "confusion_normalized", "scatter", "scatter_jitter", "smooth",
            "bar_horizontal_sorted", "bar_horizontal",
        ])
    func templates(_ name: String) throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "dvc.yaml", "plots:\n- two:\n    x: step\n    y: {a.csv: [acc, loss], b.csv: loss}\n    template: \(name)\n"
        )
        try repository.write("a.csv", "step,loss,acc\n0,1.5,0.1\n1,1.2,0.3\n")
        try repository.write("b.csv", "step,loss\n0,1.6\n1,1.3\n")
        try repository.commitAll()
        try compare(["templates", name], in: repository)
        try compare(["diff", "--json", "HEAD", "workspace", "--split"], in: repository)
        try compare(["show", "--show-vega", "b.csv", "-t", name], in: repository)
    }

    private func compare(_ words: [String], in repository: TemporaryRepository, folder: String = ".") throws {
        let ours = try repository.run([BuiltProgram.varve, "plots"] + words, in: folder)
        let theirs = try repository.run([try #require(BuiltProgram.dvc), "plots"] + words, in: folder)
        #expect(ours.status == theirs.status, "\(ours)\n\(theirs)")
        func data(_ run: ProcessRun) throws -> String {
            run.output.isEmpty ? "" : JSON.emitPython(try JSON.parse(run.output).withSortedErrors, sortKeys: true)
        }
        #expect(try data(ours) == data(theirs), "\(words) in \(folder)")
    }
}

extension Value {
    /// DVC collects what its threads find in no order.
    fileprivate var withSortedErrors: Value {
        guard case .mapping(var mapping) = self, let errors = mapping["errors"]?.array else { return self }
        let texts = errors.map { (JSON.emitPython($0, sortKeys: true), $0) }
        mapping["errors"] = .array(texts.sorted { $0.0 < $1.0 }.map(\.1))
        return .mapping(mapping)
    }
}

/// A repository whose history has every kind of plot, and every kind of fault.
private enum PlotsHistory {
    static func make() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        for (name, text) in files { try repository.write(name, text) }
        try repository.write("enc.csv", Array("a,b\n".utf8) + [0xFF] + Array(",2\n".utf8))
        try repository.dvc("repro", "-q").succeeds()
        try repository.commitAll("One")
        try repository.git("tag", "v1")
        try repository.write("data/log.csv", "step,loss,acc\n0,1.4,0.1\n1,1.2,0.3\n2,0.8,0.5\n")
        try repository.write("dvclive/plots/images/p.png", "PNG2")
        try repository.write("str.json", "x: 1\n")
        try repository.remove("vals.json")
        try repository.dvc("repro", "-q").succeeds()
        try repository.commitAll("Two")
        try repository.git("branch", "other")
        try repository.write("deep/dvc.yaml", "stages:\n  a: [\n")
        try repository.commitAll("Broken")
        try repository.git("tag", "broken")
        try repository.write("deep/dvc.yaml", "stages:\n  a:\n    cmd: echo\n    foo: 1\n")
        try repository.commitAll("Refused by the schema")
        try repository.remove("deep/dvc.yaml")
        try repository.commitAll("Last")
        try repository.write("data/log.csv", "step,loss,acc\n0,9,9\n")
        return repository
    }

    private static let files = [
        ("broken.json", #"{"a":"#), ("broken.yaml", "a: [\n"), ("str.json", "\"str\""), ("num.json", "5"),
        ("nums.json", "[1,2]"), ("mixed.json", #"[{"a":1},{"b":2}]"#), ("emptylist.json", #"{"a":[]}"#),
        ("empty.json", "[]"), ("zero.csv", ""), ("head.csv", "a,b\n"), ("ragged.csv", "a,b\n1,2,3\n4\n\n\"x\ny\",5\n"),
        ("nh.tsv", "1\t2\n3\t4\n"), ("t.toml", "a = 1\n[[r]]\nx=1\ny=2\n"),
        ("nested.json", #"{"a":{"b":[{"x":1,"y":2}],"c":[{"x":5,"z":3},{"x":6,"z":4}]},"k":[1]}"#),
        ("y.yaml", "- a: 1\n  b: .nan\n- a: 2\n  b: 3.0\n"),
        ("vals.json", #"[{"a":1,"b":NaN,"c":null,"d":true,"e":{"f":1},"g":"é"}]"#),
        ("data/log.csv", "step,loss,acc\r\n0,1.5,0.1\r\n1,1.2,0.3\r\n2,0.9,0.5\r\n"),
        ("data/log2.csv", "step,loss,acc\n0,1.6,0.1\n1,1.3,0.3\n2,1.0,0.5\n"),
        ("odd.csv", "x.y,a[0],\"q \"\"u\"\"\"\n1,2,3\n"),
        (
            "cm.json",
            #"[{"actual":"cat","predicted":"dog"},{"actual":"cat","predicted":"cat"},{"actual":"d","predicted":"d"}]"#
        ),
        ("dvclive/plots/metrics/train/loss.tsv", "step\tloss\n0\t1.0\n1\t0.5\n"),
        ("dvclive/plots/metrics/train/acc.tsv", "timestamp\tstep\tacc\n1\t0\t0.1\n2\t1\t0.5\n"),
        ("dvclive/plots/images/p.png", "PNG1"), ("dvclive/plots/images/q.jpeg", "JPG"),
        ("dvclive/plots/images/s.svg", "<svg/>"),
        ("imp.json", #"[{"name":"a","importance":3,"i2":1},{"name":"b","importance":5,"i2":2}]"#),
        (
            ".dvc/plots/mine.json",
            #"{"data":{"values":"<DVC_METRIC_DATA>"},"title":"T <DVC_METRIC_TITLE> of <DVC_METRIC_X>","mark":"bar","#
                + #""encoding":{"y":{"field":"<DVC_METRIC_Y>","title":["<DVC_METRIC_Y_LABEL>","in <DVC_METRIC_X>"]}},"#
                + #""n":[["<DVC_METRIC_COLOR>"]]}"#
        ),
        (
            "dvclive/dvc.yaml",
            """
            plots:
            - plots/metrics: {x: step}
            - plots/images
            - plots/metrics/train/acc.tsv: {x: timestamp, title: Specific}
            - ../cm.json: {x: actual, y: predicted, template: confusion, x_label: A, y_label: P}

            """
        ),
        (
            "dvc.yaml",
            """
            vars:
            - nm: loss
            stages:
              gen:
                cmd: mkdir -p pd; cp y.yaml o.yaml; cp nh.tsv pd/a.tsv; printf IMG > img.png; cp data/log.csv nh2.csv
                plots:
                - o.yaml: {x: a, y: b, title: T, x_label: XL, template: scatter}
                - pd
                - img.png
                - nh2.csv: {header: false, cache: false}
              sub:
                cmd: cp ../data/log.csv l.csv
                wdir: dvclive
                plots:
                - l.csv: {x: step, y: acc, y_label: YY, cache: false}
            plots:
            - missing.csv
            - broken.json
            - broken.yaml
            - enc.csv
            - str.json
            - num.json
            - nums.json
            - mixed.json
            - emptylist.json
            - empty.json
            - zero.csv
            - head.csv
            - ragged.csv
            - nh.tsv
            - nested.json
            - y.yaml
            - vals.json
            - t.toml
            - odd.csv: {x: x.y, y: 'a[0]'}
            - nested2: {x: {nested.json: x}, y: {nested.json: [y, z]}}
            - multi: {x: step, y: {nh.tsv: ['1', '2'], head.csv: a}}
            - join: {x: {y.yaml: a}, y: {vals.json: a}}
            - count: {x: {y.yaml: a, vals.json: b}, y: {vals.json: [a, b, d]}}
            - gone: {x: {no.csv: a}, y: {no2.csv: b}}
            - two: {x: step, y: {data/log.csv: [acc, loss], data/log2.csv: loss}, title: 'Two ${nm}', y_label: why}
            - twosame: {x: step, y: {data/log.csv: loss, data/log2.csv: loss}, template: scatter}
            - xs: {x: {data/log.csv: step, data/log2.csv: acc}, y: {data/log.csv: loss, data/log2.csv: loss}}
            - data/log.csv: {x: step, y: [loss, acc], template: simple}
            - data
            - norm: {x: actual, y: {cm.json: [predicted, actual]}, template: confusion_normalized}
            - imp.json: {x: importance, y: name, template: bar_horizontal_sorted}
            - jit: {x: importance, y: {imp.json: [name, i2]}, template: scatter_jitter}
            - mine1: {x: importance, y: {imp.json: name}, template: mine, title: MT}
            - mine2: {x: importance, y: {imp.json: [name, i2]}, template: mine.json}

            """
        ),
    ]
}
