import FileSystem
import Testing

@testable import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension SharingFixture {
    /// A path of the folder beside the project that imports come from.
    func outside(_ name: String) -> String {
        Paths.join(Paths.resolvingLinks(folder), Paths.normalized(Paths.join("outside", name)))
    }

    func writeOutside(_ name: String, _ text: String) throws {
        try Files.makeDirectory(Paths.parent(outside(name)))
        try Files.write(Array(text.utf8), to: outside(name), sync: false)
    }

    /// Makes a symbolic link in the project.
    func link(_ target: String, at name: String) throws {
        try #require(symlink(target, Paths.join(root, name)) == 0)
    }

    @discardableResult
    func importURL(
        _ url: String, to output: String? = nil, _ change: (inout ImportURLRequest) -> Void = { _ in }
    ) async throws -> ProjectFilesResult {
        var request = ImportURLRequest(url: url)
        request.output = output
        change(&request)
        return try await repository().importURL(request)
    }

    @discardableResult
    func importData(
        _ path: String, from url: String = "../outside", _ change: (inout ImportRequest) -> Void = { _ in }
    ) async throws -> ProjectFilesResult {
        var request = ImportRequest(url: url, path: path)
        change(&request)
        return try await repository().importData(request)
    }

    func getURL(_ url: String, to output: String? = nil, force: Bool = false) async throws {
        var request = GetURLRequest(url: url)
        request.output = output
        request.force = force
        try await request.run(repository().environment, progress: messages)
    }

    func update(_ target: String, _ change: (inout UpdateRequest) -> Void = { _ in }) async throws {
        var request = UpdateRequest(targets: [target])
        change(&request)
        try await repository().update(request)
    }

    /// Runs a shell script in the folder beside the project.
    func outsideShell(_ script: String) throws {
        let identity = "git config --global user.name Ada; git config --global user.email ada@example.org"
        let line = """
            mkdir -p '\(outside("."))' '\(folder)/home' && cd '\(outside("."))' && export HOME='\(folder)/home' \
            GIT_CONFIG_NOSYSTEM=1 && { \(identity); set -e; \(script)
            } >/dev/null 2>&1
            """
        try #require(system(line) == 0, "\(script)")
    }
}
