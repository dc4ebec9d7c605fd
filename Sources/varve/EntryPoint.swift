import Commands

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@main
struct EntryPoint {
    static func main() async {
        exit(await Program.run(CommandLine.arguments))
    }
}
