import ArgumentParser
import Basics
import FileSystem
import Tracking

/// `varve log image`: a picture.
struct LogImageCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Log an image",
        discussion: examples(
            ("varve log image confusion out/confusion.png", "In place of the last one of that name"),
            ("varve log image samples out.png --step 5", "One of a series")))
    static let dialect = LogOptions.dialect

    @Argument(help: "Name of the image, with / between its parts") var name: String
    @Argument(help: "A .png, .jpg, .jpeg or .gif file", completion: .file()) var file: String
    @Option(help: ArgumentHelp("Step that it belongs to, for images in a series", valueName: "number")) var step: Int?
    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let folder = options.folder(environment)
        try folder.locked {
            try folder.addImage(name, from: Paths.absolute(file, from: environment.workingDirectory), step: step)
            try options.entries(environment)?.write()
        }
    }
}

/// `varve log artifact`: something to be found by name.
struct LogArtifactCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifact", abstract: "Name a file or folder as an artifact in dvc.yaml",
        discussion: examples(("varve log artifact model.ubj --type model --name churn", "A model, by its name")))
    static let dialect = LogOptions.dialect

    @Argument(help: "File or folder", completion: .file()) var path: String
    @Option(help: ArgumentHelp("Name (default: the file's, without its suffix)", valueName: "name")) var name: String?
    @Option(help: ArgumentHelp("What it is, such as model or dataset", valueName: "type")) var type: String?
    @Option(help: ArgumentHelp("What it is for", valueName: "text")) var desc: String?
    @Option(name: .customLong("label"), help: ArgumentHelp("A label; may be given more than once", valueName: "text"))
    var labels: [String] = []
    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        var options = options
        options.pipelineFile = options.pipelineFile ?? "dvc.yaml"
        let environment = console.invocation.environment
        let target = Paths.absolute(path, from: environment.workingDirectory)
        guard Files.exists(target) else { throw Failure("there is no '\(path)'", category: .usage) }
        guard var entries = try options.entries(environment) else { return }
        let file = Paths.name(target)
        let stem = file.lastIndex(of: ".").flatMap { $0 > file.startIndex ? String(file[..<$0]) : nil } ?? file
        try entries.add(
            artifact: name ?? stem, path: target, type: type, description: desc, labels: labels)
        try options.folder(environment).locked { _ = try entries.write() }
    }
}
