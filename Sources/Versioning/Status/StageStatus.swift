import Documents
package import ProjectFiles

/// How a stage differs from what was recorded of it.
package struct StageStatus: Sendable, Equatable {
    /// How a person names the stage from where they stand.
    package let address: String
    package var dependencies: [ItemStatus] = []
    package var outputs: [ItemStatus] = []
    /// Whether the stage runs every time, changed or not.
    package var isAlwaysChanged = false
    package var commandChanged = false
    /// Whether the definition of an import is not the one that its data was taken by.
    package var definitionChanged = false

    package init(address: String) { self.address = address }

    package var isUnchanged: Bool {
        dependencies.isEmpty && outputs.isEmpty && !isAlwaysChanged && !commandChanged && !definitionChanged
    }
}

/// A dependency or output that is not as recorded.
package struct ItemStatus: Sendable, Equatable {
    /// The path as seen from where the user stands, or as the project file says it for what lies elsewhere.
    package let name: String
    package let state: ItemState

    package init(name: String, state: ItemState) {
        self.name = name
        self.state = state
    }
}

/// In which way data is not as recorded.
package enum ItemState: Sendable, Equatable {
    case new, modified, deleted
    /// The recorded object, or a file of it, is not in the cache.
    case notInCache
    /// The repository that the data was imported from has moved on.
    case updateAvailable
    /// Some values of a parameter file differ; never none.
    case values([ParamsStatus.KeyChange])
}
