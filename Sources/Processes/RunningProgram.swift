import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that was started in a process group of its own.
package final class RunningProgram: Sendable {
    package let group: ProcessGroup
    private let streams: ProgramRequest.Streams
    private let output: Int32
    private let errors: Int32
    /// Tells the waiting thread that something happened: the program's end, its suspension, a request to stop.
    private let bell: Bell
    private let ending = Mutex<(status: Int32, usage: rusage)?>(nil)
    private let suspension = Mutex<Int32>(0)
    private let stopSignal = Mutex<Int32?>(nil)

    /// Starts a program.
    package init(_ request: ProgramRequest) throws(ProgramError) {
        let started = try Spawn(request).start()
        group = ProcessGroup(id: started.id)
        streams = request.streams
        output = started.output
        errors = started.errors
        bell = started.bell
        LivingGroups.insert(group)
    }

    /// Asks the program to stop; `wait` then ends its group. May be called from any thread, also twice.
    package func stop(asking signal: Int32) {
        stopSignal.withLock { if $0 == nil { $0 = signal } }
        bell.ring()
    }

    /// Waits on this thread until the program has ended, passing on its output. To be called once.
    package func wait(_ limits: ProgramLimits = ProgramLimits()) -> ProgramOutcome {
        let terminal = HeldTerminal(for: streams)
        terminal?.give(to: group)
        defer {
            terminal?.takeBack()
            LivingGroups.remove(group)
            for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) }
            bell.close()
        }
        DetachedThread.run { self.reap() }
        let deadline = limits.timeout.map { ContinuousClock.now + $0 }
        var relay = OutputRelay(streams, output: output, errors: errors)
        var cause = ProgramOutcome.Cause.own
        while ending.withLock({ $0 == nil }) {
            relay.pass(waitingFor: bell, until: deadline)
            if let signal = suspension.withLock({ stopped in
                defer { stopped = 0 }
                return stopped == 0 ? nil : stopped
            }) {
                resume(after: signal, terminal)
            }
            if let signal = stopSignal.withLock({ $0 }) {
                cause = .stopped
                end(asking: signal, limits, &relay)
            } else if let deadline, deadline <= .now, ending.withLock({ $0 == nil }) {
                cause = .timeout
                end(asking: SIGTERM, limits, &relay)
            }
        }
        relay.drain()
        return outcome(cause)
    }

    private func outcome(_ cause: ProgramOutcome.Cause) -> ProgramOutcome {
        let (status, usage) = ending.withLock { $0 } ?? (0, rusage())
        let signal = status & 0x7F
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        #if canImport(Darwin)
            let unit: Int64 = 1
        #else
            let unit: Int64 = 1024
        #endif
        return ProgramOutcome(
            status: signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal), cause: cause,
            processorTime: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            peakMemory: Int64(usage.ru_maxrss) * unit)
    }

    // MARK: End

    /// Ends the whole group, while its last words are still passed on.
    private func end(asking signal: Int32, _ limits: ProgramLimits, _ relay: inout OutputRelay) {
        let flag = EndFlag()
        DetachedThread.run { [group, bell] in
            group.end(asking: signal, grace: limits.grace)
            flag.set()
            bell.ring()
        }
        while !flag.isSet || ending.withLock({ $0 == nil }) { relay.pass(waitingFor: bell, until: nil) }
    }

    // MARK: Threads

    /// Waits for the program's end on a thread of its own.
    private func reap() {
        while true {
            var status: Int32 = 0
            var usage = rusage()
            let result = wait4(group.id, &status, WUNTRACED, &usage)
            if result < 0, errno == EINTR { continue }
            if result == group.id, status & 0xFF == 0x7F {
                suspension.withLock { $0 = (status >> 8) & 0xFF }
                bell.ring()
                continue
            }
            ending.withLock { $0 = result < 0 ? (0x7F00, usage) : (status, usage) }
            bell.ring()
            return
        }
    }

    /// A program that was suspended from the keyboard takes this process along, as a shell's job would.
    private func resume(after signal: Int32, _ terminal: HeldTerminal?) {
        guard let terminal else {
            // Nobody could wake it: it wanted a terminal that it does not have.
            if signal == SIGTTIN || signal == SIGTTOU { group.signal(SIGCONT) }
            return
        }
        if signal != SIGTTIN, signal != SIGTTOU {
            terminal.takeBack()
            kill(0, SIGSTOP)
        }
        terminal.give(to: group)
        group.signal(SIGCONT)
    }
}

/// Set once by one thread, seen by another.
private final class EndFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}
