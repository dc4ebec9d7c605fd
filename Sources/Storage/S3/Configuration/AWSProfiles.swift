/// What both files in `~/.aws` say, and which profile of them counts.
package struct AWSProfiles: Sendable {
    package let config: AWSFile
    package let credentials: AWSFile
    /// The profile in use.
    package let name: String
    /// Whether the profile was asked for by the remote's own options: then keys in the environment don't count.
    package let isChosen: Bool

    package init(config: AWSFile, credentials: AWSFile, name: String = "default", isChosen: Bool = false) {
        self.config = config
        self.credentials = credentials
        self.name = name
        self.isChosen = isChosen
    }

    /// Reads the files that the options, the environment or the home folder name, in this order of the AWS tools:
    /// a file named in the environment beats one of the options.
    ///
    /// - Parameter trustsNamedFiles: whether files that the options name may do all that the user's own may; otherwise
    ///   only keys and the region are taken from them.
    package init(
        options: [String: String], environment: [String: String], home: String, trustsNamedFiles: Bool
    ) throws(StorageError) {
        func read(
            _ variable: String, _ option: String, _ file: String, _ kind: AWSFile.Kind
        ) throws(StorageError) -> AWSFile {
            if let path = environment[variable], !path.isEmpty {
                return try AWSFile(reading: Self.expanded(path, home), kind: kind)
            }
            if let path = options[option], !path.isEmpty {
                let file = try AWSFile(reading: Self.expanded(path, home), kind: kind)
                return trustsNamedFiles ? file : file.withKeysOnly
            }
            return try AWSFile(reading: "\(home)/.aws/\(file)", kind: kind)
        }
        let chosen = options["profile"].flatMap { $0.isEmpty ? nil : $0 }
        let ambient = [environment["AWS_PROFILE"], environment["AWS_DEFAULT_PROFILE"]].lazy
            .compactMap { $0 }.first { !$0.isEmpty }
        self.init(
            config: try read("AWS_CONFIG_FILE", "configpath", "config", .config),
            credentials: try read("AWS_SHARED_CREDENTIALS_FILE", "credentialpath", "credentials", .credentials),
            name: chosen ?? ambient ?? "default", isChosen: chosen != nil)
        guard self.name == "default" || self.profile(self.name) != nil else {
            throw StorageError(
                .permission, "there is no AWS profile '\(self.name)'", isRetryable: false,
                remedy: "see the profiles with `aws configure list-profiles`, or unset `profile` and AWS_PROFILE")
        }
    }

    /// A profile, the credentials file before the config file; `nil` where it is in neither.
    package func profile(_ name: String) -> AWSSection? {
        guard var section = config.profiles[name] else { return credentials.profiles[name] }
        if let keys = credentials.profiles[name] { section.values.merge(keys.values) { _, new in new } }
        return section
    }

    /// The profile in use; empty where it is the default one and not there.
    package var current: AWSSection { profile(name) ?? AWSSection() }

    private static func expanded(_ path: String, _ home: String) -> String {
        path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
