package import Documents

/// Where a setting is kept, from the weakest to the one that wins.
package enum SettingsLevel: String, Sendable, CaseIterable, Comparable {
    /// For everyone on the machine.
    case system
    /// For one person.
    case global
    /// `.dvc/config`, which is committed.
    case project
    /// `.dvc/config.local`, which is not.
    case local

    package static func < (left: SettingsLevel, right: SettingsLevel) -> Bool { left.rank < right.rank }

    /// Whether the file belongs to one repository.
    package var isInRepository: Bool { self == .project || self == .local }

    private var rank: Int {
        switch self {
        case .system: 0
        case .global: 1
        case .project: 2
        case .local: 3
        }
    }
}

/// One settings file as it was read, paths not yet resolved.
package struct SettingsLayer: Sendable {
    package let level: SettingsLevel
    /// Absolute path of the file, which relative paths in it are seen from.
    package let path: String
    package var document: ConfigDocument

    package init(level: SettingsLevel, path: String, document: ConfigDocument) {
        self.level = level
        self.path = path
        self.document = document
    }
}
