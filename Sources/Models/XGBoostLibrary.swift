package import Basics
internal import CXGBoost

/// XGBoost's library, opened when it is first needed.
///
/// Its functions keep the last error and the listener of messages per thread, so a piece of work stays on one thread.
package struct XGBoostLibrary {
    let functions: UnsafePointer<varve_xgboost_functions>
    /// As the library tells it, such as 1.7.4.
    package let version: XGBoostVersion

    /// Opens the library.
    ///
    /// - Parameter path: the file to open instead of the one that the system has. The first caller in a process decides.
    package static func open(_ path: String? = nil) throws(Failure) -> XGBoostLibrary {
        var message: UnsafePointer<CChar>?
        guard let functions = varve_xgboost_load(path, &message) else {
            let reason = message.map { String(cString: $0) } ?? "unknown reason"
            throw Failure(
                "XGBoost's library cannot be opened: \(reason)",
                remedy: "install it with `apt-get install libxgboost0` or `brew install xgboost`; or train with"
                    + " `--engine linear` or `--engine logistic`, which need no library")
        }
        varve_xgboost_listen(functions)
        var parts: (Int32, Int32, Int32) = (0, 0, 0)
        functions.pointee.XGBoostVersion(&parts.0, &parts.1, &parts.2)
        return XGBoostLibrary(
            functions: functions, version: XGBoostVersion(Int(parts.0), Int(parts.1), Int(parts.2)))
    }

    /// The environment variable that names another library than the system's.
    package static let pathVariable = "VARVE_XGBOOST_LIBRARY"

    /// Throws what the library gave as its last error where a call failed.
    func check(_ purpose: String, _ status: Int32) throws(Failure) {
        guard status != 0 else { return }
        throw Failure("XGBoost could not \(purpose): \(lastError)")
    }

    /// What the library said since the last call, a message each.
    func takeMessages() -> [String] {
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        let count = varve_xgboost_take_messages(&buffer, buffer.count)
        let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }

    private var lastError: String {
        guard let text = functions.pointee.XGBGetLastError() else { return "unknown reason" }
        return Self.essence(of: String(cString: text))
    }

    /// An error's text without its time, the place in the source and the stack.
    static func essence(of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
            .prefix { !$0.hasPrefix("Stack trace") }.map(String.init)
        guard var first = lines.first else { return text }
        // `[12:00:00] ./src/learner.cc:10: What it is`
        if first.hasPrefix("["), let bracket = first.firstIndex(of: "]") {
            first = String(first[first.index(after: bracket)...].drop { $0 == " " })
        }
        if let colon = first.range(of: ".cc:") ?? first.range(of: ".h:") {
            first = String(first[colon.upperBound...].drop { $0.isNumber || $0 == ":" || $0 == " " })
        }
        return ([first] + lines.dropFirst()).filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// A version of XGBoost.
package struct XGBoostVersion: Sendable, Comparable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let patch: Int

    package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    package static func < (left: XGBoostVersion, right: XGBoostVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    package var description: String { "\(major).\(minor).\(patch)" }
}

extension String {
    /// Where a text stands in another; Foundation's is not at hand.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
