import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The start of a program by `posix_spawn`.
struct Spawn {
    struct Started {
        let id: pid_t
        /// Reading ends of the program's output; -1 where it is not relayed.
        let output: Int32
        let errors: Int32
        let bell: Bell
    }

    private let request: ProgramRequest

    init(_ request: ProgramRequest) { self.request = request }

    func start() throws(ProgramError) -> Started {
        guard let bell = Bell() else { throw error(errno) }
        do throws(ProgramError) {
            switch request.streams {
            case .inherited:
                return Started(id: try spawn(output: nil, errors: nil), output: -1, errors: -1, bell: bell)
            case .relayed:
                guard let output = Pipe() else { throw error(errno) }
                guard let errors = Pipe() else {
                    let code = errno
                    close(output.reading)
                    close(output.writing)
                    throw error(code)
                }
                defer {
                    close(output.writing)
                    close(errors.writing)
                }
                do throws(ProgramError) {
                    let id = try spawn(output: output.writing, errors: errors.writing)
                    return Started(id: id, output: output.reading, errors: errors.reading, bell: bell)
                } catch {
                    close(output.reading)
                    close(errors.reading)
                    throw error
                }
            }
        } catch {
            bell.close()
            throw error
        }
    }

    private func spawn(output: Int32?, errors: Int32?) throws(ProgramError) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        varve_spawn_in(&actions, request.workingDirectory)
        if let output, let errors {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
            posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        // Threads of a pool block all signals, and a program would inherit that: it could not be asked to end.
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        var words = request.arguments.map { strdup($0) } + [nil]
        var settings = request.variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        guard let program = request.arguments.first else { throw error(ENOENT) }
        var id: pid_t = 0
        let code = posix_spawnp(&id, program, &actions, &attributes, &words, &settings)
        guard code == 0 else { throw error(code) }
        return id
    }

    private func error(_ code: Int32) -> ProgramError {
        ProgramError(
            program: request.arguments.first ?? "", workingDirectory: request.workingDirectory, code: code)
    }
}
