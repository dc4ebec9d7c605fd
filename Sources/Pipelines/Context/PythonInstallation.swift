import Basics
import Documents
import FileSystem

/// The Python that a command runs, and the packages it finds, read from its files.
struct PythonInstallation {
    /// As the user calls it.
    let interpreter: String
    private(set) var version: String?
    private(set) var packages: [Package] = []

    struct Package: Equatable {
        let name: String
        let version: String
        /// Where it came from, if not from an index: PEP 610.
        var origin: Mapping?
    }

    /// `nil` where the command shows no Python and there is none to be found.
    init?(of words: [String], _ environment: HostEnvironment, directory: String) {
        guard let found = Self.find(words, environment, directory: directory) else { return nil }
        interpreter = found
        var folders: [String] = []
        let prefix = Paths.parent(Paths.parent(found))
        if let settings = Self.virtualEnvironment(at: prefix) {
            version = settings["version_info"] ?? settings["version"]
            folders += Self.libraries(below: prefix)
            if settings["include-system-site-packages"]?.lowercased() == "true", let home = settings["home"] {
                folders += Self.libraries(below: Paths.parent(home))
            }
        } else {
            let real = Paths.resolvingLinks(found)
            let base = Paths.parent(Paths.parent(real))
            folders += Self.libraries(below: base)
            version = Self.version(below: base, interpreter: Paths.name(real))
        }
        folders += (environment["PYTHONPATH"] ?? "").split(separator: ":").map {
            Paths.absolute(String($0), from: directory)
        }
        var known: Set<String> = []
        for folder in folders {
            for package in Self.packages(in: folder) where known.insert(package.name.lowercased()).inserted {
                packages.append(package)
            }
        }
        packages.sort { $0.name.lowercased() < $1.name.lowercased() }
    }

    var value: Mapping {
        var all = Mapping()
        var origins = Mapping()
        for package in packages {
            all[package.name] = .string(package.version)
            if let origin = package.origin { origins[package.name] = .mapping(origin) }
        }
        var value = Mapping([
            ("interpreter", .string(interpreter)), ("version", version.map(Value.string) ?? .null),
            ("packages", .mapping(all)),
        ])
        if !origins.isEmpty { value["origins"] = .mapping(origins) }
        return value
    }

    // MARK: Interpreter

    private static func find(_ words: [String], _ environment: HostEnvironment, directory: String) -> String? {
        let search = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        func look(for name: String) -> String? {
            let candidates =
                name.contains("/")
                ? [Paths.absolute(name, from: directory)]
                : search.map { Paths.join(Paths.absolute($0, from: directory), name) }
            return candidates.first { path in
                ((try? Files.status(path, followingLinks: true)) ?? nil).map {
                    $0.kind == .file && $0.isExecutable
                } ?? false
            }
        }
        if let first = words.first, let program = look(for: first) {
            if isPython(Paths.name(program)) { return program }
            // A script of a package, such as torchrun, names the Python that it was installed for.
            if let line = (try? Files.beginning(of: program, count: 512))?.split(separator: UInt8(ascii: "\n")).first,
                line.starts(with: "#!".utf8)
            {
                let parts = String(decoding: line.dropFirst(2), as: UTF8.self).split(separator: " ").map(String.init)
                if let named = parts.first(where: { isPython(Paths.name($0)) }), let found = look(for: named) {
                    return found
                }
            }
        }
        if let folder = environment["VIRTUAL_ENV"], let found = look(for: Paths.join(folder, "bin/python")) {
            return found
        }
        return look(for: "python") ?? look(for: "python3")
    }

    private static func isPython(_ name: String) -> Bool {
        name.hasPrefix("python") && name.dropFirst(6).allSatisfy { $0.isNumber || $0 == "." }
    }

    private static func virtualEnvironment(at prefix: String) -> [String: String]? {
        guard let bytes = (try? Files.readIfPresent(Paths.join(prefix, "pyvenv.cfg"), limit: 1 << 16)) ?? nil else {
            return nil
        }
        var settings: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            settings[trimmed(parts[0])] = trimmed(parts[1])
        }
        return settings
    }

    /// Of a Python without a virtual environment, from its headers, else from its name.
    private static func version(below base: String, interpreter: String) -> String? {
        for folder in pythonFolders(in: Paths.join(base, "include")) {
            let header = Paths.join(base, "include/\(folder)/patchlevel.h")
            guard let bytes = (try? Files.readIfPresent(header, limit: 1 << 16)) ?? nil else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            if let line = text.split(whereSeparator: \.isNewline).first(where: { $0.contains("define PY_VERSION ") }) {
                return line.split(separator: "\"").dropFirst().first.map(String.init)
            }
        }
        let number = interpreter.dropFirst(6)
        return number.isEmpty ? nil : String(number)
    }

    // MARK: Packages

    private static func pythonFolders(in folder: String) -> [String] {
        ((try? Files.names(in: folder)) ?? []).filter { $0.hasPrefix("python3") }.sorted()
    }

    /// Folders of packages of an installation, Debian's among them.
    private static func libraries(below prefix: String) -> [String] {
        var found: [String] = []
        for base in [prefix] + (prefix == "/usr" ? ["/usr/local"] : []) {
            for folder in pythonFolders(in: Paths.join(base, "lib")) {
                for name in ["site-packages", "dist-packages"] {
                    let path = Paths.join(base, "lib/\(folder)/\(name)")
                    if Files.isDirectory(path) { found.append(path) }
                }
            }
        }
        return found
    }

    private static func packages(in folder: String) -> [Package] {
        ((try? Files.names(in: folder)) ?? []).sorted().prefix(20_000).compactMap { entry in
            let path = Paths.join(folder, entry)
            let file: String
            if entry.hasSuffix(".dist-info") {
                file = Paths.join(path, "METADATA")
            } else if entry.hasSuffix(".egg-info") {
                file = Files.isDirectory(path) ? Paths.join(path, "PKG-INFO") : path
            } else {
                return nil
            }
            guard let heading = try? Files.beginning(of: file, count: 4096) else { return nil }
            guard let name = field("Name", of: heading), let version = field("Version", of: heading) else { return nil }
            return Package(name: name, version: version, origin: origin(Paths.join(path, "direct_url.json")))
        }
    }

    private static func field(_ name: String, of heading: [UInt8]) -> String? {
        for line in heading.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            // Behind the first blank line stands the description.
            if line.isEmpty { return nil }
            if line.starts(with: (name + ":").utf8) {
                return trimmed(Substring(String(decoding: line.dropFirst(name.utf8.count + 1), as: UTF8.self)))
            }
        }
        return nil
    }

    private static func origin(_ path: String) -> Mapping? {
        guard let bytes = (try? Files.readIfPresent(path, limit: 1 << 16)) ?? nil,
            let document = try? JSON.parse(bytes, duplicateKeys: .overwriting).mapping,
            let url = document["url"]?.string
        else { return nil }
        var origin = Mapping([("url", .string(CommandSecrets.withoutCredentials(url)))])
        if let commit = document["vcs_info"]?.mapping?["commit_id"]?.string { origin["commit"] = .string(commit) }
        if document["dir_info"]?.mapping?["editable"]?.bool == true { origin["editable"] = true }
        return origin
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
