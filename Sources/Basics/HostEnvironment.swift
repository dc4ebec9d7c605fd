/// What the engine may know of the process it runs in; tests hand in their own.
package struct HostEnvironment: Sendable {
    /// Environment variables.
    package var variables: [String: String]
    /// Absolute path of the folder that relative targets are resolved against.
    package var workingDirectory: String
    /// Processors that may be used.
    package var processors: Int
    /// The words that the program was started with, for other processes that ask who holds a lock.
    package var commandLine: String

    /// Asks the person at the terminal for a secret, which is not shown while it is typed; `nil` where nobody is there.
    package var askSecret: (@Sendable (_ prompt: String) -> String?)?

    package init(
        variables: [String: String], workingDirectory: String, processors: Int, commandLine: String = "varve",
        askSecret: (@Sendable (_ prompt: String) -> String?)? = nil
    ) {
        self.askSecret = askSecret
        self.commandLine = commandLine
        self.variables = variables
        self.workingDirectory = workingDirectory
        self.processors = max(1, processors)
    }

    package subscript(_ name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }
}
