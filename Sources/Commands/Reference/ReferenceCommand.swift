import ArgumentParser
import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `varve __reference`: writes the command line reference; for those who build varve.
struct ReferenceCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "__reference", abstract: "Write the reference page of every command", shouldDisplay: false)

    @Argument(help: "Folder for the pages", completion: .directory) var directory: String
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let base = console.invocation.environment.workingDirectory
        let folder = directory.hasPrefix("/") ? directory : base + "/" + directory
        try makeFolders(folder)
        let pages = ReferencePage.all()
        for page in pages { try write(page.markdown, to: folder + "/" + page.fileName) }
        console.print("Wrote \(pages.count) pages to \(directory)")
    }

    private func makeFolders(_ path: String) throws {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            guard mkdir(partial, 0o777) == 0 || errno == EEXIST else { throw failure("create", partial) }
        }
    }

    private func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw failure("write", path) }
        let count = fputs(text, file)
        guard fclose(file) == 0, count >= 0 else { throw failure("write", path) }
    }

    private func failure(_ verb: String, _ path: String) -> Failure {
        Failure("cannot \(verb) '\(path)': \(String(cString: strerror(errno)))")
    }
}
