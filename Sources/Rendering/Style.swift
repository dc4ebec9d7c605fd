/// Colours for the few things that deserve one. Meaning never rests on them alone.
package struct Style: Sendable {
    package enum Ink: String, Sendable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case cyan = "36"
        case bold = "1"
        case boldRed = "1;31"
        case dim = "2"
    }

    package let isEnabled: Bool

    package init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    /// Decides by the common conventions: `NO_COLOR` wins, then `CLICOLOR_FORCE`, then whether a person is looking.
    package init(variables: [String: String], terminal: Terminal) {
        func isSet(_ name: String) -> Bool { variables[name].map { !$0.isEmpty } ?? false }
        if isSet("NO_COLOR") {
            isEnabled = false
        } else if isSet("CLICOLOR_FORCE") && variables["CLICOLOR_FORCE"] != "0" {
            isEnabled = true
        } else {
            isEnabled = terminal.isInteractive && variables["TERM"] != "dumb"
        }
    }

    package func paint(_ text: String, _ ink: Ink) -> String {
        isEnabled ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
    }
}
