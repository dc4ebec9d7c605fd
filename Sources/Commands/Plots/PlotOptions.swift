import ArgumentParser
import Documents

/// How a plot is drawn, over what its definition says.
struct PlotOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .customLong("template")],
        help: ArgumentHelp("Template: a built-in name, a file of .dvc/plots, or a path", valueName: "path"))
    var template: String?
    @Option(name: .customShort("x"), help: ArgumentHelp("Field for the x axis", valueName: "field")) var x: String?
    @Option(name: .customShort("y"), help: ArgumentHelp("Field for the y axis", valueName: "field")) var y: String?
    @Flag(name: .customLong("no-header"), help: "The CSV or TSV file has no header") var noHeader = false
    @Option(help: ArgumentHelp("Title of the plot", valueName: "text")) var title: String?
    @Option(name: .customLong("x-label"), help: ArgumentHelp("Label of the x axis", valueName: "text"))
    var xLabel: String?
    @Option(name: .customLong("y-label"), help: ArgumentHelp("Label of the y axis", valueName: "text"))
    var yLabel: String?

    /// `-t` alone means as if it had not been given.
    static let dialect = Dialect(bareValues: ["--template": nil])

    /// What was given, by the names and in the order that pipeline files have.
    var mapping: Mapping {
        let given: [(String, Value?)] = [
            ("template", template.map(Value.string)), ("x", x.map(Value.string)), ("y", y.map(Value.string)),
            ("x_label", xLabel.map(Value.string)), ("y_label", yLabel.map(Value.string)),
            ("title", title.map(Value.string)), ("header", noHeader ? false : nil),
        ]
        return Mapping(given.compactMap { name, value in value.map { (name, $0) } })
    }
}
