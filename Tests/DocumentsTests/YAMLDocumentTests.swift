import Documents
import Testing

@Suite struct YAMLDocumentTests {
    private func edit(_ text: String, _ change: (inout Mapping) -> Void) throws -> String {
        let document = try YAMLDocument(parsing: Array(text.utf8))
        var mapping = try #require(document.value.mapping)
        change(&mapping)
        return document.text(updatedTo: .mapping(mapping))
    }

    @Test("only what changes is rewritten, and comments stay")
    func comments() throws {
        let text = """
            # a comment
            desc: stage desc
            outs:
              - path: ann.txt     # trailing
                labels: [x,   y]

            meta:
              any: |
                one
            # end

            """
        let result = try edit(text) { root in
            guard case .array(var outs)? = root["outs"], case .mapping(var out)? = outs.first else { return }
            out["md5"] = "832cfe46c8738dd5ca84d3c6628a93ef"
            outs[0] = .mapping(out)
            root["outs"] = .array(outs)
            root["desc"] = nil
        }
        #expect(
            result == """
                # a comment
                outs:
                - path: ann.txt       # trailing
                  labels: [x, y]
                  md5: 832cfe46c8738dd5ca84d3c6628a93ef

                meta:
                  any: |
                    one
                # end

                """)
    }

    @Test("what is replaced takes the new order of keys")
    func replacing() throws {
        let document = try YAMLDocument(parsing: Array("s:\n  t:\n    b: 1\n    a: 1   # one\n  # u\n  u: 1\n".utf8))
        let stages = Mapping([("t", .mapping(Mapping([("a", 1), ("b", 2)]))), ("u", 1)])
        let new = Value.mapping(Mapping([("s", .mapping(stages))]))
        #expect(
            document.text(updatedTo: new, replacing: [["s", "t"]]) == "s:\n  t:\n    a: 1\n    b: 2\n  u: 1\n")
        #expect(
            document.text(updatedTo: new) == "s:\n  t:\n    b: 2\n    a: 1   # one\n  # u\n  u: 1\n")
    }

    @Test("a change behind one alias leaves the others alone")
    func aliases() throws {
        let result = try edit("a: &x [1, 2]\nb: *x\nc: *x\n") { $0["b"] = [1, 3] }
        #expect(result == "a: &x [1, 2]\nb: [1, 3]\nc: *x\n")
    }

    @Test("a merge key goes only when a key that it brings in is unwanted")
    func merges() throws {
        let text = "base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  z: 3\n"
        let kept = try edit(text) { $0["d"] = .mapping(Mapping([("x", 9), ("y", 2), ("z", 3)])) }
        #expect(kept == "base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  z: 3\n  x: 9\n")
        let gone = try edit(text) { $0["d"] = .mapping(Mapping([("x", 1), ("z", 3)])) }
        #expect(gone == "base: {x: 1, y: 2}\nd:\n  z: 3\n  x: 1\n")
    }

    @Test("numbers that Python takes for equal are not rewritten")
    func equalNumbers() throws {
        #expect(try edit("a: 1\nb: 0x1F\n") { $0["a"] = .float(1) } == "a: 1\nb: 0x1F\n")
    }

    @Test("a block scalar stays one when its text changes")
    func blocks() throws {
        #expect(try edit("cmd: |  # why\n  a\n  b\n") { $0["cmd"] = "c\nd" } == "cmd: |-\n  c\n  d\n")
    }

    @Test("marks are where values start")
    func marks() throws {
        let text = "# c\nstages:\n  é: {a: x}\n  list:\n  - 1\n  - k: v\n"
        let document = try YAMLDocument(parsing: Array(text.utf8))
        func mark(_ path: [YAMLPathElement]) -> [Int]? { document.mark(at: path).map { [$0.line, $0.column] } }
        #expect(mark([]) == [2, 1])
        #expect(mark(["stages"]) == [3, 3])
        #expect(mark(["stages", "é", "a"]) == [3, 10])
        #expect(mark(["stages", "list"]) == [5, 3])
        #expect(mark(["stages", "list", 1, "k"]) == [6, 8])
        #expect(mark(["stages", "list", 2]) == nil)
        #expect(mark(["nothing"]) == nil)
    }

    @Test("an edit reads back as the data wanted, even where comments stand in odd places")
    func readsBack() throws {
        for golden in try goldenCases("parse.json") {
            let text = try #require(golden["text"]?.string)
            guard let document = try? YAMLDocument(parsing: Array(text.utf8)), case .mapping(var new) = document.value
            else { continue }
            new["added"] = [1, ["x"]]
            if let first = new.keys.first { new[first] = .mapping(Mapping([("k", "v")])) }
            let again = try YAML.parse(document.text(updatedTo: .mapping(new)))
            #expect(
                JSON.emitPython(withoutDates(again), sortKeys: true)
                    == JSON.emitPython(withoutDates(.mapping(new)), sortKeys: true), "\(text)")
        }
    }
}
