package import ArgumentParser

package struct Varve: AsyncParsableCommand {
    package static var configuration: CommandConfiguration { CommandConfiguration(commandName: "varve") }
    package init() {}
}
