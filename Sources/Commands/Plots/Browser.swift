import Basics
import FileSystem
import Processes

/// The program that shows pages to the user.
struct Browser {
    private let environment: HostEnvironment

    init(_ environment: HostEnvironment) { self.environment = environment }

    /// `BROWSER` where the user names one, else what the desktop has.
    private var program: String? {
        if let named = environment["BROWSER"], !named.isEmpty {
            return named.split(separator: ":").first.map(String.init)
        }
        #if canImport(Darwin)
            return "open"
        #else
            return "xdg-open"
        #endif
    }

    /// - Returns: whether the program said that it worked.
    func open(_ url: String) -> Bool {
        guard let program else { return false }
        let words = program.split(separator: " ").map(String.init)
        let request = ProgramRequest(
            arguments: words + [url], variables: environment.variables,
            workingDirectory: environment.workingDirectory)
        guard let running = try? RunningProgram(request) else { return false }
        return running.wait().succeeded
    }
}
