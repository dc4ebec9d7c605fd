import Basics
package import Documents
import FileSystem
import Indexing
import ProjectFiles

extension Repository {
    /// Changes how an output of a stage is plotted; an output that is no plot becomes one.
    ///
    /// - Parameters:
    ///   - properties: to set, by the names that pipeline files use.
    ///   - unset: names of properties to take away.
    package func modifyPlot(_ target: String, setting properties: Mapping, unset: [String]?) throws {
        if let template = properties["template"]?.string { _ = try PlotTemplates(self).template(named: template) }
        let snapshot = try workspace()
        guard let path = relativePath(of: target), let tracked = snapshot.output(at: path) else {
            throw Failure(
                "Unable to find DVC file with output '\(target)'",
                remedy: "name an output of a stage; plots of the `plots` section are changed in the pipeline file")
        }
        var stage = snapshot.stages[tracked.stageNumber]
        guard stage.name != nil else {
            throw Failure(
                "'\(target)' belongs to '\(stage.definition)', not to a stage, so it has no properties of a plot",
                remedy: "define the plot in the `plots` section of \(PipelineFile.fileName)")
        }
        var current = Mapping()
        if case .plot(let own) = tracked.output.role {
            current = own
        } else if unset != nil {
            throw Failure(
                "'\(target)' is not a known plot. Use `dvc plots modify` to turn it into one.",
                remedy: "give properties, such as -x and -y")
        }
        let missing = (unset ?? []).filter { current[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            throw Failure(
                "display properties [\(names)] not found in plot '\(target)'",
                remedy: current.isEmpty ? nil : "it has \(current.keys.joined(separator: ", "))")
        }
        for name in unset ?? [] { current[name] = nil }
        for (name, value) in properties.entries { current[name] = value }
        stage.outputs[tracked.position].role = .plot(current)

        let file = RelativePath(stage.definition)
        var edit = try PipelineFileEdit(Files.read(absolute(file)), path: file.string)
        try edit.put(stage)
        progress.report(.message("Modifying stage '\(stage.name ?? "")' in '\(shown(file))'"))
        try ProjectFileChanges(self).write(edit.text(), to: file)
    }
}
