package import Basics
package import Documents

/// A pruner by name and options: `median`, or `{asha: {min: 1, eta: 3}}`.
package struct PrunerSettings: Sendable {
    package let name: String
    package let options: Mapping
    package let pruner: any Pruner

    package static let names = [
        "none", "median", "percentile", "asha", "hyperband", "patient", "threshold", "wilcoxon",
    ]

    package init() {
        name = "none"
        options = Mapping()
        pruner = NoPruner()
    }

    package init(document: Value) throws(Failure) {
        try self.init(document, depth: 0)
    }

    private init(_ document: Value, depth: Int) throws(Failure) {
        let (name, options) = try SamplerSettings.named(document, "pruner")
        self.name = name
        self.options = options
        let reader = SettingsReader(options, place: "the pruner '\(name)'")
        func only(_ keys: [String]) throws(Failure) { try reader.refuseOthers(than: keys) }
        func factor(_ usual: Int) throws(Failure) -> Int {
            let factor = try reader.integer("eta") ?? usual
            guard factor >= 2 else { throw reader.wrong("eta", "must be at least 2") }
            return factor
        }
        func least(_ key: String) throws(Failure) -> Int? {
            guard let least = try reader.integer(key) else { return nil }
            guard least >= 1 else { throw reader.wrong(key, "must be at least 1") }
            return least
        }
        switch name {
        case "none":
            try only([])
            pruner = NoPruner()
        case "median", "percentile":
            try only((name == "median" ? [] : ["percentile"]) + ["startup", "warmup", "interval", "least"])
            var pruner = PercentilePruner(percentile: name == "median" ? 50 : try reader.number("percentile") ?? 25)
            guard (0...100).contains(pruner.percentile) else {
                throw reader.wrong("percentile", "must lie between 0 and 100")
            }
            pruner.startup = try reader.integer("startup") ?? pruner.startup
            pruner.warmup = try reader.integer("warmup") ?? pruner.warmup
            pruner.interval = try least("interval") ?? pruner.interval
            pruner.least = try least("least") ?? pruner.least
            self.pruner = pruner
        case "asha":
            try only(["min", "eta", "skip", "bootstrap"])
            pruner = HalvingPruner(
                least: try least("min"), factor: try factor(4), skipped: min(64, try reader.integer("skip") ?? 0),
                bootstrap: try reader.integer("bootstrap") ?? 0)
        case "hyperband":
            try only(["min", "max", "eta", "bootstrap"])
            pruner = HyperbandPruner(
                least: try least("min") ?? 1, most: try least("max"), factor: try factor(3),
                bootstrap: try reader.integer("bootstrap") ?? 0)
        case "patient":
            try only(["patience", "min_delta", "pruner"])
            guard depth < 8 else { throw reader.wrong("pruner", "is nested too deeply") }
            guard let patience = try reader.integer("patience") else { throw reader.wrong("patience", "is missing") }
            let tolerance = try reader.number("min_delta") ?? 0
            guard tolerance >= 0 else { throw reader.wrong("min_delta", "must not be negative") }
            var inner: (any Pruner)?
            if let document = options["pruner"], !document.isNull {
                inner = try PrunerSettings(document, depth: depth + 1).pruner
            }
            pruner = PatientPruner(inner, patience: patience, tolerance: tolerance)
        case "threshold":
            try only(["lower", "upper", "warmup", "interval"])
            pruner = ThresholdPruner(
                lower: try reader.number("lower") ?? -.infinity, upper: try reader.number("upper") ?? .infinity,
                warmup: try reader.integer("warmup") ?? 0, interval: try least("interval") ?? 1)
        case "wilcoxon":
            try only(["p", "startup"])
            pruner = WilcoxonPruner(
                threshold: try reader.number("p") ?? 0.1, startup: try reader.integer("startup") ?? 2)
        default: throw SamplerSettings.unknown(name, "pruner", Self.names)
        }
    }

    package var document: Value {
        options.isEmpty ? .string(name) : .mapping(Mapping([(name, .mapping(options))]))
    }
}
