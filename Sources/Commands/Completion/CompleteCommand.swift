import ArgumentParser

/// `varve __complete`: what the completion scripts ask; not for people.
struct CompleteCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "__complete", abstract: "Print words of the repository for a completion script",
        shouldDisplay: false)

    @Argument(help: "What to complete") var kind: CompletedWord
    @Argument(help: "What has been typed of the word") var prefix: String?
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let words = RepositoryWords().words(
            kind, beginningWith: prefix ?? "", in: console.invocation.environment)
        // A name with a line end cannot be offered to a shell line by line.
        for word in Set(words).sorted() where !word.utf8.contains(0x0A) { console.show(word) }
    }
}
