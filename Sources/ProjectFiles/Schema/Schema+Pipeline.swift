import Documents

// `dvc.yaml`, as people write it: templates are still to be filled in.
extension Schema {
    private static let outputOptions: [Key] =
        annotation + [
            Key("cache", .bool), Key("persist", .bool), Key("checkpoint", .bool), Key("remote", .string),
            Key("push", .bool),
        ]
    private static let plotOptions = Schema.keys(
        outputOptions + [
            Key("template", .string), Key("x", .string), Key("y", .string), Key("x_label", .string),
            Key("y_label", .string), Key("title", .string), Key("header", .bool),
        ])
    private static let outputs = Schema.items([.either([.string, .each(.keys(outputOptions))])])

    private static let variables = Schema.items([.string, .dictionary])

    private static let stage = Schema.keys([
        Key("matrix", .each(.either([.string, .list]))),
        Key("cmd", .either([.string, .list]), required: true),
        Key("wdir", .string),
        Key("deps", .items([.string])),
        Key("params", .items([.either([.string, .dictionary])])),
        Key("vars", variables),
        Key("frozen", .bool),
        Key("meta", .anything),
        Key("desc", .string),
        Key("always_changed", .bool),
        Key("outs", outputs),
        Key("metrics", outputs),
        Key("plots", .items([.either([.string, .each(.either([plotOptions, .items([plotOptions])]))])])),
    ])

    private static let foreach = Schema.keys([
        Key("foreach", .either([.dictionary, .list, .string]), required: true),
        Key("do", stage, required: true),
    ])

    private static let plotDefinition = Schema.keys([
        Key("x", .either([.string, .each(.string)])),
        Key("y", .either([.string, .items([.string]), .each(.either([.string, .items([.string])]))])),
        Key("x_label", .string), Key("y_label", .string), Key("title", .string), Key("template", .string),
    ])

    static let pipelineFile = Schema.keys([
        Key("datasets", .anything),
        Key("plots", .items([.either([.string, .each(.either([plotDefinition, .null]))])])),
        Key("stages", .each(.having(keys: ["foreach", "do"], then: foreach, otherwise: stage))),
        Key("vars", variables),
        Key("params", .items([.string])),
        Key("metrics", .items([.string])),
        Key("artifacts", .each(.keys([Key("path", .string, required: true)] + annotation))),
    ])
}
