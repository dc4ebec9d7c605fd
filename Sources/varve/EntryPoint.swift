import Commands

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@main
struct EntryPoint {
    /// Not `async`: the main thread would need a descriptor of its own when the process ends.
    static func main() {
        if let status = Program.refuseToStart() { exit(status) }
        // It takes the signals for all threads, and whoever started the process may have kept them away.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        Task.detached { exit(await Program.run(CommandLine.arguments)) }
        while true { pause() }
    }
}
