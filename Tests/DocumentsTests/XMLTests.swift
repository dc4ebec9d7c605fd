import Documents
import Testing

@Suite struct XMLTests {
    private func parse(_ text: String) throws -> XMLElement { try XML.parse(Array(text.utf8)) }

    @Test("a WebDAV answer is read, whatever prefixes it uses")
    func prefixes() throws {
        let texts = [
            """
            <?xml version="1.0" encoding="utf-8"?>
            <D:multistatus xmlns:D="DAV:"><D:response><D:href>/a%20b</D:href></D:response></D:multistatus>
            """,
            "<multistatus xmlns='DAV:'><response><href>/a%20b</href></response></multistatus>",
            "\u{FEFF}<a:multistatus xmlns:a=\"DAV:\"><response xmlns=\"DAV:\"><b:href xmlns:b=\"DAV:\">/a%20b</b:href>"
                + "</response></a:multistatus>\n<!-- end -->",
        ]
        for text in texts {
            let root = try parse(text)
            #expect(root.name == "multistatus")
            #expect(root.namespace == "DAV:")
            let response = try #require(root["response"])
            #expect(response.namespace == "DAV:")
            #expect(response.text(of: "href") == "/a%20b")
            #expect(response["href"]?.namespace == "DAV:")
        }
    }

    @Test("a namespace ends with the element that declares it")
    func scopes() throws {
        let root = try parse("<r><a xmlns='one'><b/></a><c/><d xmlns:p='two' xmlns=''><p:e/></d></r>")
        #expect(root.children.map(\.namespace) == ["one", "", ""])
        #expect(root["a"]?["b"]?.namespace == "one")
        #expect(root["d"]?["e"]?.namespace == "two")
        #expect(throws: DocumentError.self) { try parse("<r><d xmlns:p='two'/><p:e/></r>") }
    }

    @Test("text is put together from characters, references and CDATA")
    func text() throws {
        let root = try parse("<r>\r\n a&amp;b&#65;&#x1F600;<![CDATA[<x>&amp;]]]><!-- no --><y> in </y>é\r</r>")
        #expect(root.text == "\n a&bA😀<x>&amp;]é\n")
        #expect(root.trimmedText == "a&bA😀<x>&amp;]é")
        #expect(root.text(of: "y") == "in")
        #expect(root.text(of: "z") == nil)
    }

    @Test("children of one name are found in their order")
    func children() throws {
        let root = try parse("<r><k>1</k><other/><k>2</k></r>")
        #expect(root.all("k").map(\.text) == ["1", "2"])
        #expect(root["k"]?.text == "1")
    }

    @Test(
        "what is not well-formed is refused",
        arguments: [
            "", " ", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>x", "x<a/>", "<a b></a>", "<a b=c/>",
            "<a b='1' b='2'/>",
            "<a b='<'/>", "<a b='1'c='2'/>", "<a>&nbsp;</a>", "<a>& b</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
            "<a>&#;</a>",
            "<a>&#x110000;</a>", "<a>&#+65;</a>", "<a>]]></a>", "<a><!-- -- --></a>", "<a><!-- </a>",
            "<a><![CDATA[ </a>",
            "<1a/>", "< a/>", "<a:b:c xmlns:a='x'/>", "<:a/>", "<a:/>", "<p:a/>", "<a xmlns:p=''/>", "<a>\u{1}</a>",
            "<a><?xml version='1.0'?></a>", "<a", "<a b", "<a b='", "<a/", "<?xml version='1.0'", "<a>\u{0}</a>",
            "<?xml version='1.0' encoding='iso-8859-1'?><a/>", "<![CDATA[x]]><a/>",
        ])
    func refused(text: String) {
        #expect(throws: DocumentError.self) { try parse(text) }
    }

    @Test("document types are refused, so nothing is expanded or fetched")
    func documentTypes() {
        let texts = [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        ]
        for text in texts { #expect(throws: DocumentError.self) { try parse(text) } }
    }

    @Test("depth, size and number of elements have limits")
    func limits() throws {
        let deep = String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65)
        #expect(throws: DocumentError.self) { try parse(deep) }
        #expect(try parse(String(deep.dropFirst(3).dropLast(4))).name == "a")
        let many = Array(("<r>" + String(repeating: "<a/>", count: 10) + "</r>").utf8)
        #expect(throws: DocumentError.self) { try XML.parse(many, elements: 10) }
        #expect(try XML.parse(many, elements: 11).children.count == 10)
        #expect(throws: DocumentError.self) { try XML.parse(many, limits: DocumentLimits(bytes: 20)) }
        let attributes = (0..<1000).map { " a\($0)=''" }.joined()
        #expect(throws: DocumentError.self) { try parse("<r\(attributes)/>") }
    }

    @Test("bytes that are not UTF-8 are refused")
    func encoding() {
        #expect(throws: DocumentError.self) { try XML.parse([0x3C, 0x61, 0x3E, 0xFF, 0x3C, 0x2F, 0x61, 0x3E]) }
    }

    @Test("an error tells the line")
    func lines() {
        #expect {
            try parse("<a>\n<b>\n</c></a>")
        } throws: { error in
            (error as? DocumentError)?.line == 3
        }
    }

    @Test("no beginning and no bent byte of a document makes the reader trap")
    func damaged() {
        let bytes = Array(
            "\u{FEFF}<?xml version='1.0'?><p:a xmlns:p='u' q=\"&lt;\"><!--c--><b>x&#x41;<![CDATA[y]]></b>é<?i j?><c/></p:a>"
                .utf8)
        for count in bytes.indices { _ = try? XML.parse(Array(bytes[..<count])) }
        for index in bytes.indices {
            for byte in [0x00, 0x3C, 0x3E, 0x26, 0x2F, 0x3A, 0x5D, 0x80] as [UInt8] {
                var bent = bytes
                bent[index] = byte
                _ = try? XML.parse(bent)
            }
        }
        #expect((try? XML.parse(bytes)) != nil)
    }

    @Test("what is escaped is read back as it was")
    func escaping() throws {
        let text = "<a & 'b' \"c\">\r\n]]>é"
        #expect(try parse("<r>\(XML.escape(text))</r>").text == text)
    }
}
