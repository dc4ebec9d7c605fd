import ArgumentParser
import Basics
import Rendering
import Testing

@testable import Commands

@Suite("the program")
struct ProgramTests {
    private struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    private func run(_ words: String..., name: String = "/usr/bin/varve") async -> Outcome {
        let (output, errors) = (TextCapture(), TextCapture())
        let program = Program(
            arguments: [name] + words,
            environment: HostEnvironment(variables: [:], workingDirectory: "/", processors: 1),
            streams: ConsoleStreams(output: output, errors: errors),
            changeDirectory: { path in
                guard path == "/data" else { throw Failure("no such directory", category: .unexpected) }
                return path
            })
        let status = await program.run()
        return Outcome(status: status, output: output.text, errors: errors.text)
    }

    @Test("the version is that of DVC where it is called by DVC's name")
    func version() async {
        #expect(await run("--version").output == "varve \(VarveVersion.current)\n")
        #expect(await run("-V", name: "bin/dvc").output == "3.67.1\n")
        #expect(await run("-q", "--vers").output == "varve \(VarveVersion.current)\n")
    }

    @Test("unusable words show the usage on standard output and the error on the other")
    func usage() async {
        let outcome = await run("version", "--bad")
        #expect(outcome.status == 254)
        #expect(outcome.output.hasPrefix("usage: varve version [options]\n"))
        #expect(outcome.errors == "ERROR: unrecognized arguments: --bad\n")
    }

    @Test("an unknown command gets a suggestion")
    func unknownCommand() async {
        let outcome = await run("versoin")
        #expect(outcome.status == 254)
        #expect(outcome.errors == "ERROR: argument command: invalid choice: 'versoin'\nhint: did you mean 'version'?\n")
    }

    @Test("without a command the help is shown, as an error")
    func noCommand() async {
        let outcome = await run()
        #expect(outcome.status == 254)
        #expect(outcome.errors == "ERROR: the following arguments are required: command\n")
        #expect(outcome.output == (await run("--help")).output)
    }

    @Test("help is the same however it is asked for")
    func help() async {
        let help = await run("version", "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("Examples:\n"))
        #expect(await run("help", "version").output == help.output)
        #expect(await run("mv", "-h").output == (await run("move", "-h")).output)
        #expect(await run("-q", "version", "-h").output == help.output)
    }

    @Test("a directory that cannot be changed to ends the program")
    func directory() async {
        #expect(await run("--cd", "/data", "version").status == 0)
        let outcome = await run("--cd=/nowhere", "version")
        #expect(outcome.status == 255)
        #expect(outcome.errors == "ERROR: no such directory\n")
    }

    @Test("being quiet and verbose at once is refused, before the command and after it")
    func exclusive() async {
        for words in [["-q", "-v", "version"], ["version", "-q", "-v"]] {
            let outcome = await words.count == 3 ? run(words[0], words[1], words[2]) : run()
            #expect(outcome.status == 254)
            #expect(outcome.errors == "ERROR: argument -v/--verbose: not allowed with argument -q/--quiet\n")
        }
    }

    @Test("every command has an abstract of its own, examples, and can be described")
    func everyCommand() {
        func check(_ type: any ParsableCommand.Type, _ path: [String]) {
            let configuration = type.configuration
            #expect(!configuration.abstract.isEmpty && !configuration.abstract.hasSuffix("."), "\(path)")
            if type is any VarveCommand.Type, configuration.shouldDisplay {
                #expect(configuration.discussion.contains("Examples:\n"), "\(path)")
            }
            #expect(HelpPage(of: type, path: path).text(width: 80).hasPrefix("usage: varve"))
            for child in configuration.subcommands { check(child, path + [child._commandName]) }
        }
        check(Varve.self, ["varve"])
    }
}

@Suite("errors as people see them")
struct ErrorReportTests {
    @Test("the statuses are DVC's", arguments: [1, 255] as [Int32])
    func statuses(failureStatus: Int32) {
        func status(_ category: ErrorCategory) -> Int32 {
            ExitStatus.of(Failure("x", category: category), failureStatus: failureStatus)
        }
        #expect(status(.failure) == failureStatus)
        #expect(status(.configuration) == 251)
        #expect(status(.interrupted) == 252)
        #expect(status(.notARepository) == 253)
        #expect(status(.usage) == 254)
        #expect(status(.unexpected) == 255)
        #expect(ExitStatus.of(CancellationError(), failureStatus: failureStatus) == 252)
        #expect(ExitStatus.of(ExitCode(7), failureStatus: failureStatus) == 7)
    }

    @Test("an error is one line, its remedy another, and neither moves the cursor")
    func text() throws {
        let report = try #require(ErrorReport(Failure("no '\u{1B}[2Jx'", remedy: "run `varve add`")))
        #expect(report.text(style: Style(isEnabled: false)) == "ERROR: no '\\x1b[2Jx'\nhint: run `varve add`\n")
        #expect(report.text(style: Style(isEnabled: true)).hasPrefix("\u{1B}[1;31mERROR\u{1B}[0m: "))
    }

    @Test("an error that only carries a status is not reported")
    func silent() {
        #expect(ErrorReport(ExitCode(1)) == nil)
    }
}

@Suite("the console")
struct ConsoleTests {
    private func console(
        _ verbosity: Verbosity, answers: String? = nil
    ) -> (Console, output: TextCapture, errors: TextCapture) {
        let (output, errors) = (TextCapture(), TextCapture())
        let environment = HostEnvironment(variables: [:], workingDirectory: "/", processors: 1)
        let streams = ConsoleStreams(output: output, errors: errors, readLine: { answers })
        return (
            Console(invocation: Invocation(environment: environment), streams: streams, verbosity: verbosity), output,
            errors
        )
    }

    @Test("results and warnings go to their own streams")
    func streams() {
        let (console, output, errors) = console(.normal)
        console.progress.report(.message("M\tdata"))
        console.progress.report(.warning("odd\u{7}"))
        console.showJSON("{}")
        console.detail("detail")
        #expect(output.text == "M\tdata\n{}\n")
        #expect(errors.text == "WARNING: odd\\x07\n")
    }

    @Test("being quiet leaves errors and what the command is for")
    func quiet() {
        let (console, output, errors) = console(.quiet)
        console.print("a")
        console.warn("b")
        console.show("c")
        console.report(Failure("d"))
        #expect(output.text == "c\n")
        #expect(errors.text == "ERROR: d\n")
    }

    @Test("only yes is consent", arguments: [("y", true), ("YES", true), ("n", false), (nil, false)])
    func confirmation(answer: String?, isConsent: Bool) {
        let (console, output, _) = console(.normal, answers: answer)
        #expect(console.confirm("Remove?") == isConsent)
        #expect(output.text == "Remove? [y/n]: ")
    }
}
