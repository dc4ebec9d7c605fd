import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that could not be started.
package struct ProgramError: UserFacingError, Equatable {
    package let program: String
    package let workingDirectory: String
    /// The number of the system's error.
    package let code: Int32

    package init(program: String, workingDirectory: String, code: Int32) {
        self.program = program
        self.workingDirectory = workingDirectory
        self.code = code
    }

    package var summary: String {
        "cannot run '\(program)' in '\(workingDirectory)': \(String(cString: strerror(code)))"
    }

    package var remedy: String? {
        switch code {
        case ENOENT: "check that the program is installed and that the folder exists"
        case EACCES: "make the program executable"
        case E2BIG: "the command or the environment is too long; pass values in a file"
        default: nil
        }
    }
}
