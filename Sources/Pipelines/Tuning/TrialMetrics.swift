package import Documents
import FileSystem
package import Tuning

/// Where the metrics of a trial are looked for.
///
/// `FILE:KEY` names a file; `{dir}` in it stands for the folder of the trial. A `KEY` alone is looked for in
/// `metrics.json` and `dvclive/metrics.json` of the trial's folder, then in what the program printed: the last line that
/// is a JSON object with the key, or that says `KEY=1.5` or `KEY: 1.5`.
package struct TrialMetrics: Sendable {
    /// The folder of the trial.
    package let folder: String
    private let workingDirectory: String
    private let places: [String: String]
    /// The last lines that the program printed.
    private let output: [String]

    package init(folder: String, workingDirectory: String, places: [String: String], output: [String] = []) {
        self.folder = folder
        self.workingDirectory = workingDirectory
        self.places = places
        self.output = output
    }

    package func value(_ metric: String) -> Value? {
        let (file, key) = Self.split(metric)
        if let file { return Self.lookup(key, in: Self.document(path(file))) }
        for name in ["metrics.json", "dvclive/metrics.json"] {
            if let value = Self.lookup(key, in: Self.document(Paths.join(folder, name))) { return value }
        }
        return printed(key)
    }

    /// The table that DVCLive writes of a metric, beside its metrics file.
    package func history(_ metric: String) -> [String] {
        let (file, key) = Self.split(metric)
        let name = key.split(separator: ".").joined(separator: "/")
        let folders = file.map { [Paths.parent(path($0))] } ?? [folder, Paths.join(folder, "dvclive")]
        return folders.map { Paths.join($0, "plots/metrics/\(name).tsv") }
    }

    private func path(_ file: String) -> String {
        Paths.absolute(TrialCommand.filled(file, places: places), from: workingDirectory)
    }

    /// A colon divides file and key, unless the file is a drive or there is none.
    package static func split(_ metric: String) -> (file: String?, key: String) {
        guard let colon = metric.utf8.lastIndex(of: UInt8(ascii: ":")) else { return (nil, metric) }
        return (String(metric[..<colon]), String(metric[metric.utf8.index(after: colon)...]))
    }

    private static func document(_ path: String) -> Value? {
        guard let bytes = try? Files.readIfPresent(path, limit: 1 << 26) else { return nil }
        let isYAML = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
        return isYAML ? try? YAML.parse(bytes) : try? JSON.parse(bytes, duplicateKeys: .overwriting)
    }

    /// `a.b` is the key `b` of `a`, or the key `a.b`, or DVCLive's `a/b`.
    static func lookup(_ key: String, in document: Value?) -> Value? {
        guard let mapping = document?.mapping else { return nil }
        if let value = mapping[key] { return value.mapping == nil ? value : nil }
        let parts = key.split(separator: ".").map(String.init)
        for count in stride(from: parts.count - 1, to: 0, by: -1) {
            guard let inner = mapping[parts[..<count].joined(separator: ".")] else { continue }
            if let value = lookup(parts[count...].joined(separator: "."), in: inner) { return value }
        }
        return nil
    }

    private func printed(_ key: String) -> Value? {
        for line in output.reversed() {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("{"), let document = try? JSON.parse(String(text), duplicateKeys: .overwriting),
                let value = Self.lookup(key, in: document)
            {
                return value
            }
            for separator in ["=", ":"] {
                // The key stands at the beginning of a word.
                guard let range = line.firstRange(of: key + separator) else { continue }
                let isWord =
                    range.lowerBound == line.startIndex
                    || line[line.index(before: range.lowerBound)].isWhitespace
                let word = line[range.upperBound...].drop { $0 == " " }.prefix { !$0.isWhitespace && $0 != "," }
                // NumPy shows its numbers as `np.float64(0.5)`.
                let inner = word.hasSuffix(")") ? word.drop { $0 != "(" }.dropFirst().dropLast() : word
                if isWord, let number = Double(inner) { return .float(number) }
            }
        }
        return nil
    }
}
