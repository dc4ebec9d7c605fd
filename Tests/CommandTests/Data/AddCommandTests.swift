import FileSystem
import TestSupport
import Testing

@Suite("varve add")
struct AddCommandTests {
    @Test("writes the pointer file that DVC writes and hides the data from Git")
    func file() throws {
        let repository = try TemporaryRepository()
        try repository.write("data.csv", "1\n")
        try repository.varve("add", "data.csv").prints(
            """

            To track the changes with git, run:

            \tgit add data.csv.dvc .gitignore

            To enable auto staging, run:

            \tdvc config core.autostage true

            """)
        #expect(
            try repository.read("data.csv.dvc") == """
                outs:
                - md5: b026324c6904b2a9cb4b88d6d61c81d1
                  size: 2
                  hash: md5
                  path: data.csv

                """)
        #expect(try repository.read(".gitignore") == "/data.csv\n")
        #expect(try repository.read(".dvc/cache/files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1") == "1\n")
    }

    @Test("twice changes nothing the second time")
    func twice() throws {
        let repository = try TemporaryRepository()
        try repository.write("data/a", "a\n")
        try repository.varve("add", "data").succeeds()
        let before = try repository.snapshot()
        try repository.varve("add", "data").succeeds()
        #expect(try repository.snapshot() == before)
    }

    @Test("of what is not there ends with status 1 and names it")
    func missing() throws {
        let repository = try TemporaryRepository()
        try repository.varve("add", "missing").fails(status: 1, saying: "missing")
        #expect(!repository.exists("missing.dvc"))
    }

    @Test("with --quiet prints nothing")
    func quiet() throws {
        let repository = try TemporaryRepository()
        try repository.write("a", "a\n")
        try repository.varve("add", "--quiet", "a").prints("")
    }

    @Test("records that a file may be executed, and checkout brings that back")
    func executable() throws {
        let repository = try TemporaryRepository()
        try repository.write("tool", "#!/bin/sh\n")
        try repository.shell("chmod +x tool").succeeds()
        try repository.varve("add", "tool").succeeds()
        #expect(try repository.read("tool.dvc").contains("isexec: true"))
        try repository.remove("tool")
        try repository.varve("checkout").succeeds()
        #expect(try Files.status(repository.path("tool"))?.isExecutable == true)
    }
}
