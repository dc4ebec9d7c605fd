/// What Python's argparse, whose rules scripts rely on, knows of a command and ArgumentParser has no word for.
/// Options are named in full, dashes included.
package struct Dialect: Sendable {
    /// Options whose value may be left out (`nargs="?"`), and the value that a bare mention stands for;
    /// `nil` means as if it had not been given.
    package var bareValues: [String: String?]
    /// Options of one group of which at most one may be given.
    package var exclusive: [[String]]
    /// Options of which at least one must be given.
    package var oneRequired: [[String]]

    package init(
        bareValues: [String: String?] = [:], exclusive: [[String]] = [], oneRequired: [[String]] = []
    ) {
        self.bareValues = bareValues
        self.exclusive = exclusive + [["--quiet", "--verbose"]]
        self.oneRequired = oneRequired
    }
}
