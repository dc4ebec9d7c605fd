import ArgumentParser
import Documents
import Versioning

/// `varve report`: what changed between two states, for people who decide about it.
struct ReportCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Tell what changed between revisions: metrics, parameters, data, plots, gates",
        discussion: examples(
            ("varve report", "From the last Git commit to the workspace"),
            ("varve report main HEAD --md > report.md", "A comment for a pull request"),
            ("varve report v1 --html --open", "A page with the plots, in the browser"),
            ("varve report v1 v2 --json", "For a program")))

    @Argument(help: ArgumentHelp("Older Git revision", valueName: "a_rev")) var from = "HEAD"
    @Argument(help: ArgumentHelp("Newer Git revision", valueName: "b_rev")) var to = Repository.workspaceName
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("md"), help: "Print Markdown, fit to be a comment on a pull request")
    var markdown = false
    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        try page.check(against: [("--json", json), ("--md", markdown)])
        let report = try await repository.report(from: from, to: to)
        let view = ReportView(report, in: repository)
        if page.html {
            try page.show(view.page, named: "varve_report.html", of: repository, console)
        } else if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else {
            console.print(markdown ? view.markdown : view.text)
        }
    }
}
