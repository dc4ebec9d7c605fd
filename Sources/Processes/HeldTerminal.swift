#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The terminal on standard input, where this process's group has it in hand and can hand it on.
///
/// A program in a group of its own may read from the terminal, and gets its Ctrl-C, only while its group holds it.
struct HeldTerminal {
    private let own: pid_t

    /// `nil` where there is no terminal, somebody else holds it, or the program shall not have it.
    init?(for streams: ProgramRequest.Streams) {
        guard case .inherited = streams, isatty(STDIN_FILENO) == 1 else { return nil }
        own = getpgrp()
        guard tcgetpgrp(STDIN_FILENO) == own else { return nil }
    }

    func give(to group: ProcessGroup) { set(group.id) }
    func takeBack() { set(own) }

    private func set(_ group: pid_t) {
        // Who changes the holder from the background is stopped by SIGTTOU, unless that is blocked.
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        tcsetpgrp(STDIN_FILENO, group)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
