import ArgumentParser
import Basics
import Documents
import FileSystem
import Packaging
import ProjectFiles

/// What a container image of a model is put on, and how it starts.
struct PackageImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Image to put the files on: oci://host/repository:tag, or oci-layout:path and behind a colon its name "
                + "(default: nothing)",
            valueName: "image"))
    var base: String?
    @Option(
        help: ArgumentHelp("Program that a container starts; given again, a word of its own each", valueName: "word"))
    var entrypoint: [String] = []
    @Option(
        name: .customLong("cmd"),
        help: ArgumentHelp("Word of the default command; may be given again", valueName: "word"))
    var command: [String] = []
    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("Variable of the container; may be given again", valueName: "name=value"))
    var environment: [String] = []
    @Option(
        name: .customLong("expose"),
        help: ArgumentHelp("Port that the program listens on; may be given again", valueName: "port"))
    var ports: [String] = []
    @Option(help: ArgumentHelp("User that the program runs as", valueName: "name")) var user: String?
    @Option(
        help: ArgumentHelp(
            "Working directory of the program (default: the base's, else the files' folder)", valueName: "path"))
    var workdir: String?
    @Option(help: ArgumentHelp("Folder of the image for the files (default: /models)", valueName: "path"))
    var folder: String?
    @Option(help: ArgumentHelp("Platform, where there is no base (default: linux/amd64)", valueName: "os/arch"))
    var platform: String?

    static let known = [
        "base", "entrypoint", "cmd", "env", "expose", "user", "workdir", "folder", "platform",
    ]

    func fill(_ section: inout RunnerSection) {
        for (key, text) in [
            ("base", base), ("user", user), ("workdir", workdir), ("folder", folder), ("platform", platform),
        ] {
            section.set(key, text.map(Value.string))
        }
        for (key, words) in [("entrypoint", entrypoint), ("cmd", command), ("env", environment), ("expose", ports)] {
            section.set(key, words.isEmpty ? nil : .array(words.map(Value.string)))
        }
    }

    static func settings(_ section: RunnerSection) throws -> ImageSettings {
        var settings = ImageSettings()
        settings.entrypoint = try section.strings("entrypoint") ?? []
        settings.command = try section.strings("cmd") ?? []
        settings.environment = try section.strings("env") ?? []
        if let wrong = settings.environment.first(where: { !$0.contains("=") }) {
            throw section.wrong("env", "holds '\(wrong)', which is not name=value")
        }
        settings.ports = try section.strings("expose") ?? []
        if let wrong = settings.ports.first(where: { UInt16($0.prefix { $0 != "/" }) == nil }) {
            throw section.wrong("expose", "holds '\(wrong)', which is no port")
        }
        settings.user = try section.string("user")
        settings.workingDirectory = try section.string("workdir")
        if let folder = try section.string("folder") { settings.folder = folder }
        if let platform = try section.string("platform") {
            let parts = platform.split(separator: "/").map(String.init)
            guard parts.count == 2 else {
                throw section.wrong("platform", "must be like linux/amd64, not '\(platform)'")
            }
            (settings.operatingSystem, settings.architecture) = (parts[0], parts[1])
        }
        return settings
    }

    /// The base, from a layout of this machine or fetched from a registry.
    static func base(_ section: RunnerSection, _ registry: RegistryOptions, _ console: Console) async throws
        -> BaseImage?
    {
        guard let word = try section.string("base") else { return nil }
        let environment = console.invocation.environment
        if word.hasPrefix("oci://") {
            let reference = try RegistryReference(word)
            let arrival = try PackageArrival(
                at: Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-base-" + TemporaryName.make()))
            do {
                let manifest = try await registry.transfer(reference, console).pull(
                    into: arrival.layout, as: nil, platform: try section.string("platform") ?? "linux/amd64")
                let package = try PackageReader(arrival.layout, at: manifest)
                return try image(package, word, arrival, section)
            } catch {
                arrival.discard()
                throw error
            }
        }
        let prefix = "oci-layout:"
        guard word.hasPrefix(prefix) else {
            throw section.wrong("base", "must be like oci://host/repository:tag or oci-layout:path:name, not '\(word)'")
        }
        let opened = try OpenedPackage(String(word.dropFirst(prefix.count)), environment)
        return try image(opened.layout(to: "use it as a base"), word, opened, section)
    }

    private static func image(
        _ package: PackageReader, _ word: String, _ owner: any TemporaryHolder, _ section: RunnerSection
    ) throws -> BaseImage {
        guard package.format == .image else {
            throw section.wrong("base", "names '\(word)', which is no container image")
        }
        return BaseImage(package: package, name: word, keeping: owner)
    }
}
