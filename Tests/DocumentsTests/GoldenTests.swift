import Documents
import Testing

@Suite struct GoldenTests {
    @Test("data is written byte for byte as DVC writes it")
    func emitting() throws {
        let cases = try goldenCases("emit.json")
        #expect(cases.count > 400)
        for golden in cases {
            let value = try #require(golden["value"])
            #expect(YAML.emit(value) == golden["yaml"]?.string)
            #expect(JSON.emitPython(value) == golden["json"]?.string)
        }
    }

    @Test("YAML means what it means to DVC, and is an error where it is one")
    func parsing() throws {
        let cases = try goldenCases("parse.json")
        #expect(cases.count > 200)
        for golden in cases {
            let text = try #require(golden["text"]?.string)
            let result = try? YAML.parse(text)
            // Compared as text, since NaN is not equal to itself.
            let got = result.map { JSON.emitPython(withoutDates($0), sortKeys: true) }
            let wanted = golden["value"].map { JSON.emitPython($0, sortKeys: true) }
            #expect(got == wanted, "\(text)")
        }
    }

    @Test("an edited file comes out byte for byte as DVC's")
    func editing() throws {
        let cases = try goldenCases("edit.json")
        #expect(cases.count > 150)
        for golden in cases {
            let text = try #require(golden["text"]?.string)
            let document = try YAMLDocument(parsing: Array(text.utf8))
            #expect(document.text(updatedTo: golden["value"] ?? document.value) == golden["result"]?.string, "\(text)")
        }
    }

    @Test("what is written anew reads back as the same data")
    func roundTrip() throws {
        for golden in try goldenCases("emit.json") {
            let value = try #require(golden["value"])
            let again = try YAML.parse(YAML.emit(value))
            #expect(JSON.emitPython(again) == JSON.emitPython(value))
        }
    }
}
