import Basics
import FileSystem
import ProjectFiles
package import Versioning

extension Repository {
    /// Sets or takes away the mark that keeps a stage from being reproduced.
    ///
    /// - Parameter target: a pointer file or one stage of a pipeline file.
    package func setFrozen(_ isFrozen: Bool, _ target: String) throws {
        let snapshot = try workspace()
        let positions = try StageTargets(snapshot, in: self).positions(of: [target])
        guard positions.count == 1, let position = positions.first else {
            throw UnknownStage(
                name: target, file: PipelineFile.fileName, known: snapshot.stages.compactMap(\.name))
        }
        var stage = snapshot.stages[position]
        let changes = ProjectFileChanges(self)
        stage.isFrozen = isFrozen
        guard let name = stage.name else {
            try changes.write(PointerFile(stage: stage))
            return
        }
        let file = RelativePath(stage.definition)
        var edit = try PipelineFileEdit(Files.read(absolute(file)), path: file.string)
        try edit.put(stage)
        progress.report(.message("Modifying stage '\(name)' in '\(shown(file))'"))
        try changes.write(edit.text(), to: file)
    }
}
