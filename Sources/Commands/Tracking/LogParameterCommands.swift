import ArgumentParser
import Basics
import Documents
import Tracking

/// `varve log param`: one parameter.
struct LogParameterCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "param", abstract: "Log a parameter that the program was run with",
        discussion: examples(("varve log param lr 0.1", "A line in params.yaml of the folder")))
    static let dialect = LogOptions.dialect

    @Argument(help: "Name of the parameter") var name: String
    @Argument(help: "Its value, as YAML has it: 0.1, true, [64, 32]") var value: String
    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let values = try parameters([(name, value)])
        try options.withLog(console) { try $0.log(parameters: values) }
    }
}

/// `varve log params`: several parameters.
struct LogParametersCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "params", abstract: "Log parameters that the program was run with",
        discussion: examples(("varve log params lr=0.1 layers='[64, 32]'", "Lines in params.yaml of the folder")))
    static let dialect = LogOptions.dialect

    @Argument(help: ArgumentHelp("Names and values", valueName: "name=value")) var values: [String]
    @OptionGroup var options: LogOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let values = try parameters(KeyValues.parse(values, of: "values"))
        try options.withLog(console) { try $0.log(parameters: values) }
    }
}

private func parameters(_ pairs: [(name: String, value: String)]) throws -> Mapping {
    var mapping = Mapping()
    for (name, text) in pairs {
        do throws(DocumentError) {
            mapping[name] = try YAML.parse(text)
        } catch {
            throw Failure(
                "the value of '\(name)' is no YAML: \(error.message)", remedy: "put quotes around it: '\"…\"'",
                category: .usage)
        }
    }
    return mapping
}
