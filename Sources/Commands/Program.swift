package import Basics
import FileSystem
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
        let isStandIn = arguments.first?.split(separator: "/").last == "dvc"
        invocation = Invocation(programName: isStandIn ? "dvc" : "varve", environment: environment)
    }

    /// Tells why the process cannot work at all, and the status to exit with then.
    package static func refuseToStart() -> Int32? {
        // A command with one job, its journal, index and output.
        if DescriptorReserve.hasRoom(for: 20) { return nil }
        let message = """
            ERROR: too many files are open, or too few are allowed
            hint: raise the limit with `ulimit -n 1024`

            """
        _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        return ExitStatus.unexpected
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
        var place = CommandLookup.Place(type: Varve.self, path: [invocation.programName])
        var words = arguments
        if let first = words.first, first.hasPrefix("-") {
            // The one that is asked most often needs no parser at all.
            if first == "--version" || first == "-V" { return showVersion() }
            do {
                guard let (options, rest) = try ProgramOptions.parsed(from: words) else { return showHelp(place) }
                if options.showsVersion { return showVersion() }
                if let directory = options.directory {
                    invocation.environment.workingDirectory = try changeDirectory(directory)
                }
                invocation.waitsForLock = options.waitsForLock
                programVerbosity = options.global.verbosity
                words = rest
            } catch let error as UsageError {
                return refuse(error, place)
            } catch {
                return fail(error, console(), failureStatus: ExitStatus.unexpected)
            }
        }
        let outcome =
            words.first == "help"
            ? CommandLookup.topic(Array(words.dropFirst()), from: &place) : CommandLookup.find(words, from: &place)
        switch outcome {
        case .help: return showHelp(place)
        case .failure(let error): return refuse(error, place)
        case .command(let type, let words): return await execute(type, words, place)
        }
    }

    private func execute(
        _ type: any VarveCommand.Type, _ words: [String], _ place: CommandLookup.Place
    ) async -> Int32 {
        let command: any VarveCommand
        do {
            guard let parsed = try type.parsed(from: words) else { return showHelp(place) }
            command = parsed
        } catch {
            return refuse(error, place)
        }
        let console = console(command.global.verbosity)
        do {
            try await command.execute(console)
            return ExitStatus.success
        } catch {
            return fail(error, console, failureStatus: type.failureStatus)
        }
    }

    private func fail(_ error: any Error, _ console: Console, failureStatus: Int32) -> Int32 {
        console.report(error)
        return ExitStatus.of(error, failureStatus: failureStatus)
    }

    /// A console that says as much as the command asks for, else as much as was asked for before it.
    private func console(_ verbosity: Verbosity = .normal) -> Console {
        Console(
            invocation: invocation, streams: streams, verbosity: verbosity == .normal ? programVerbosity : verbosity)
    }

    private func showVersion() -> Int32 {
        streams.output.write(VarveVersion.line(programName: invocation.programName) + "\n")
        return ExitStatus.success
    }

    private func showHelp(_ place: CommandLookup.Place) -> Int32 {
        let page = HelpPage(of: place.type, path: place.path)
        streams.output.write(page.text(width: streams.outputTerminal.width ?? 80))
        return ExitStatus.success
    }

    /// Shows the usage on standard output and the error on the other, as DVC does.
    private func refuse(_ error: UsageError, _ place: CommandLookup.Place) -> Int32 {
        _ = showHelp(place)
        return fail(error, console(), failureStatus: ExitStatus.usage)
    }
}
