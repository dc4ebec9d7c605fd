import Basics
package import Documents
package import ProjectFiles

/// How a stage wants to be run: what `meta.varve` of its definition says.
///
/// DVC passes over all of it, and none of it makes a stage stale.
package struct StageSupervision: Sendable, Equatable {
    /// How long one attempt may take.
    package var timeout: Duration?
    package var retry: RetryPolicy?
    /// Folder of checkpoints, relative to the stage's working directory.
    package var resumeFolder: String?
    /// Variables that the command gets besides those of the caller.
    package var variables: [(name: String, value: String)] = []
    /// The caller's variables that the command gets, besides those that every program needs; `nil` for all of them.
    package var passedVariables: [String]?
    package var seed: Int?
    package var resources = ResourceWish()

    package init() {}

    /// Reads `meta.varve` of a stage; keys that belong to other parts of varve are left to them.
    package init(_ stage: Stage) throws(SupervisionError) {
        guard let settings = stage.meta?.mapping?["varve"], !settings.isNull else { return }
        let address = stage.address()
        guard let settings = settings.mapping else {
            throw SupervisionError(stage: address, path: "varve", problem: "is no mapping")
        }
        func wrong(_ path: String, _ problem: String) -> SupervisionError {
            SupervisionError(stage: address, path: "varve.\(path)", problem: problem)
        }
        if let value = settings["timeout"], !value.isNull {
            guard let duration = Duration(setting: value), duration > .zero else {
                throw wrong("timeout", "is no duration such as 90s, 15m, 4h or 2d")
            }
            timeout = duration
        }
        if let value = settings["retry"], !value.isNull {
            do throws(SettingProblem) {
                retry = try RetryPolicy(value)
            } catch {
                throw wrong("retry" + error.path, error.text)
            }
        }
        if let value = settings["resume"], !value.isNull {
            guard let folder = value.string ?? value.mapping?["dir"]?.string, !folder.isEmpty else {
                throw wrong("resume", "names no folder: resume: {dir: checkpoints}")
            }
            resumeFolder = folder
        }
        if let value = settings["env"], !value.isNull {
            guard let mapping = value.mapping else { throw wrong("env", "is no mapping of set and pass") }
            for (name, value) in mapping["set"]?.mapping?.entries ?? [] {
                guard let text = value.settingText, Self.isVariableName(name) else {
                    throw wrong("env.set.\(name)", "is no variable with a plain value")
                }
                variables.append((name, text))
            }
            if let pass = mapping["pass"], !pass.isNull {
                let names = pass.array?.compactMap(\.string) ?? pass.string.map { [$0] } ?? []
                guard pass.array?.count ?? 1 == names.count, names.allSatisfy(Self.isVariableName) else {
                    throw wrong("env.pass", "is no list of names of variables")
                }
                passedVariables = names
            }
        }
        if let value = settings["seed"], !value.isNull {
            guard let number = value.int else { throw wrong("seed", "is no integer") }
            seed = number
        }
        do throws(SettingProblem) {
            resources = try ResourceWish(settings["resources"] ?? .null)
        } catch {
            throw wrong("resources" + error.path, error.text)
        }
    }

    private static func isVariableName(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains(UInt8(ascii: "=")) && !name.utf8.contains(0)
    }

    package static func == (left: StageSupervision, right: StageSupervision) -> Bool {
        left.timeout == right.timeout && left.retry == right.retry && left.resumeFolder == right.resumeFolder
            && left.variables.elementsEqual(right.variables, by: ==) && left.passedVariables == right.passedVariables
            && left.seed == right.seed && left.resources == right.resources
    }
}

/// A setting of `meta.varve` that cannot be used.
package struct SupervisionError: UserFacingError, Equatable {
    package let stage: String
    package let path: String
    package let problem: String

    package var summary: String { "meta.\(path) of stage '\(stage)' \(problem)" }
    package var remedy: String? { "correct the stage in its dvc.yaml" }
}

/// What is wrong with a setting, and where below the one that was asked for.
struct SettingProblem: Error {
    var path = ""
    let text: String
}

extension Value {
    /// A plain value as text.
    var settingText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .float(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        default: nil
        }
    }
}

extension Duration {
    /// A number of seconds, or numbers with units: `90s`, `15m`, `1h30m`, `2d`.
    package init?(setting value: Value) {
        switch value {
        case .int(let seconds) where seconds >= 0 && seconds < 1_000_000_000: self = .seconds(seconds)
        case .float(let seconds) where seconds >= 0 && seconds < 1_000_000_000: self = .seconds(seconds)
        case .string(let text):
            var total = 0.0
            var number = ""
            for character in text.lowercased() where character != " " {
                if character.isNumber || character == "." {
                    number.append(character)
                    continue
                }
                let unit: Double
                switch character {
                case "s": unit = 1
                case "m": unit = 60
                case "h": unit = 3600
                case "d": unit = 86400
                default: return nil
                }
                guard let count = Double(number) else { return nil }
                total += count * unit
                number = ""
            }
            if !number.isEmpty {
                guard let count = Double(number) else { return nil }
                total += count
            }
            guard !text.isEmpty, total.isFinite, total < 1_000_000_000 else { return nil }
            self = .seconds(total)
        default: return nil
        }
    }

    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
