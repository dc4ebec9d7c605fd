import Documents
package import Packaging

/// What is to be packaged.
package struct PackageRequest: Sendable {
    /// Names of artifacts, stages, or paths of files and folders; these are or make the model.
    package var targets: [String] = []
    /// More files and folders by what they are for.
    package var additions: [FileRole: [String]] = [:]
    /// The Git revision that everything is taken from; the workspace for `nil`.
    package var revision: String?
    /// Whether the files of the stage's dependencies that Git keeps come along as code.
    package var includesCode = false
    /// Whether the tracked data that the stage reads comes along.
    package var includesData = false
    /// Seconds since 1970 to give as the time where there is no commit.
    package var sourceDate: Int64?
    /// What the user says of the package, which counts more than what files say.
    package var statements = PackageStatements()

    package init() {}
}

/// What a user, or the `meta` of an artifact, says of a package.
package struct PackageStatements: Sendable, Equatable {
    package var name: String?
    package var version: String?
    package var title: String?
    package var description: String?
    package var authors: [String] = []
    package var vendor: String?
    package var family: String?
    package var licenses: [String] = []
    package var labels: [String] = []
    package var framework: String?
    package var frameworkVersion: String?
    package var task: String?
    package var source: String?
    package var requirements: [String] = []

    package init() {}

    /// From the `meta` of an artifact; what is of another kind than expected says nothing.
    init(_ meta: Value?) {
        guard let meta = meta?.mapping else { return }
        func text(_ key: String) -> String? {
            switch meta[key] {
            case .string(let text)?, .date(let text)?: text
            case .int(let number)?: String(number)
            default: nil
            }
        }
        func list(_ key: String) -> [String] { meta[key]?.array?.compactMap(\.string) ?? text(key).map { [$0] } ?? [] }
        version = text("version")
        title = text("title")
        authors = list("authors")
        vendor = text("vendor")
        family = text("family")
        licenses = list("licenses") + list("license")
        framework = text("framework")
        frameworkVersion = text("framework_version")
        task = text("task")
        source = text("source")
        requirements = list("requirements")
    }

    /// These, and those of another where these say nothing.
    func filled(from other: PackageStatements) -> PackageStatements {
        var all = self
        all.name = name ?? other.name
        all.version = version ?? other.version
        all.title = title ?? other.title
        all.description = description ?? other.description
        all.authors = authors.isEmpty ? other.authors : authors
        all.vendor = vendor ?? other.vendor
        all.family = family ?? other.family
        all.licenses = licenses.isEmpty ? other.licenses : licenses
        all.labels = labels.isEmpty ? other.labels : labels
        all.framework = framework ?? other.framework
        all.frameworkVersion = frameworkVersion ?? other.frameworkVersion
        all.task = task ?? other.task
        all.source = source ?? other.source
        all.requirements = requirements.isEmpty ? other.requirements : requirements
        return all
    }

    func describe(_ description: inout PackageDescription) {
        description.version = version
        description.title = title
        description.summary = self.description
        description.authors = authors
        description.vendor = vendor
        description.family = family
        description.licenses = licenses
        description.labels = labels
        description.framework = framework
        description.frameworkVersion = frameworkVersion
        description.task = task
        description.sourceURL = source
        description.requirements = requirements
    }
}
