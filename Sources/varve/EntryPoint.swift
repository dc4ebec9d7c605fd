import ArgumentParser
import Commands

@main
struct EntryPoint {
    static func main() async {
        await Varve.main()
    }
}
