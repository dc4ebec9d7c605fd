package import Basics
import Documents

/// Settings that contradict themselves or that nobody knows; worded as DVC words it, since people search for it.
package struct SettingsError: UserFacingError, Equatable {
    package let message: String
    /// The file to mend, where one is to blame.
    package let file: String?
    package let remedy: String?

    package init(_ message: String, file: String? = nil, remedy: String? = nil) {
        self.message = message
        self.file = file
        self.remedy = remedy
    }

    init(_ error: DocumentError, file: String) {
        let place = error.line.map { " at line \($0)" } ?? ""
        let isSemicolon = error.excerpt?.drop { $0 == " " || $0 == "\t" }.hasPrefix(";") ?? false
        self.init(
            error.message + place, file: file,
            remedy: isSemicolon ? "comments begin with '#' in settings files" : nil)
    }

    package var summary: String {
        "config file error: \(message)" + (file.map { " in '\($0)'" } ?? "")
    }
    package var category: ErrorCategory { .configuration }
}
