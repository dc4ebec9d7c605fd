import Versioning

/// What to tell whoever has just written a secret: where it is, when they may think that it is elsewhere, and who can
/// read it.
struct SecretNotice {
    private let text: String

    /// `nil` where there is nothing to tell: the value is no secret, or it is where a secret belongs.
    ///
    /// - Parameter level: the file that was asked for, if any.
    init?(_ value: String, of option: String, at level: SettingsLevel?) {
        guard SettingsSecrets.isSecret(value, of: option) else { return nil }
        let what = SettingsSecrets.isSecret(option: option) ? "'\(option)'" : "the URL, which holds a password,"
        switch level {
        case nil:
            text =
                "\(what) was written to .dvc/config.local, since .dvc/config goes into Git. Others who clone the "
                + "project don't get it. (--local says the same without this warning; --project writes to .dvc/config.)"
        case .project:
            text =
                "\(what) was written to .dvc/config, which goes into Git. Everyone who can read the repository, now or "
                + "later, can read it."
        case .system: text = "\(what) was written to the settings of this machine, which all its users can read."
        case .global, .local: return nil
        }
    }

    func show(_ console: Console) { console.warn(text) }
}
