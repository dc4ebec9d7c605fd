/// `section.option`, or `remote.name.option` and `db.name.option`, as `config` takes them.
package struct OptionName: Sendable, Equatable {
    /// `remote` or `db` where a name follows.
    package let kind: String?
    package let section: String
    package let option: String

    /// Nil for text of another shape.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 2:
            kind = nil
        case 3 where parts[0] == "remote" || parts[0] == "db":
            kind = parts[0]
        default:
            return nil
        }
        section = parts[parts.count - 2].lowercased()
        option = parts[parts.count - 1].lowercased()
    }

    package var path: [String] { (kind.map { [$0] } ?? []) + [section, option] }

    package static let expectation =
        "name argument should look like remote.name.option or db.name.option or section.option"
}
