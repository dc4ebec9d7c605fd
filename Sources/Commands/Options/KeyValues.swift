import Basics
import Documents

/// Options of the form `name=value`.
enum KeyValues {
    /// - Parameter option: how the option is called, dashes included.
    static func parse(_ words: [String], of option: String) throws -> [(name: String, value: String)] {
        try words.map { pair in
            guard let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw Failure(
                    "argument \(option): invalid value '\(pair)': name=value is expected", category: .usage)
            }
            return (String(pair[..<equals]), String(pair[pair.utf8.index(after: equals)...]))
        }
    }

    static func mapping(_ words: [String], of option: String) throws -> Mapping {
        var mapping = Mapping()
        for (name, value) in try parse(words, of: option) { mapping[name] = .string(value) }
        return mapping
    }
}
