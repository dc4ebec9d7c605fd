import ArgumentParser

/// `varve version`: what to put into a bug report.
struct VersionCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version and what is known of this machine and repository",
        discussion: examples(("varve version", "Facts for a bug report"), ("varve --version", "Only the version")))

    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        console.show(EnvironmentReport.ofPlace(console.invocation).text)
    }
}
