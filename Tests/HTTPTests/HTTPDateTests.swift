import HTTP
import Testing

@Suite("HTTP dates")
struct HTTPDateTests {
    @Test(
        "a date is read and written as RFC 9110 gives it",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ] as [(String, Int64)])
    func roundTrip(text: String, seconds: Int64) {
        #expect(HTTPDate.seconds(text) == seconds)
        #expect(HTTPDate.text(seconds) == text)
    }

    @Test("what is no date gives nothing", arguments: ["", "yesterday", "Sun, 06 Now 1994 08:49:37 GMT", "0"])
    func notADate(text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }
}
