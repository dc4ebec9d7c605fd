// Tracking keeps what a training program measures while it runs, in the folder that DVCLive keeps: `metrics.json` with
// the latest values, a table for each metric with all of them, parameters, images. What varve writes there is, byte for
// byte, what DVCLive writes; every reader of the one reads the other.
//
// Words: a step is one round of whatever the program counts (epochs, batches, trees); it is complete once `metrics.json`
// names it. Promises: a reader finds whole files and whole lines, also while they are written and after a kill; names
// that a program gives lead nowhere outside of the folder.

package import Basics
import FileSystem

/// Where things lie in a folder of DVCLive's layout.
package struct LiveFolder: Sendable, Equatable {
    /// As given, absolute or relative to the process's working directory.
    package let path: String

    package init(_ path: String) { self.path = path }

    package var metrics: String { Paths.join(path, "metrics.json") }
    package var parameters: String { Paths.join(path, "params.yaml") }
    package var plots: String { Paths.join(path, "plots") }
    package var histories: String { Paths.join(path, "plots/metrics") }
    package var images: String { Paths.join(path, "plots/images") }
    package var artifacts: String { Paths.join(path, "artifacts") }

    package func history(of name: LoggedName) -> String { Paths.join(histories, name.path + ".tsv") }

    /// Removes what a run has logged, and nothing else that lies there.
    package func removeLogs() throws {
        for kind in ["metrics", "images", "custom", "sklearn"] {
            try Files.removeTree(Paths.join(plots, kind))
        }
        for name in ["metrics.json", "params.yaml", "report.html", "report.md"] {
            try Files.remove(Paths.join(path, name))
        }
        let names = Files.isDirectory(path) ? try Files.names(in: path) : []
        for name in names where name.hasSuffix("dvc.yaml") && !name.hasPrefix(".") {
            try Files.remove(Paths.join(path, name))
        }
    }

    /// The names of the metrics that have a history, sorted.
    package func historyNames() -> [String] {
        var found: [String] = []
        // A name that nests without end is no metric.
        func collect(_ folder: String, _ prefix: String, _ depth: Int) {
            guard depth < 32, let names = try? Files.names(in: folder) else { return }
            for name in names {
                let path = Paths.join(folder, name)
                switch (try? Files.status(path))?.kind {
                case .directory: collect(path, prefix + name + "/", depth + 1)
                case .file where name.hasSuffix(".tsv"): found.append(prefix + name.dropLast(4))
                default: break
                }
            }
        }
        collect(histories, "", 0)
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// The name of a metric: parts with `/` between them, which are folders for its history and levels in `metrics.json`.
package struct LoggedName: Sendable, Equatable {
    package let parts: [String]

    package init(_ text: String) throws(Failure) {
        let parts = Paths.components(text)
        guard !parts.isEmpty, !Paths.isAbsolute(text), !text.utf8.contains(0),
            !parts.contains(where: { $0.utf8.elementsEqual("..".utf8) })
        else {
            throw Failure(
                "'\(text)' is no name for something to log",
                remedy: "name it by words with '/' between them, such as train/loss", category: .usage)
        }
        if parts.last == "step" {
            throw Failure(
                "a metric cannot be called 'step', since that column counts the steps",
                remedy: "name the step that a value belongs to, or call the metric something else", category: .usage)
        }
        self.parts = parts
    }

    package var path: String { parts.joined(separator: "/") }
    /// The heading of its column.
    var column: String { parts.last ?? "" }
}
