import Basics
import Documents
import Tables
import TestSupport
import Testing

@testable import Preparation

@Suite("steps") struct StepTests {
    private let bench = Workbench()

    @Test("columns are selected in order, dropped and renamed; cells that are not touched stay as they are spelled")
    func columns() throws {
        let text = "a,b,c\n01,1.50,\"x,y\"\n+3,NA,z\n"
        #expect(try bench.prepared(text, #"[{"select": ["c", "a"]}]"#) == "c,a\n\"x,y\",01\nz,+3\n")
        #expect(try bench.prepared(text, #"[{"drop": ["a"]}, {"rename": {"b": "B"}}]"#) == "B,c\n1.50,\"x,y\"\n,z\n")
        #expect(try bench.prepared(text, #"[{"rename": {"a": "b", "b": "a"}}]"#).hasPrefix("b,a,c\n"))
        #expect(bench.failure(text, #"[{"rename": {"a": "b"}}]"#).contains("two columns 'b'"))
    }

    @Test("cells are cast, and what cannot be is an error with its line, or missing when that is wished")
    func cast() throws {
        let text = "n,i,b,d,t\n1e2, 3.0,Yes,2024/02/29,7\n1,12345678901234567890,0,20240301T10:00:05,\n"
        let steps = #"[{"cast": {"n": "number", "i": "integer", "b": "bool", "d": "date", "t": "text"}}]"#
        #expect(
            try bench.prepared(text, steps)
                == "n,i,b,d,t\n100,3,true,2024-02-29,7\n1,12345678901234567890,false,2024-03-01T10:00:05,\n")
        for (kind, cell) in [
            ("number", "x1"), ("integer", "1.5"), ("bool", "perhaps"), ("date", "2023-02-29"), ("date", "yesterday"),
            ("date", "2024-01-01T25:00"),
        ] {
            #expect(
                bench.failure("a\n1\n\(cell)\n", #"[{"cast": {"a": {"to": "\#(kind)", "errors": "error"}}}]"#)
                    .contains(kind == "bool" ? "line 3" : "'data.csv', line"), "\(kind)")
        }
        #expect(
            bench.failure("a\n1\nx1\n", #"[{"cast": {"a": "number"}}]"#)
                == "'data.csv', line 3: column 'a' holds 'x1', which cannot be cast to number (step 1, cast)")
        #expect(
            try bench.prepared("a,b\nx1,1\n2,2\n", #"[{"cast": {"a": {"to": "number", "errors": "missing"}}}]"#)
                == "a,b\n,1\n2,2\n")
    }

    @Test("a column filled, then scaled, is scaled with the numbers of the filled column")
    func order() throws {
        #expect(
            try bench.prepared(
                "a\n1\n\"\"\n3\n",
                #"[{"fillna": {"a": {"value": 8}}}, {"scale": {"columns": ["a"], "method": "minmax"}}]"#)
                == "a\n0\n1\n0.2857142857142857\n")
        #expect(
            try bench.prepared(
                "a,b\nx,1\ny,2\n",
                #"[{"onehot": {"columns": ["a"]}}, {"scale": {"columns": ["a_x"], "method": "minmax"}}, {"drop": ["b"]}]"#
            )
                == "a_x,a_y\n1,0\n0,1\n")
    }

    @Test("unknown categories end the work or are passed over, and missing ones are what is wished")
    func categories() throws {
        let steps = #"[{"split": {"ratios": [0.5, 0.5], "time": "t"}}, {"onehot": {"columns": ["c"], "unknown": "U"}}]"#
        let text = "t,c\n1,x\n2,y\n3,z\n4,\n"
        #expect(
            bench.failure(text, steps.replacing("U", with: "error"))
                == "'data.csv', line 4: column 'c' holds 'z', a category that it was not fitted with; known are x, y"
                + " (step 2, onehot)")
        try bench.prepare(text, steps.replacing("U", with: "ignore"))
        #expect(try bench.rows("test") == ["3,0,0", "4,0,0"])
        #expect(
            try bench.prepared("c\nx\n\"\"\ny\n", #"[{"onehot": {"columns": ["c"], "missing": "category"}}]"#)
                == "c_x,c_y,c_missing\n1,0,0\n0,0,1\n0,1,0\n")
        #expect(
            bench.failure("c\nx\n\"\"\n", #"[{"onehot": {"columns": ["c"], "missing": "error"}}]"#).contains("line 3"))
        #expect(
            try bench.prepared("c\nb\na\n\"\"\n", #"[{"ordinal": {"columns": ["c"]}}]"#) == "c\n1\n0\n\"\"\n")
        #expect(try bench.prepared("z\n01\n1\n", #"[{"onehot": ["z"]}]"#) == "z_01,z_1\n1,0\n0,1\n")
    }

    @Test("bins have open ends, clips have one or two bounds")
    func bounds() throws {
        #expect(
            try bench.prepared("a\n-5\n0\n9.9\n10\n99\n", #"[{"bin": {"columns": ["a"], "edges": [0, 10, 20]}}]"#)
                == "a\n0\n0\n0\n1\n1\n")
        #expect(try bench.prepared("a\n-5\n5\n", #"[{"clip": {"columns": ["a"], "min": 0}}]"#) == "a\n0\n5\n")
        #expect(try bench.prepared("a\n-5\n5\n", #"[{"clip": {"columns": ["a"], "max": 1.5}}]"#) == "a\n-5\n1.5\n")
    }

    @Test("a constant column is told, and is moved but not scaled")
    func constant() throws {
        let report = try bench.prepare("a,b\n4,1\n4,2\n", #"[{"scale": ["a"]}]"#)
        #expect(try bench.text("out/prepared.csv") == "a,b\n0,1\n0,2\n")
        #expect(report.warnings.count == 1 && report.warnings[0].contains("column 'a' is constant"))
    }

    @Test("each thing that is wrong with the data has its message, and nothing is written")
    func badData() {
        let scale = #"[{"scale": {"columns": ["a"]}}]"#
        #expect(bench.failure("", scale) == "'data.csv': is empty: there is not even a heading")
        #expect(bench.failure("a,b\n", scale) == "'data.csv': has no rows")
        #expect(bench.failure("b\n1\n", scale) == "'data.csv': has no column 'a'; it has b (step 1, scale)")
        #expect(
            bench.failure("a\n1\nx\n", scale)
                == "'data.csv', line 3: column 'a' holds 'x' where line 2 has a number: a column of two types (step 1, scale)"
        )
        #expect(bench.failure("a,b\n,1\n", scale).contains("column 'a' holds nothing in the rows"))
        #expect(bench.failure("a,b\n1,2\n3\n", scale) == "'data.csv', line 3: 1 field where the heading has 2")
        #expect(bench.failure("a\n1\n\"x\n", scale).contains("line 3: the quote that opens here is never closed"))
        #expect(
            bench.failure("a\n1\n2\n", #"[{"filter": "a > 5"}]"#)
                == "'data.csv': no rows are left: step 1 (filter) took 2")
        #expect(
            bench.failure("a\n1\n2\n", #"[{"split": {"ratios": [0.99, 0.01]}}]"#)
                == "'data.csv': no rows are left for 'test'")
    }

    @Test("each thing that is wrong with the steps is told with its place")
    func badSteps() {
        for (steps, words) in [
            (#"{"drop": ["a"]}"#, "'prepare.steps' must be a list"),
            (#"[{"onehott": {}}]"#, "step 1 of 'prepare.steps' is 'onehott', which is not known"),
            (#"[{"drop": ["a"], "select": ["b"]}]"#, "step 1 of 'prepare.steps' must be one step"),
            (#"[{"scale": {"columns": ["a"], "method": "log"}}]"#, "'prepare.steps[0].scale.method' must be one of"),
            (#"[{"scale": {"columns": ["a"], "methods": "x"}}]"#, "'prepare.steps[0].scale.methods' is not known"),
            (#"[{"scale": {}}]"#, "'prepare.steps[0].scale.columns' must be a list of columns"),
            (#"[{"scale": ["a", "a"]}]"#, "names 'a' twice"),
            (#"[{"split": {"ratios": {"train": 0.7, "test": 0.7}}}]"#, "must add up to 1, not to 1.4"),
            (#"[{"split": {"ratios": {"../x": 0.7, "test": 0.3}}}]"#, "no name for a file"),
            (#"[{"split": {"ratios": [0.5, 0.5], "by": "time"}}]"#, "'prepare.steps[0].split.time' must name a column"),
            (
                #"[{"split": {"ratios": [0.5, 0.5], "by": "random", "key": "a"}}]"#,
                "has no meaning in a split by random"
            ),
            (#"[{"split": {"ratios": [0.5, 0.5]}}, {"split": {"ratios": [0.5, 0.5]}}]"#, "more than one split"),
            (#"[{"sample": {}}]"#, "'prepare.steps[0].sample.fraction' or 'count' must be given"),
            (#"[{"clip": {"columns": ["a"]}}]"#, "must be given"),
            (#"[{"bin": {"columns": ["a"], "edges": [2, 1]}}]"#, "each more than the one before"),
            (#"[{"cast": {"a": "float"}}]"#, "must be one of number, integer, text, bool, date"),
            (#"[{"fillna": {"a": "average"}}]"#, "must be mean, median, mode or {value: …}"),
            (#"[{"filter": "a >"}]"#, "cannot be understood: a column or a value is expected at column 4"),
        ] {
            let message = bench.failure("a\n1\n2\n", steps)
            #expect(message.contains(words), "\(steps): \(message)")
        }
    }
}

@Suite("conditions") struct FilterTests {
    private let bench = Workbench()

    private func kept(_ condition: String) throws -> String {
        let text = "n,age,name,odd name,ok\n1,10,Ann,x,true\n2,20,Bob,y,False\n3,,Cy,x,\n4,30,,z,1\n"
        let steps = JSON.emitPython(.array([.mapping(Mapping([("filter", .string(condition))]))]))
        do {
            try bench.prepare(text, steps)
        } catch {
            let message = (error as? any UserFacingError)?.summary ?? "\(error)"
            return message.contains("no rows are left") ? "" : message
        }
        return try bench.rows("prepared").map { String($0.prefix(1)) }.joined()
    }

    @Test("conditions keep the rows for which they are true; what is missing is neither true nor false")
    func conditions() throws {
        for (condition, rows) in [
            ("age > 10", "24"), ("age >= 10", "124"), ("age < 20", "1"), ("age <= 20", "12"), ("age == 2e1", "2"),
            ("age != 20", "14"), ("not (age > 10)", "1"), ("not age > 10", "1"), ("age is missing", "3"),
            ("age is not missing", "124"), ("age > 10 or name == 'Cy'", "234"), ("age > 10 and name == \"Bob\"", "2"),
            ("age in (10, 30)", "14"), ("age not in (10, 30)", "2"), ("name in ('Ann', 'Bob')", "12"),
            ("`odd name` == 'x'", "13"), ("ok", "14"), ("not ok", "2"), ("name < 'B'", "1"), ("age > n", "124"),
            ("n == 1 or n == 2 and age > 100", "1"), ("(n == 1 or n == 2) and age > 100", ""), ("age > -1", "124"),
            ("name != 'it''s'", "123"), ("20 == age", "2"),
        ] {
            #expect(try kept(condition) == rows, "\(condition)")
        }
    }

    @Test("what cannot be understood is told by its column, and what cannot be compared by its line")
    func errors() throws {
        for (condition, words) in [
            ("age = 1", "'=' stands alone at column 5"), ("age > 1 &", "'&' is not known at column 9"),
            ("(age > 1", "')' is expected at column 9"), ("age > 1 name", "something more stands at column 9"),
            ("age is old", "'missing' is expected at column 8"), ("'x'", "a comparison is expected at column 4"),
            ("age in 1", "'(' is expected at column 8"), ("name == 'x", "never closed at column 9"),
            ("age > 1x", "'1x' is no number at column 7"), ("", "a column or a value is expected at column 1"),
            ("nobody > 1", "has no column 'nobody'"), ("name > 1", "line 2: column 'name' holds 'Ann'"),
            ("name", "line 2: column 'name' holds 'Ann' where true or false is needed"),
        ] {
            let message = try kept(condition)
            #expect(message.contains(words), "\(condition): \(message)")
        }
        let deep = String(repeating: "(", count: 5000) + "a > 1" + String(repeating: ")", count: 4000)
        #expect(try kept(deep).contains("more than 50 conditions"))
    }
}
