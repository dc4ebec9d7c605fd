import ArgumentParser
import Basics
import Versioning

/// `varve doctor`: `varve version`, and what is wrong with the project.
struct DoctorCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Show the version, and look the project over for problems",
        discussion: examples(("varve doctor", "Facts for a bug report, and what may be wrong")))

    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        console.show(EnvironmentReport.ofPlace(console.invocation).text)
        guard let root = try? ProjectFolder.find(from: environment.workingDirectory) else { return }
        console.show("Checks:")
        for finding in ProjectCheckup(root: root, environment: environment).findings() {
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
