import FileSystem
import Processes
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A running program") struct RunningProgramTests {
    private let folder = TemporaryFolder("program")

    /// What a script printed on each stream.
    private final class Printed: Sendable {
        private let pieces = Mutex<(output: [UInt8], errors: [UInt8])>(([], []))
        var output: String { pieces.withLock { String(decoding: $0.output, as: UTF8.self) } }
        var errors: String { pieces.withLock { String(decoding: $0.errors, as: UTF8.self) } }
        var streams: ProgramRequest.Streams {
            .relayed { stream, piece in
                self.pieces.withLock { if stream == .output { $0.output += piece } else { $0.errors += piece } }
            }
        }
    }

    private func request(
        _ script: String, _ printed: Printed = Printed(), variables: [String: String] = [:]
    ) -> ProgramRequest {
        ProgramRequest(
            arguments: ["/bin/sh", "-c", script], variables: ["PATH": "/usr/bin:/bin"].merging(variables) { $1 },
            workingDirectory: folder.path, streams: printed.streams)
    }

    /// Waits for a condition that must come true.
    private func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<1000 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }

    @Test("all output of both streams arrives, however much")
    func output() throws {
        let printed = Printed()
        let program = try RunningProgram(
            request("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo problem >&2", printed))
        #expect(program.wait().succeeded)
        #expect(printed.output.split(separator: "\n").count == 20000)
        #expect(printed.output.hasSuffix("line 19999\n"))
        #expect(printed.errors == "problem\n")
    }

    @Test("the program sees the folder and the variables it was given, and no input")
    func surroundings() throws {
        let printed = Printed()
        let program = try RunningProgram(request("pwd; echo $WORD; cat", printed, variables: ["WORD": "x y"]))
        #expect(program.wait().succeeded)
        #expect(printed.output == "\(Paths.resolvingLinks(folder.path))\nx y\n")
    }

    @Test("an exit status and a signal are told apart")
    func endings() throws {
        #expect(try RunningProgram(request("exit 3")).wait().status == .exited(3))
        let killed = try RunningProgram(request("kill -9 $$")).wait()
        #expect(killed.status == .signalled(SIGKILL))
        #expect(killed.code == 137)
        #expect(killed.cause == .own)
    }

    @Test("a timeout ends what the program started, too")
    func timeout() throws {
        let program = try RunningProgram(
            request("sleep 600 & echo $! > child; (sleep 600; echo) & wait"))
        let outcome = program.wait(ProgramLimits(timeout: .milliseconds(400), grace: .seconds(5)))
        #expect(outcome.cause == .timeout)
        #expect(!outcome.succeeded)
        #expect(!program.group.isAlive)
        let child = try #require(
            Int32(String(decoding: Files.read(folder.path("child")), as: UTF8.self).split(separator: "\n")[0]))
        #expect(eventually { kill(child, 0) != 0 })
    }

    @Test("a program that is deaf to the polite signal is ended by the hard one")
    func stubborn() throws {
        let program = try RunningProgram(request("trap '' TERM INT; echo up > up; while :; do sleep 0.1; done"))
        let stopping = Thread { [folder] in
            while !Files.exists(folder.path("up")) { usleep(5000) }
            program.stop(asking: SIGINT)
        }
        let outcome = program.wait(ProgramLimits(grace: .milliseconds(300)))
        stopping.join()
        #expect(outcome.cause == .stopped)
        #expect(outcome.status == .signalled(SIGKILL))
        #expect(!program.group.isAlive)
    }

    @Test("a program that heeds the polite signal may clean up")
    func polite() throws {
        let program = try RunningProgram(
            request("trap 'echo saved > saved; exit 0' INT; echo up > up; while :; do sleep 0.05; done"))
        let stopping = Thread { [folder] in
            while !Files.exists(folder.path("up")) { usleep(5000) }
            program.stop(asking: SIGINT)
        }
        let outcome = program.wait(ProgramLimits(grace: .seconds(120)))
        stopping.join()
        #expect(Files.exists(folder.path("saved")))
        #expect(outcome.status == .exited(0))
        #expect(outcome.cause == .stopped)
        #expect(!outcome.succeeded)
    }

    @Test("what a program leaves running in the background holds up nobody")
    func background() throws {
        let printed = Printed()
        let program = try RunningProgram(request("sleep 600 & echo $! > child; echo done", printed))
        #expect(program.wait().succeeded)
        #expect(printed.output == "done\n")
        #expect(program.group.isAlive)
        program.group.end(grace: .seconds(5))
        #expect(!program.group.isAlive)
    }

    @Test("a program that is not there is an error that names it")
    func missing() {
        let request = ProgramRequest(
            arguments: ["/no/such/program"], variables: [:], workingDirectory: folder.path)
        #expect(throws: ProgramError(program: "/no/such/program", workingDirectory: folder.path, code: ENOENT)) {
            try RunningProgram(request)
        }
    }

    @Test("a process is told from a later one of the same number")
    func identity() {
        let own = ProcessIdentity(of: getpid())
        #expect(own.isRunning)
        #if os(Linux)
            #expect(!ProcessIdentity(id: own.id, start: own.start + "0").isRunning)
        #endif
    }

    @Test(
        "the shell is the user's own, without his settings",
        arguments: [
            ("/bin/bash", ["/bin/bash", "--noprofile", "--norc", "-c", "x"]),
            ("/usr/bin/zsh", ["/usr/bin/zsh", "--no-rcs", "-c", "x"]), ("", ["/bin/sh", "-c", "x"]),
        ])
    func shell(_ name: String, _ arguments: [String]) {
        #expect(Shell(variables: ["SHELL": name]).arguments(running: "x") == arguments)
    }
}

/// A joined thread for one test.
private final class Thread {
    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    #if canImport(Darwin)
        private var handle: pthread_t?
    #else
        private var handle: pthread_t = 0
    #endif

    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        let status = pthread_create(
            &handle, nil,
            { raw in
                #if canImport(Darwin)
                    Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
                #else
                    if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
                #endif
                return nil
            }, box.toOpaque())
        precondition(status == 0, "no thread can be made")
    }

    func join() {
        #if canImport(Darwin)
            if let handle { pthread_join(handle, nil) }
        #else
            pthread_join(handle, nil)
        #endif
    }
}
