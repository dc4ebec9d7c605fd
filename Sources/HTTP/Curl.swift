import CCurl

/// libcurl's function table, opened and initialised when something first asks for it.
///
/// `@unchecked Sendable` because the table is filled once, before anyone gets its address, and never changes after.
struct Curl: @unchecked Sendable {
    let functions: UnsafePointer<varve_curl_functions>

    /// The functions, named as in libcurl's documentation.
    var call: varve_curl_functions {
        @inline(__always) get { functions.pointee }
    }

    private static let loaded: Result<Curl, HTTPError> = {
        var message: UnsafePointer<CChar>?
        guard let functions = varve_curl_load(&message) else {
            let reason = message.map { String(cString: $0) } ?? "it cannot be opened"
            return .failure(
                HTTPError(.unsupported, "libcurl is needed for this (Debian's package libcurl4), and \(reason)"))
        }
        return .success(Curl(functions: functions))
    }()

    static func load() throws(HTTPError) -> Curl { try loaded.get() }

    /// libcurl's words for a code.
    func text(_ code: CURLcode) -> String {
        call.curl_easy_strerror(code).map { String(cString: $0) } ?? "failure \(code.rawValue)"
    }
}

/// One easy handle: the options and state of a transfer. Used on the loop's thread only.
struct EasyHandle {
    let curl: Curl
    let raw: UnsafeMutableRawPointer

    func set(_ option: CURLoption, _ value: Int) {
        _ = varve_curl_set_long(curl.functions, raw, option, value)
    }

    func set(_ option: CURLoption, _ flag: Bool) { set(option, flag ? 1 : 0) }

    func set(_ option: CURLoption, offset: Int64) {
        _ = varve_curl_set_offset(curl.functions, raw, option, offset)
    }

    func set(_ option: CURLoption, _ text: String) {
        _ = varve_curl_set_text(curl.functions, raw, option, text)
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        _ = varve_curl_set_pointer(curl.functions, raw, option, pointer)
    }

    func set(_ option: CURLoption, _ callback: @escaping varve_curl_data_callback) {
        _ = varve_curl_set_data_callback(curl.functions, raw, option, callback)
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = varve_curl_get_long(curl.functions, raw, info, &value)
        return value
    }

    /// `nil` where libcurl does not know.
    func offset(_ info: CURLINFO) -> Int64? {
        var value: Int64 = -1
        _ = varve_curl_get_offset(curl.functions, raw, info, &value)
        return value < 0 ? nil : value
    }
}
