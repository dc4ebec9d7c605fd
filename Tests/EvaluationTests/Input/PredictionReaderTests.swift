import Basics
import Documents
import FileSystem
import ProjectFiles
import Tables
import TestSupport
import Testing

@testable import Evaluation

@Suite("reading predictions") struct PredictionReaderTests {
    private func read(
        _ text: String, _ options: String, format: TableFormat = .csv, model: ModelOutput? = nil
    ) throws -> EvaluationData {
        let folder = TemporaryFolder("predictions")
        try Files.write(Array(text.utf8), to: folder.path("p"), sync: false)
        let section = RunnerSection(
            file: "params.yaml", name: "evaluate",
            values: try YAML.parse(Array("{\(options)}".utf8)).mapping ?? Mapping())
        return try PredictionReader(try EvaluationOptions(section), model: model)
            .read(folder.path("p"), format: format, name: "p.csv")
    }

    private func problem(_ text: String, _ options: String) throws -> String {
        do {
            let data = try read(text, options)
            Issue.record("read as \(data.task) with \(data.classes)")
            return ""
        } catch let error as any UserFacingError {
            return error.summary + "; " + (error.remedy ?? "")
        }
    }

    @Test(
        "the task follows from the columns",
        arguments: [
            ("y,p\n0,0.5\n1,0.7\n", "target: y, score: p", EvaluationTask.binary),
            ("y,h\na,a\nb,a\n", "target: y, pred_col: h", .binary),
            ("y,h\na,a\nb,c\n", "target: y, pred_col: h", .multiclass),
            ("y,h\n1,1\n2,3\n", "target: y, pred_col: h", .multiclass),
            ("y,h\n1.0,0.0\n0.0,0\n", "target: y, pred_col: h", .binary),
            ("y,h\n1,1\n2,3.5\n", "target: y, pred_col: h", .regression),
            ("y,h\n1.5,1\n2,3\n", "target: y, pred_col: h", .regression),
            ("y,p_a,p_b\na,0.5,0.5\nb,1,0\n", "target: y, score_cols: 'p_*'", .multiclass),
            ("y_a,y_b,h_a,h_b\n1,0,1,1\n", "target: 'y_*', pred_col: 'h_*'", .multilabel),
            ("y,h\na;b,a\n,b\n", "target: y, pred_col: h, labels_separator: ';'", .multilabel),
            ("y,p,q\n0,0.5,1\n1,0.7,1\n", "target: y, score: p, query: q", .ranking),
        ])
    func task(_ text: String, _ options: String, _ task: EvaluationTask) throws {
        #expect(try read(text, options).task == task)
    }

    @Test("classes are sorted as scikit-learn sorts them, and 1 and 1.0 are one class")
    func classes() throws {
        let numbers = try read("y,h\n10,10.0\n9,9\n-1,-1\n", "target: y, pred_col: h, task: multiclass")
        #expect(numbers.classes == ["-1", "9", "10"])
        #expect(numbers.truth == [2, 1, 0] && numbers.decisions == [2, 1, 0])
        #expect(try read("y,h\nb,B\nB,b\n", "target: y, pred_col: h").classes == ["B", "b"])
    }

    @Test("the greater of two classes is positive unless somebody says otherwise")
    func positive() throws {
        let text = "y,p\nno,0.1\nyes,0.9\n"
        #expect(try read(text, "target: y, score: p").classes == ["no", "yes"])
        let turned = try read(text, "target: y, score: p, positive: no")
        #expect(turned.classes == ["yes", "no"] && turned.truth == [1, 0])
        #expect(try problem(text, "target: y, score: p, positive: maybe").contains("'maybe' is none of no, yes"))
    }

