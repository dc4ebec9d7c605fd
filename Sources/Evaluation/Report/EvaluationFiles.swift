import Documents
import FileSystem

/// The files of an evaluation: all of them or none.
package struct EvaluationFiles: Sendable {
    /// By their paths below the folder of the output.
    package private(set) var files: [(path: String, text: String)] = []

    /// - Parameters:
    ///   - page: the report for a browser.
    ///   - markdown: the report for a pull request; `nil` where nobody wants one.
    package init(_ result: EvaluationResult, page: String, markdown: String?) {
        files.append(("metrics.json", IndentedJSON.text(result.metricsDocument)))
        files.append(("eval.json", IndentedJSON.text(result.document)))
        files += result.plotFiles
        files.append(("report.html", page))
        if let markdown { files.append(("report.md", markdown)) }
    }

    /// Files of another evaluation that this one would leave behind.
    private static let known = [
        "metrics.json", "eval.json", "report.html", "report.md", "plots/sklearn/roc.json",
        "plots/sklearn/precision_recall.json", "plots/sklearn/det.json", "plots/sklearn/calibration.json",
        "plots/sklearn/confusion_matrix.json", "plots/custom/residuals.json",
    ]

    /// Writes everything beside its place first, and then gives all files their names.
    package func write(to folder: String) throws {
        var staged: [StagedFile] = []
        for file in files {
            let path = Paths.join(folder, file.path)
            try Files.makeDirectory(Paths.parent(path))
            let stage = try StagedFile(replacing: path)
            try stage.write(Array(file.text.utf8))
            try stage.seal()
            staged.append(stage)
        }
        for stage in staged { try stage.publish() }
        for path in Self.known where !files.contains(where: { $0.path == path }) {
            let stale = Paths.join(folder, path)
            if try Files.status(stale)?.kind == .file { try Files.remove(stale) }
        }
    }
}
