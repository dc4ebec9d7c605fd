import CGit2

/// libgit2's function table, opened and initialised when something first asks for it.
///
/// `@unchecked Sendable` because the table is filled once, before anyone gets its address, and never changes after.
struct Library: @unchecked Sendable {
    private let functions: UnsafePointer<varve_git_functions>

    /// The functions, named as in libgit2's documentation.
    var call: varve_git_functions {
        @inline(__always) get { functions.pointee }
    }

    private static let loaded: Result<Library, GitUnavailable> = {
        var message: UnsafePointer<CChar>?
        guard let functions = varve_git_load(&message) else {
            return .failure(
                GitUnavailable(
                    detail: message.map { String(cString: $0) } ?? "it cannot be opened",
                    version: String(cString: varve_git_expected_version())))
        }
        return .success(Library(functions: functions))
    }()

    static func load() throws(GitError) -> Library {
        switch loaded {
        case .success(let library): return library
        case .failure(let error): throw GitError(.unavailable(error))
        }
    }

    /// Turns a status of libgit2 into an error; to be asked on the thread that made the call, before the next one.
    func check(_ status: Int32, _ action: @autoclosure () -> String) throws(GitError) {
        if status < 0 { throw lastError(status, action()) }
    }

    /// As `check`, where nothing found is no failure: then the answer is false.
    ///
    /// An object that ought to exist is a failure all the same: the tree or tag that names it was found.
    func checkFound(_ status: Int32, _ action: @autoclosure () -> String) throws(GitError) -> Bool {
        if status == GIT_ENOTFOUND.rawValue {
            let error = lastError(status, action())
            if error.reason == .missingObject { throw error }
            return false
        }
        try check(status, action())
        return true
    }

    func lastError(_ status: Int32, _ action: String) -> GitError {
        let last = call.git_error_last()
        let detail = last?.pointee.message.map { String(cString: $0) } ?? "no reason given"
        let libraryClass = last?.pointee.klass ?? 0
        let reason: GitError.Reason =
            switch status {
            case GIT_ELOCKED.rawValue: .locked
            case GIT_ENOTFOUND.rawValue where libraryClass == Int32(GIT_ERROR_ODB.rawValue): .missingObject
            default: .failure
            }
        return GitError(reason, doing: action, detail: detail, code: status, libraryClass: libraryClass)
    }
}

extension Library {
    /// Whether libgit2 refuses repositories of other users; for the whole process.
    func validatesOwner(_ isOn: Bool) { _ = varve_git_set_owner_validation(functions, isOn ? 1 : 0) }

    /// The user's own folder of Git files, such as `~/.config/git`; nil where there is none.
    func userConfigurationFolder() -> String? {
        var buffer = git_buf()
        guard varve_git_user_configuration_folder(functions, &buffer) == 0 else { return nil }
        let folder = string(consuming: &buffer)
        return folder.isEmpty ? nil : folder
    }

    /// A string that libgit2 handed out in a buffer, which is disposed of.
    func string(consuming buffer: inout git_buf) -> String {
        defer { call.git_buf_dispose(&buffer) }
        guard let pointer = buffer.ptr else { return "" }
        return String(cString: pointer)
    }
}
