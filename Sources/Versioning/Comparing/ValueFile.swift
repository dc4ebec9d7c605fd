import Basics
package import Documents
package import FileSystem

import ProjectFiles

/// A file of metrics or parameters in one state of the project.
package struct ValueFile: Sendable {
    /// Relative to the repository; one that was named may lie outside and then begins with `..`.
    package let path: RelativePath
    package let content: Result<Value, ValueFailure>

    package init(path: RelativePath, content: Result<Value, ValueFailure>) {
        self.path = path
        self.content = content
    }

    package var value: Value? { try? content.get() }
}

/// The files of one state, or why what they are could not be found out.
package struct RevisionValues: Sendable {
    /// As the user named it, `workspace`, or all names of a commit that has several, joined by commas.
    package let name: String
    package let files: Result<[ValueFile], ValueFailure>

    package init(name: String, files: Result<[ValueFile], ValueFailure>) {
        self.name = name
        self.files = files
    }

    /// Everything that could not be read; the path is `nil` for the project files.
    package var failures: [(path: RelativePath?, failure: ValueFailure)] {
        switch files {
        case .failure(let failure): return [(nil, failure)]
        case .success(let files):
            return files.compactMap { file in
                guard case .failure(let failure) = file.content else { return nil }
                return (file.path, failure)
            }
        }
    }
}

/// Why values could not be read.
///
/// Programs read type and message from `--json`, so both are those of DVC; `detail` is for people.
package struct ValueFailure: Error, Sendable, Equatable {
    package let type: String
    package let message: String
    package let detail: String

    package init(type: String, message: String, detail: String? = nil) {
        self.type = type
        self.message = message
        self.detail = detail ?? message
    }

    /// - Parameter path: from the repository's root; DVC tells nothing of `..` in front.
    static func missing(_ path: RelativePath) -> ValueFailure {
        var shown = path.string[...]
        while shown.hasPrefix("../") { shown = shown.dropFirst(3) }
        return ValueFailure(
            type: "FileNotFoundError", message: "[Errno 2] No such file or directory: '\(shown)'",
            detail: "there is no such file")
    }

    static func directory(_ path: String) -> ValueFailure {
        ValueFailure(
            type: "IsADirectoryError", message: "[Errno 21] Is a directory: '\(path)'",
            detail: "it is a folder, and nobody knows what is in it")
    }

    static func noData(_ path: RelativePath, because reason: String) -> ValueFailure {
        ValueFailure(
            type: "FileNotFoundError", message: "[Errno 2] No storage files available: '\(path)'", detail: reason)
    }

    /// What is wrong with the project files.
    init(_ error: any Error) {
        switch error {
        case let failure as ValueFailure: self = failure
        case let error as ProjectFileError:
            switch error.problem {
            case .syntax, .encoding:
                self.init(
                    type: "YAMLSyntaxError",
                    message: "unable to read: '\(error.path)', YAML file structure is corrupted",
                    detail: error.summary)
            case .schema:
                let revision = error.revision.map { " in revision '\($0.prefix(7))'" } ?? ""
                self.init(
                    type: "YAMLValidationError", message: "'./\(error.path)' validation failed\(revision)",
                    detail: error.summary)
            case .invalid(let sentence): self.init(type: "ResolveError", message: sentence)
            }
        case let error as any UserFacingError: self.init(type: "DvcException", message: error.summary)
        default: self.init(type: "Exception", message: "\(error)")
        }
    }
}
