import Documents

/// Checks merged settings against the schema and turns their text into typed values.
///
/// Missing options get their initial values. The messages are DVC's.
struct SettingsValidation {
    /// A rule that is broken, at a path of section and option names.
    struct Problem: Error {
        let message: String
        let path: [String]

        /// As DVC prints it.
        var description: String { message + " @ data" + path.map { "['\($0)']" }.joined() + suffix }
        var suffix = ""
    }

    private(set) var warnings: [String] = []

    mutating func validate(_ data: Mapping) throws(Problem) -> Mapping {
        var result = Mapping()
        for (name, value) in data.entries {
            guard let rule = SettingsSchema.sections.first(where: { $0.name == name })?.section else {
                throw Problem(message: "extra keys not allowed", path: [name])
            }
            result[name] = .mapping(try section(mapping(value, at: [name]), rule, name))
        }
        for (name, rule) in SettingsSchema.sections where result[name] == nil {
            result[name] = .mapping(try section(Mapping(), rule, name))
        }
        return result
    }

    /// Checks the options of a place that is no named remote.
    mutating func unnamedRemote(_ data: Mapping) throws(Problem) -> Mapping { try remote(data, at: []) }

    private mutating func section(
        _ data: Mapping, _ rule: SettingsSchema.Section, _ name: String
    ) throws(Problem) -> Mapping {
        switch rule {
        case .options(let options):
            return try Self.validate(data, options, at: [name])
        case .lenient(let options):
            var known = data
            let unknown = data.keys.filter { key in !options.contains { $0.name == key } }
            for key in unknown { known[key] = nil }
            if !unknown.isEmpty {
                let names = unknown.sorted().map { "'\(name).\($0)'" }.joined(separator: ", ")
                warnings.append("\(names) config option\(unknown.count == 1 ? " is" : "s are") unsupported")
            }
            return try Self.validate(known, options, at: [name])
        case .named(let options):
            var result = Mapping()
            for (own, value) in data.entries {
                let section = try mapping(value, at: [name, own])
                result[own] = .mapping(try Self.validate(section, options, at: [name, own]))
            }
            return result
        case .remotes:
            var result = Mapping()
            for (own, value) in data.entries {
                result[own] = .mapping(try remote(mapping(value, at: [name, own]), at: [name, own]))
            }
            return result
        }
    }

    private func remote(_ data: Mapping, at path: [String]) throws(Problem) -> Mapping {
        guard let url = data["url"] else {
            throw Problem(message: "expected 'url' for dictionary value", path: path)
        }
        guard let text = url.string else {
            throw Problem(message: "expected str for dictionary value", path: path + ["url"])
        }
        let (scheme, host) = RemoteURL.split(text)
        guard host.utf8.contains(UInt8(ascii: "[")) == host.utf8.contains(UInt8(ascii: "]")) else {
            throw Problem(message: "not a valid value for dictionary value", path: path)
        }
        // Without a host DVC takes anything for a path, `foo:/x` and `s3:///x` too.
        if host.isEmpty { return try Self.validate(data, SettingsSchema.remoteOptions(scheme: "") ?? [], at: path) }
        if scheme == "remote" { return data }
        guard let options = SettingsSchema.remoteOptions(scheme: scheme) else {
            throw Problem(message: "Unsupported URL type \(scheme):// for dictionary value", path: path)
        }
        return try Self.validate(data, options, at: path)
    }

    private static func validate(
        _ data: Mapping, _ options: [SettingsSchema.Option], at path: [String]
    ) throws(Problem) -> Mapping {
        var seen: [String: String] = [:]
        for option in options {
            guard let group = option.group, data[option.name] != nil else { continue }
            if seen.updateValue(option.name, forKey: group) != nil {
                throw Problem(
                    message: "two or more values in the same group of exclusion '\(group)'", path: path,
                    suffix: "[<\(group)>]")
            }
        }
        var result = Mapping()
        for (key, value) in data.entries {
            guard let option = options.first(where: { $0.name == key }) else {
                throw Problem(message: "extra keys not allowed", path: path + [key])
            }
            do {
                result[key] = try SettingsValue.typed(value, option.kind)
            } catch {
                throw Problem(message: "\(error.message) for dictionary value", path: path + [key])
            }
        }
        for option in options where result[option.name] == nil {
            if let initial = option.initial { result[option.name] = initial }
        }
        return result
    }

    private func mapping(_ value: Value, at path: [String]) throws(Problem) -> Mapping {
        guard let mapping = value.mapping else {
            throw Problem(message: "expected a dictionary for dictionary value", path: path)
        }
        return mapping
    }
}
