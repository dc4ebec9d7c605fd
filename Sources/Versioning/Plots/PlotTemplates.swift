import Basics
import Documents
import FileSystem

/// Where templates are found: `.dvc/plots`, files, and those that are built in.
struct PlotTemplates {
    private let folder: String
    private let workingDirectory: String

    init(_ repository: Repository) {
        folder = Paths.join(repository.internals, "plots")
        workingDirectory = repository.environment.workingDirectory
    }

    /// - Parameter name: of a file in `.dvc/plots`, with or without `.json`; a path; or of a built-in template. `nil` for
    ///   the one that is used unless another is named.
    func template(named name: String?) throws -> PlotTemplate {
        let name = name ?? PlotTemplate.initial
        if let path = file(of: name) { return PlotTemplate(name: name, content: try content(of: path)) }
        if let template = PlotTemplate.builtIn(named: name) { return template }
        throw Failure(
            "unexpected error - Template '\(name)' not found.",
            remedy: "`varve plots templates` lists those that are built in; others go into .dvc/plots",
            category: .unexpected)
    }

    private func file(of name: String) -> String? {
        let own = Paths.join(folder, name)
        let bare = name.dropLast(PlotSource.fileExtension(of: name).count)
        return [own, Paths.join(folder, bare + ".json"), Paths.absolute(name, from: workingDirectory)]
            .first { (try? Files.status($0, followingLinks: true))?.kind == .file }
    }

    private func content(of path: String) throws -> Mapping {
        let value: Value
        do {
            value = try JSON.parse(try Files.read(path, limit: 1 << 24), duplicateKeys: .overwriting)
        } catch let error as DocumentError {
            let place = error.line.map { ", line \($0)" } ?? ""
            throw Failure(
                "unexpected error - the template '\(path)' is not JSON: \(error.message)\(place)",
                remedy: "compare it with `varve plots templates linear`", category: .unexpected)
        }
        guard let content = value.mapping else {
            throw Failure(
                "unexpected error - the template '\(path)' is no JSON object",
                remedy: "compare it with `varve plots templates linear`", category: .unexpected)
        }
        return content
    }
}
