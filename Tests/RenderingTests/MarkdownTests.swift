import Rendering
import Testing

@Suite("Markdown of what others wrote")
struct MarkdownTests {
    @Test(
        "a text as code stays what it is, also in a table",
        arguments: [
            ("auc", "`auc`"), ("a|b", "`a\\|b`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a\nb", "`a b`"), (" ", ""),
            ("\u{1B}[31m", "`\\x1b[31m`"),
        ])
    func code(text: String, markdown: String) {
        #expect(MarkdownText.code(text) == markdown)
    }
}
