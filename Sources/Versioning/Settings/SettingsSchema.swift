import Documents

/// What may stand in settings files: the sections, their options and the kinds of values, as DVC 3.67 has them.
enum SettingsSchema {
    /// What a value must look like, and so what it becomes.
    enum Kind: Sendable {
        case text
        case lowercaseText
        /// `true` or `false` in any case.
        case flag
        /// A flag, or the path of a CA file.
        case flagOrText
        case integer(ClosedRange<Int> = Int.min...Int.max)
        case number(atLeast: Double = -Double.infinity)
        /// One of these words in any case.
        case choice([String])
        /// Link types, separated by commas.
        case linkTypes
        /// Only values that are not text pass in DVC, so nothing that a file holds does.
        case unwritable(String)
    }

    struct Option: Sendable {
        let name: String
        let kind: Kind
        let initial: Value?
        /// Options of one group exclude each other.
        let group: String?

        init(_ name: String, _ kind: Kind = .text, initial: Value? = nil, group: String? = nil) {
            self.name = name
            self.kind = kind
            self.initial = initial
            self.group = group
        }
    }

    /// How the content of a section is checked.
    enum Section: Sendable {
        case options([Option])
        /// Unknown options are dropped with a warning.
        case lenient([Option])
        /// One section for each name.
        case named([Option])
        /// One section for each name, whose options depend on the scheme of `url`.
        case remotes
    }

    /// Sections in DVC's order, in which missing ones are added to a file.
    static let sections: [(name: String, section: Section)] = [
        ("core", .options(core)),
        ("cache", .options(cache)),
        ("remote", .remotes),
        ("state", .options(state)),
        ("index", .options([Option("dir")])),
        ("machine", .named(machine)),
        ("feature", .lenient([Option("machine", .flag, initial: false)])),
        ("plots", .options(plots)),
        ("exp", .options(experiments)),
        ("parsing", .options(parsing)),
        ("hydra", .options(hydra)),
        ("studio", .options(studio)),
        ("db", .named([Option("url"), Option("username"), Option("password")])),
    ]

    /// The options of `[remote "x"]` for a URL scheme, the empty one for paths; `nil` for a scheme nobody knows.
    static func remoteOptions(scheme: String) -> [Option]? { remotes[scheme] }

    /// Options that hold paths; relative ones are seen from the folder of their file.
    static func isPath(_ path: [String]) -> Bool {
        switch (path.first, path.count) {
        case ("cache", 2): path[1] == "dir"
        case ("remote", 3): remotePaths.contains(path[2])
        case ("machine", 3): path[2] == "startup_script" || path[2] == "setup_script"
        default: false
        }
    }

    private static let remotePaths: Set<String> = [
        "url", "gdrive_user_credentials_file", "gdrive_service_account_json_file_path", "credentialpath", "configpath",
        "keyfile", "cert_path", "key_path",
    ]
}
