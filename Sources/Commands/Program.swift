import ArgumentParser
package import Basics
import Rendering

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One run of the program, from words to exit status.
///
/// Start-up is kept small: `--version` parses nothing, and of all commands only the one named is looked into.
package struct Program: Sendable {
    private let arguments: [String]
    private let streams: ConsoleStreams
    private let changeDirectory: @Sendable (String) throws -> String
    private var invocation: Invocation
    private var programVerbosity = Verbosity.normal

    /// - Parameters:
    ///   - arguments: the program's name first.
    ///   - changeDirectory: follows `--cd` and returns the absolute path that it led to.
    package init(
        arguments: [String], environment: HostEnvironment, streams: ConsoleStreams,
        changeDirectory: @escaping @Sendable (String) throws -> String
    ) {
        self.arguments = Array(arguments.dropFirst())
        self.streams = streams
        self.changeDirectory = changeDirectory
        let name = arguments.first?.split(separator: "/").last.map(String.init) ?? "varve"
        invocation = Invocation(programName: name, environment: environment)
    }

    /// Runs the process's own words and returns the status to exit with.
    package static func run(_ arguments: [String]) async -> Int32 {
        // A handler, not SIG_IGN: the stage commands started later must find the default action.
        signal(SIGPIPE, { _ in })
        let program = Program(
            arguments: arguments, environment: .ofProcess(), streams: .ofProcess(),
            changeDirectory: { path in
                guard chdir(path) == 0, let directory = HostEnvironment.currentDirectory() else {
                    throw Failure(
                        "cannot change to directory '\(path)': \(String(cString: strerror(errno)))",
                        category: .unexpected)
                }
                return directory
            })
        let task = Task { await program.run() }
        Interruption.watch { task.cancel() }
        let status = await task.value
        return Interruption.hasHappened && status != 0 ? ExitStatus.interrupted : status
    }

    /// Runs the command that the words name and returns its exit status; nothing stays unprinted.
    package func run() async -> Int32 {
        var program = self
        let status = await program.dispatch()
        streams.output.flush()
        streams.errors.flush()
        return status
    }

    private mutating func dispatch() async -> Int32 {
        var words = arguments
        if let first = words.first, first.hasPrefix("-") {
            do {
                // The two that are asked most often need no parser at all.
                if first == "--version" || first == "-V" { return showVersion() }
                guard let (options, rest) = try ProgramOptions.parsed(from: words) else {
                    return showHelp(for: Varve.self)
                }
                if options.showsVersion { return showVersion() }
                if let directory = options.directory {
                    invocation.environment.workingDirectory = try changeDirectory(directory)
                }
                invocation.waitsForLock = options.waitsForLock
                programVerbosity = options.global.verbosity
                words = rest
            } catch let error as UsageError {
                return refuse(error, at: Varve.self)
            } catch {
                console().report(error)
                return ExitStatus.of(error, failureStatus: ExitStatus.unexpected)
            }
        }
        let outcome =
            words.first == "help"
            ? CommandLookup.topic(Array(words.dropFirst()), in: Varve.self) : CommandLookup.find(words, in: Varve.self)
        switch outcome {
        case .help(let topic): return showHelp(for: topic)
        case .failure(let error, let family): return refuse(error, at: family)
        case .command(let type, let words, _): return await execute(type, words)
        }
    }

    private func execute(_ type: any VarveCommand.Type, _ words: [String]) async -> Int32 {
        let command: any VarveCommand
        do {
            switch try type.parsed(from: words) {
            case .help: return showHelp(for: type)
            case .command(let parsed): command = parsed
            }
        } catch {
            return refuse(error, at: type)
        }
        let console = console(command.global.verbosity)
        do {
            try await command.execute(console)
            return ExitStatus.success
        } catch {
            console.report(error)
            return ExitStatus.of(error, failureStatus: type.failureStatus)
        }
    }

    private func console(_ verbosity: Verbosity = .normal) -> Console {
        Console(
            invocation: invocation, streams: streams, verbosity: verbosity == .normal ? programVerbosity : verbosity)
    }

    private func showVersion() -> Int32 {
        streams.output.write(VarveVersion.line(programName: invocation.programName) + "\n")
        return ExitStatus.success
    }

    private func showHelp(for type: any ParsableCommand.Type) -> Int32 {
        streams.output.write(helpText(for: type))
        return ExitStatus.success
    }

    private func refuse(_ error: UsageError, at type: any ParsableCommand.Type) -> Int32 {
        streams.output.write(helpText(for: type))
        console().report(error)
        return ExitStatus.usage
    }

    private func helpText(for type: any ParsableCommand.Type) -> String {
        let text = Varve.helpMessage(for: type, columns: streams.outputTerminal.width ?? 80)
        return text.utf8.last == 0x0A ? text : text + "\n"
    }
}
