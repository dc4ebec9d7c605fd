/// The shell that runs the commands of stages: the user's own, without his settings.
package struct Shell: Sendable {
    package let path: String

    /// `$SHELL`, or `/bin/sh` without one; as DVC chooses.
    package init(variables: [String: String]) {
        path = variables["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
    }

    /// What to start so that the shell runs a script.
    package func arguments(running script: String) -> [String] {
        let options =
            switch path.split(separator: "/").last?.lowercased() {
            case "zsh": ["--no-rcs"]
            case "bash": ["--noprofile", "--norc"]
            case "fish": ["--no-config"]
            default: [String]()
            }
        return [path] + options + ["-c", script]
    }
}
