package import Documents

/// Settings of one command alone: `--config`, `--remote` and `--remote-config` of `get`, `import`, `list` and others.
package struct SettingsOverrides: Sendable {
    package var document: ConfigDocument
    package var remote: String?
    package var remoteOptions: [(name: String, value: String)]

    package init(
        document: ConfigDocument = ConfigDocument(), remote: String? = nil,
        remoteOptions: [(name: String, value: String)] = []
    ) {
        self.document = document
        self.remote = remote
        self.remoteOptions = remoteOptions
    }
}
