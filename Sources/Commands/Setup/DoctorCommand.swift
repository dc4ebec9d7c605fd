import ArgumentParser
import Basics
import Versioning

/// `varve doctor`: `varve version`, and what is wrong with the project.
struct DoctorCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Show the version, and look the project over for problems",
        discussion: examples(
            ("varve doctor", "Facts for a bug report, and what may be wrong"),
            ("varve doctor -r store", "Try the remote 'store' out, too: reach, login, writing, clock")))

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Try this remote out; writes and deletes a small file", valueName: "name"),
        completion: .remotes)
    var remote: String?
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        console.show(EnvironmentReport.ofPlace(console.invocation).text)
        guard let root = try? ProjectFolder.find(from: environment.workingDirectory) else { return }
        console.show("Checks:")
        show(ProjectCheckup(root: root, environment: environment).findings(), console)
        guard let remote else { return }
        console.show("Remote '\(remote)':")
        let repository = try Repository(root: root, environment: environment, progress: console.progress)
        let findings = await RemoteCheckup(repository, remote: remote).findings()
        show(findings, console)
        if findings.contains(where: { $0.verdict == .problem }) { throw ExitCode(1) }
    }

    private func show(_ findings: [ProjectCheckup.Finding], _ console: Console) {
        for finding in findings {
            let mark =
                switch finding.verdict {
                case .good: "ok"
                case .note: "note"
                case .problem: "problem"
                }
            console.show("\t\(mark): \(finding.subject): \(console.displayed(finding.detail))")
            if let remedy = finding.remedy { console.show("\t\t\(remedy)") }
        }
    }
}
