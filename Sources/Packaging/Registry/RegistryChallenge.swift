/// What a registry wants to see, from the `WWW-Authenticate` header of a refusal.
struct RegistryChallenge: Sendable, Equatable {
    /// In lower case.
    let scheme: String
    /// Names in lower case.
    let parameters: [String: String]

    /// The first challenge that can be met; `nil` where there is none.
    static func parse(_ headers: [String]) -> RegistryChallenge? {
        let all = headers.compactMap(RegistryChallenge.init)
        return all.first { $0.scheme == "bearer" } ?? all.first { $0.scheme == "basic" }
    }

    /// `Scheme name="value",name=value`
    init?(_ header: String) {
        let bytes = Array(header.utf8)
        guard bytes.count <= 8192 else { return nil }
        var position = 0
        func skip(_ isSkipped: (UInt8) -> Bool) {
            while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
        }
        func word(_ isPart: (UInt8) -> Bool) -> String {
            let start = position
            skip(isPart)
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        skip { $0 == 0x20 }
        scheme = word { $0 != 0x20 }.lowercased()
        guard !scheme.isEmpty else { return nil }
        var found: [String: String] = [:]
        while position < bytes.count {
            skip { $0 == 0x20 || $0 == UInt8(ascii: ",") }
            let name = word { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ",") }.lowercased()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "="), !name.isEmpty else { break }
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                position += 1
                var value: [UInt8] = []
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
                    value.append(bytes[position])
                    position += 1
                }
                position += 1
                found[name] = String(decoding: value, as: UTF8.self)
            } else {
                found[name] = word { $0 != UInt8(ascii: ",") && $0 != 0x20 }
            }
        }
        parameters = found
    }
}
