import Basics
import Documents
import FileSystem
import Tables
import TestSupport
import Testing

@testable import Preparation

@Suite("transformers") struct TransformerTests {
    private static let steps = #"""
        [{"filter": "n is not missing"}, {"split": {"ratios": {"train": 0.6, "test": 0.4}, "by": "time", "time": "n"}},
         {"drop": ["id"]}, {"rename": {"x": "X"}}, {"cast": {"flag": "bool"}},
         {"fillna": {"X": "mean", "c": "mode"}}, {"clip": {"columns": ["X"], "quantiles": [0.1, 0.9]}},
         {"scale": {"columns": ["X"]}}, {"onehot": {"columns": ["c"], "unknown": "ignore", "drop": "first"}},
         {"ordinal": {"columns": ["target"], "unknown": {"value": -1}}},
         {"bin": {"columns": ["n"], "count": 3, "method": "uniform"}}]
        """#

    private func data() -> String {
        var random = SeededGenerator(seed: 3)
        var text = "id,n,x,c,flag,target\n"
        for row in 0..<50 {
            let x = row % 7 == 3 ? "" : "\(Double(Int.random(in: 0..<1000, using: &random)) / 7)"
            let c = row % 11 == 5 ? "NA" : ["red", "green", "blue"][row % 3]
            text += "\(row),\(row),\(x),\(c),\(row % 2 == 0 ? "yes" : "no"),\(row % 4 == 0 ? "sick" : "well")\n"
        }
        return text
    }

    @Test("what is learnt comes from the training side alone: rows of the other sides may be anything")
    func noLeakage() throws {
        let bench = Workbench()
        try bench.prepare(data(), Self.steps)
        let learnt = try bench.text("transformer.json")
        let lines = data().split(separator: "\n").map(String.init)
        let changed =
            lines.enumerated().map { index, line in
                // The last 40 in 100 by `n` are the test side.
                index <= 30 ? line : line.split(separator: ",")[0] + ",\(index - 1),99999,violet,no,new"
            }.joined(separator: "\n") + "\n"
        let other = Workbench()
        try other.prepare(changed, Self.steps)
        #expect(try other.text("transformer.json") == learnt)
        #expect(try other.rows("train") == bench.rows("train"))
        #expect(try bench.transformer().rows == 30 && bench.transformer().side == "train")
    }

    @Test("a transformer read back does to the same rows what was done when it was fitted")
    func roundTrip() throws {
        let bench = Workbench()
        try bench.prepare(data(), Self.steps)
        let transformer = try bench.transformer()
        #expect(transformer.text == (try bench.text("transformer.json")))
        let input = try bench.write("data.csv", data())
        let output = TablePlace(path: bench.folder.path("again.csv"), format: .csv, name: "again.csv")
        try transformer.run(input, to: output, absent: [], includesRowSteps: false)
        let again = try bench.text("again.csv").split(separator: "\n").dropFirst().map(String.init)
        #expect(try again == bench.rows("train") + bench.rows("test"))
        // Nothing is learnt from what it is applied to.
        let first = try bench.text("again.csv")
        try transformer.run(input, to: output, absent: [], includesRowSteps: false)
        #expect(try bench.text("again.csv") == first)
    }

    @Test("columns in memory come out as rows of a file do")
    func inMemory() throws {
        let bench = Workbench()
        try bench.prepare(data(), Self.steps)
        let transformer = try bench.transformer()
        var wish = ColumnTable.Wish()
        wish.asWords = transformer.categoryColumns
        let table = try ColumnTable.read(bench.folder.path("data.csv"), format: .csv, wish: wish)
        let found = try transformer.apply(to: table)
        try transformer.run(
            bench.write("data.csv", data()),
            to: TablePlace(path: bench.folder.path("again.csv"), format: .csv, name: "again"), absent: [],
            includesRowSteps: false)
        let known = try ColumnTable.read(bench.folder.path("again.csv"), format: .csv)
        #expect(found.columns.map(\.name) == known.columns.map(\.name))
        for (left, right) in zip(found.columns, known.columns) {
            #expect((0..<50).allSatisfy { left.cell($0) == right.cell($0) }, "\(left.name)")
        }
    }

    @Test("the target and dropped columns need not be there; others must")
    func absentColumns() throws {
        let bench = Workbench()
        try bench.prepare(data(), Self.steps)
        let transformer = try bench.transformer()
        #expect(transformer.neededColumns == ["n", "x", "c", "flag", "target"])
        #expect(transformer.categoryColumns == ["c", "target"])
        let new = try bench.write("new.csv", "x,c,n,flag\n70,violet,3,yes\n,blue,4,no\n")
        let output = TablePlace(path: bench.folder.path("new-out.csv"), format: .csv, name: "new-out.csv")
        try transformer.run(new, to: output, absent: ["target"], includesRowSteps: false)
        let lines = try bench.text("new-out.csv").split(separator: "\n")
        #expect(lines[0] == "X,c_green,c_red,n,flag" && lines[1].hasSuffix(",0,0,0,true") && lines.count == 3)
        #expect {
            try transformer.run(new, to: output, absent: [], includesRowSteps: false)
        } throws: { error in
            (error as? any UserFacingError)?.summary.contains("'new.csv': has no column 'target'") == true
        }
    }

    @Test("filter and dedupe are done again only when somebody asks")
    func rowSteps() throws {
        let bench = Workbench()
        try bench.prepare("a,b\n1,x\n2,y\n", #"[{"filter": "a < 5"}, {"dedupe": {"keys": ["b"]}}, {"scale": ["a"]}]"#)
        let new = try bench.write("new.csv", "a,b\n1,x\n2,x\n9,z\n")
        let output = TablePlace(path: bench.folder.path("o.csv"), format: .csv, name: "o.csv")
        let transformer = try bench.transformer()
        #expect(try transformer.run(new, to: output, absent: [], includesRowSteps: false).sides[0].rows == 3)
        #expect(try transformer.run(new, to: output, absent: [], includesRowSteps: true).sides[0].rows == 1)
    }

    @Test("JSON lines keep numbers and flags, and a text that looks like a number stays one when it is cast")
    func jsonLines() throws {
        let bench = Workbench()
        let input = try bench.write(
            "data.jsonl",
            #"{"a": 1.5, "b": "x", "zip": "01234", "n": "7"}"# + "\n" + #"{"a": null, "b": "y", "n": 8}"# + "\n")
        try bench.prepare(input, #"[{"cast": {"n": "text"}}, {"onehot": ["b"]}]"#)
        #expect(
            try bench.text("out/prepared.jsonl")
                == #"{"a":1.5,"b_x":1,"b_y":0,"zip":"01234","n":"7"}"# + "\n"
                + #"{"a":null,"b_x":0,"b_y":1,"zip":null,"n":"8"}"# + "\n")
    }

    @Test("hostile transformers are refused, never a crash")
    func hostile() throws {
        let bench = Workbench()
        try bench.prepare(data(), Self.steps)
        let good = try bench.text("transformer.json")
        for (from, to) in [
            ("transformer/v1", "transformer/v9"), ("\"steps\": [", "\"steps\": [ 7, "),
            ("\"scale\": {", "\"scala\": {"),
            ("\"method\": \"standard\"", "\"method\": 7"), ("\"red\"", "{}"), ("\"to\": \"bool\"", "\"to\": []"),
            ("\"center\"", "\"middle\""), ("n is not missing", "n is not"), ("\"schema\"", "\"shape\""),
            ("\"fitted_on\": {", "\"fitted_on\": 3, \"x\": {"), ("\"value\": \"", "\"values\": \""),
        ] {
            let bad = good.replacing(from, with: to, maxReplacements: 1)
            #expect(bad != good, "\(from)")
            #expect {
                try FittedTransformer(parsing: Array(bad.utf8), file: "t.json")
            } throws: { error in
                error is any UserFacingError
            }
        }
        for text in ["", "[]", "{}", "null", String(repeating: "[", count: 100_000)] {
            #expect {
                try FittedTransformer(parsing: Array(text.utf8), file: "t.json")
            } throws: { error in
                error is any UserFacingError
            }
        }
        var random = SeededGenerator(seed: 9)
        let bytes = Array(good.utf8)
        let input = try bench.write("data.csv", data())
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
            }
            // Whatever it is now, it is read and applied, or refused.
            guard let transformer = try? FittedTransformer(parsing: damaged, file: "t.json") else { continue }
            _ = try? transformer.run(
                input, to: TablePlace(path: bench.folder.path("o.csv"), format: .csv, name: "o"), absent: [],
                includesRowSteps: true)
        }
    }
}
