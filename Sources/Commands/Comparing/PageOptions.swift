import ArgumentParser
import Basics
import Charts
import FileSystem
import Versioning

/// Whether a comparison becomes a page for the browser, and where.
struct PageOptions: ParsableArguments {
    @Flag(help: "Write a page for the browser that needs no network, and print where it is") var html = false
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("File for the page", valueName: "path"), completion: .file())
    var out: String?
    @Flag(name: .customLong("open"), help: "Open the page in the browser") var opens = false

    /// - Parameter others: flags of other forms that the command was given.
    func check(against others: [(flag: String, isGiven: Bool)]) throws {
        if html, let other = others.first(where: \.isGiven) {
            throw Failure("--html and \(other.flag) exclude each other", category: .usage)
        }
        if !html, out != nil || opens { throw Failure("--out and --open go with --html", category: .usage) }
    }

    /// - Parameter name: of the file, where the user says none.
    func show(_ page: ChartPage, named name: String, of repository: Repository, _ console: Console) throws {
        let folder = console.invocation.environment.workingDirectory
        let written = try WrittenPage(page.html, to: Paths.absolute(out ?? name, from: folder))
        try written.show(opens: opens, of: repository, console)
    }
}

/// A page in a file.
struct WrittenPage {
    let url: String

    /// Writes the page; folders that lack are made.
    init(_ html: String, to file: String) throws {
        let folder = Paths.parent(file)
        try Files.makeDirectory(folder)
        let place = Paths.join(Paths.resolvingLinks(folder), Paths.name(file))
        try Files.write(Array(html.utf8), to: place, sync: false)
        url = "file://" + place.percentEncodedPath
    }

    /// Tells where the page is, and opens it where the user or the settings want that.
    func show(opens: Bool, of repository: Repository, _ console: Console) throws {
        console.print(url)
        let opensAlways = repository.settings.flag("plots", "auto_open")
        guard opens || opensAlways else { return }
        if !opensAlways {
            console.print("To enable auto opening, you can run:\n\n\tdvc config plots.auto_open true")
        }
        guard Browser(console.invocation.environment).open(url) else {
            console.note("Failed to open \(url). Please try opening it manually.")
            throw ExitCode(1)
        }
    }
}

extension String {
    /// A path as a URL has it.
    fileprivate var percentEncodedPath: String {
        var result = ""
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
        return result
    }
}
