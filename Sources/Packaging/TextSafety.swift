import FileSystem

extension String {
    /// The text as it may stand in a message, cut where it would fill the screen.
    var printableText: String {
        let text = printable
        return text.utf8.count > 200 ? String(text.prefix(200)) + "…" : text
    }
}