    @Test("one class alone is taken where its name says which it is, and asked about else")
    func oneClass() throws {
        #expect(try read("y,p\n1,0.1\n1,0.9\n", "target: y, score: p").classes == ["0", "1"])
        #expect(try read("y,p\nn,0.1\n", "target: y, score: p, positive: j").classes == ["n", "j"])
        #expect(try read("y,p\nj,0.1\n", "target: y, score: p, positive: j").truth == [1])
        #expect(
            try problem("y,p\nj,0.1\n", "target: y, score: p").contains("has only one class, 'j'; say with --positive"))
    }

    @Test("scores go to their classes by name, in whatever order the columns stand")
    func scoreColumns() throws {
        let text = "y,p_b,p_a,p_c\na,0.2,0.7,0.1\nb,0.5,0.3,0.2\n"
        for wish in ["'p_*'", "[p_b, p_a, p_c]"] {
            let data = try read(text, "target: y, score_cols: \(wish)")
            #expect(data.classes == ["a", "b", "c"])
            #expect(data.scores == [0.7, 0.2, 0.1, 0.3, 0.5, 0.2])
        }
        let named = try read("y,s1,s2\na,0.2,0.8\nb,0.4,0.6\n", "target: y, score_cols: [s1, s2], classes: [b, a]")
        #expect(named.scores == [0.8, 0.2, 0.6, 0.4])
    }

    @Test("labels are read from columns of 0 and 1 and from lists")
    func labels() throws {
        let columns = try read("y_b,y_a,h_a,h_b\n1,0,1,1\n0,1,0,0\n", "target: 'y_*', pred_col: 'h_*'")
        #expect(columns.classes == ["b", "a"] && columns.truth == [1, 0, 0, 1] && columns.decisions == [1, 1, 0, 0])
        let lists = try read(
            "y|h\nb;a|a\n|c;a\n".replacing("|", with: ","), "target: y, pred_col: h, labels_separator: ';'")
        #expect(lists.classes == ["a", "b", "c"])
        #expect(lists.truth == [1, 1, 0, 0, 0, 0] && lists.decisions == [1, 0, 0, 1, 0, 1])
    }

    @Test("what a model says stands in place of columns, its classes in their own order")
    func model() throws {
        let output = ModelOutput(task: .multiclass, classes: ["b", "a"], values: [0.2, 0.8, 0.9, 0.1])
        let data = try read("y,x\na,1\nb,2\n", "target: y", model: output)
        #expect(data.classes == ["a", "b"] && data.scores == [0.8, 0.2, 0.1, 0.9])
    }

    @Test(
        "what cannot be judged is told with its place",
        arguments: [
            ("y,p\n1,0.5\n", "target: z, score: p", "has no column 'z' (--target); its columns are: y, p"),
            ("y,p\n1,0.5\n", "target: y, score_cols: 'q_*'", "has no column like 'q_*'"),
            ("y,p\n1,0.5\n", "target: y", "no column is named as what was predicted"),
            ("y,p\n1,0.5\n", "score: p", "no column is named as what is true"),
            (
                "y,p\n1,0.5\nNaN,0.2\n,0.1\n", "target: y, score: p",
                "line 3: the target in 'y' is missing; it is in 2 of 3"
            ),
            ("y,p\n1,0.5\n0,\n", "target: y, score: p", "line 3: the score in 'p' is missing"),
            ("y,p\n1,0.5\n0,high\n", "target: y, score: p", "'p' holds numbers (line 2) and words (line 3)"),
            ("y,h\n1,1\nx,1\n", "target: y, pred_col: h", "'y' holds numbers (line 2) and words (line 3)"),
            ("y,h\n1.5,1\n2,x\n", "target: y, pred_col: h, task: regression", "numbers (line 2) and words (line 3)"),
            ("y,p\n", "target: y, score: p", "has no rows"),
            ("", "target: y, score: p", ""),
            ("y,p\na,1\nb,0\nc,0\n", "target: y, score: p", "has 3 classes (a, b, c), and the task is binary"),
            (
                "y,p_a,p_b\na,1,0\nc,0,1\n", "target: y, score_cols: 'p_*'",
                "line 3: 'y' is 'c', a class that no score column"
            ),
            ("y,s1,s2\na,1,0\nb,0,1\n", "target: y, score_cols: [s1, s2]", "is not clear; name the classes"),
            ("y_a,h_a\n2,1\n", "target: 'y_*', pred_col: 'h_*', task: multilabel", "line 2: the target in 'y_a' is 2"),
            ("y,p,w\n1,0.5,-1\n", "target: y, score: p, weight: w", "line 2: the weight in 'w' is negative"),
            ("y,p,w\n1,0.5,0\n", "target: y, score: p, weight: w", "all weights in 'w' are zero"),
            ("y,p,q\n1,0.5,\n", "target: y, score: p, query: q", "line 2: the query in 'q' is missing"),
            ("y,p,a\n1,0.5,3\n0,1,2\n", "target: y, score: p, slice: 'b'", "has no column 'b'"),
        ])
    func refused(_ text: String, _ options: String, _ words: String) throws {
        let found = try problem(text, options)
        #expect(found.contains(words), "\(found)")
    }

    @Test("numbers of many values are no groups until quantiles divide them")
    func quantiles() throws {
        let text = "y,p,age\n" + (0..<100).map { "\($0 % 2),0.5,\($0)\n" }.joined()
        #expect(try problem(text, "target: y, score: p, slice: age").contains("--slice age:4"))
        let column = try #require(try read(text, "target: y, score: p, slice: 'age:4'").columns.first).column
        #expect(column.levels == ["[0, 24.75)", "[24.75, 49.5)", "[49.5, 74.25)", "[74.25, 99]"])
        #expect((0..<4).map { code in column.codes.count { $0 == code } } == [25, 25, 25, 25])
    }

    @Test("many equal numbers make fewer groups, and a missing one is in none")
    func equalNumbers() {
        let column = QuantileBins.column([1, 1, 1, 1, 5, .nan], bins: 4)
        #expect(column.levels == ["[1, 5]"] && column.codes == [0, 0, 0, 0, 0, -1])
        #expect(QuantileBins.column([2, 2], bins: 3).levels == ["[2, 2]"])
    }
}
