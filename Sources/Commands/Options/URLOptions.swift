import ArgumentParser
import Documents

/// How commands that read a place by URL say how to reach it.
struct URLOptions: ParsableArguments {
    @Option(
        name: .customLong("fs-config"), parsing: .upToNextOption,
        help: ArgumentHelp("Options of the store, as a remote of its kind has them", valueName: "name=value"))
    var options: [String] = []

    func fsConfig() throws -> Mapping { try KeyValues.mapping(options, of: "--fs-config") }
}
