package import Processes

extension ProcessIdentity {
    /// For journals: the number, a space, and when it began.
    package var text: String { "\(id) \(start)" }

    package init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let id = Int32(first) else { return nil }
        self.init(id: id, start: parts.count > 1 ? String(parts[1]) : "")
    }
}
