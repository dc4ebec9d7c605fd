import FileSystem
import Testing

/// The browser, where the machine has it.
package enum HeadlessChromium {
    package static let program: String? = (BuiltProgram.variable("PATH") ?? "").split(separator: ":").lazy
        .flatMap { ["\($0)/chromium", "\($0)/chromium-browser"] }.first { Files.exists($0) }

    /// Opens a page without a network; the output is the document as it is then, the errors have the console.
    package static func open(_ page: String, in repository: TemporaryRepository) throws -> ProcessRun {
        try repository.run([
            try #require(program), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--dump-dom",
            "--user-data-dir=\(repository.folder)/home/chromium", "file://\(repository.path(page))",
        ]).succeeds()
    }
}
