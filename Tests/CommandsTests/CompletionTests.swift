import Basics
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("completion")
struct CompletionTests {
    /// A folder that goes away with the value.
    private final class Folder {
        let path: String
        /// Files and folders inside, in the order they were made.
        private var made: [String] = []

        init() throws {
            var template = Array("/tmp/varve-completion-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Failure("no temporary folder") }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        func write(_ name: String, _ text: String = "") throws {
            var folder = path
            for part in name.split(separator: "/").dropLast() {
                folder += "/" + part
                if mkdir(folder, 0o777) == 0 { made.append(folder) }
            }
            let file = try #require(fopen(path + "/" + name, "w"))
            fputs(text, file)
            fclose(file)
            made.append(path + "/" + name)
        }

        func words(_ kind: CompletedWord, _ prefix: String, below: String = "") -> [String] {
            let environment = HostEnvironment(variables: [:], workingDirectory: path + below, processors: 1)
            return Set(RepositoryWords().words(kind, beginningWith: prefix, in: environment)).sorted()
        }

        deinit {
            for entry in made.reversed() { remove(entry) }
            rmdir(path)
        }
    }

    @Test("targets are pointer files, their data, folders and stages")
    func targets() throws {
        let folder = try Folder()
        try folder.write("data.csv.dvc")
        try folder.write("models/big.bin.dvc")
        try folder.write("notes.txt")
        try folder.write(
            "dvc.yaml",
            """
            # stages: none
            vars:
              - lr: 1
            stages:
              # first
              prepare:
                cmd: a
                outs:
                - x: {cache: false}

              "train@1":
                cmd: b
            metrics:
              - m.json
            """)
        #expect(folder.words(.targets, "") == ["data.csv", "data.csv.dvc", "models/", "prepare", "train@1"])
        #expect(folder.words(.targets, "mod") == ["models/"])
        #expect(folder.words(.targets, "models/b") == ["models/big.bin", "models/big.bin.dvc"])
        #expect(folder.words(.targets, "nowhere/").isEmpty)
    }

    @Test("remotes come from the settings of the repository around the folder")
    func remotes() throws {
        let folder = try Folder()
        try folder.write(".dvc/config", "[core]\n    remote = a\n['remote \"a\"']\n    url = /x\n")
        try folder.write(".dvc/config.local", "['remote \"backup\"']\n")
        try folder.write("sub/keep")
        #expect(folder.words(.remotes, "", below: "/sub") == ["a", "backup"])
        #expect(folder.words(.remotes, "b") == ["backup"])
    }

    @Test("revisions are branches and tags, loose and packed")
    func revisions() throws {
        let folder = try Folder()
        try folder.write(
            ".git/packed-refs", "# pack-refs with: peeled\n1234 refs/tags/v1\n^5678\n9abc refs/remotes/o/m\n")
        try folder.write(".git/refs/heads/feature/x")
        try folder.write(".git/refs/heads/main")
        #expect(folder.words(.revisions, "") == ["HEAD", "feature/x", "main", "v1"])
    }

    @Test("scripts name every visible command, under the name that was used")
    func scripts() {
        let tree = CompletionTree()
        for script in [
            CompletionScript.bash(tree, program: "dvc"), CompletionScript.zsh(tree, program: "dvc"),
            CompletionScript.fish(tree, program: "dvc"),
        ] {
            for node in tree.nodes.dropFirst() { #expect(script.contains("'\(node.parent)/\(node.names[0])'")) }
            #expect(!script.contains("__reference") && !script.contains("varve_"))
        }
    }

    @Test("reference pages are the same every time and cover every visible command")
    func reference() throws {
        let pages = ReferencePage.all()
        #expect(pages.map(\.markdown) == ReferencePage.all().map(\.markdown))
        let version = try #require(pages.first { $0.fileName == "varve-version.md" })
        #expect(version.markdown.hasPrefix("# varve version\n\n"))
        #expect(version.markdown.contains("## Examples\n\n```sh\n# Facts for a bug report\nvarve version\n"))
        #expect(version.markdown.contains("## Exit status\n"))
        #expect(pages.first?.markdown.contains("[`list`](varve-list.md) (ls): ") == true)
    }

    @Test("the environment report is laid out as `dvc version` lays it out")
    func environmentReport() {
        var report = EnvironmentReport(program: "DVC", version: "3.67.1 (pip)", platform: "Python 3.11.7 on Linux")
        report.subprojects = [("dvc_data", "3.18.3")]
        report.supports = [("http", "aiohttp = 3.9"), ("s3", "")]
        report.globalConfiguration = "/home/x/.config/dvc"
        report.repository = .init(workspaceVolume: "ext4 on /dev/vda", kind: "dvc, git")
        #expect(
            report.text == """
                DVC version: 3.67.1 (pip)
                -------------------------
                Platform: Python 3.11.7 on Linux
                Subprojects:
                \tdvc_data = 3.18.3
                Supports:
                \thttp (aiohttp = 3.9),
                \ts3
                Config:
                \tGlobal: /home/x/.config/dvc
                Cache types: <https://error.dvc.org/no-dvc-cache>
                Caches: None
                Remotes: None
                Workspace directory: ext4 on /dev/vda
                Repo: dvc, git
                """)
    }
}
