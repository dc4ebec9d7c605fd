import Documents
import FileSystem
import TestSupport
import Testing

@Suite("varve run package, varve package") struct PackageCommandTests {
    @Test("a commit packaged from two clones, in other folders and under another umask, has one digest in every format")
    func reproducible() throws {
        let project = try PackageProject()
        let clone = try project.clone()
        for format in ["modelpack", "modelkit", "image", "tar", "mlflow"] {
            let words = [
                "run", "package", "churn", "--rev", "HEAD", "--as", format, "-o", "p-" + format, "--with-code",
                "--with-data", "--json",
            ]
            let first = try JSON.parse(project.repository.run([BuiltProgram.varve] + words).succeeds().output)
            let quoted = ([BuiltProgram.varve] + words).map { "'\($0)'" }.joined(separator: " ")
            let second = try JSON.parse(clone.run(["sh", "-c", "umask 077; exec " + quoted]).succeeds().output)
            #expect(first.mapping?["digest"]?.string?.hasPrefix("sha256:") == true)
            #expect(first.mapping?["digest"] == second.mapping?["digest"], "\(format)")
            #expect(first.mapping?["files"] == second.mapping?["files"], "\(format)")
        }
    }

    @Test("an artifact is packaged with its stage, its code and data, and what was measured")
    func artifact() throws {
        let project = try PackageProject()
        let made = try project.json(
            "run", "package", "churn", "--rev", "HEAD", "-o", "dist", "--with-code", "--with-data")
        #expect(made.mapping?["tag"]?.string == "v1.0.0")
        let seen = try project.json("package", "inspect", "dist")
        let files = seen.mapping?["files"]?.array?.compactMap(\.mapping) ?? []
        #expect(
            files.map { "\($0["role"]?.string ?? "") \($0["path"]?.string ?? "")" } == [
                "documentation README.md", "dataset data/clean.csv", "documentation evaluation.json",
                "model models/model.json", "code src/train.sh",
            ])
        let about = seen.mapping?["config"]?.mapping?["descriptor"]?.mapping
        #expect(about?["name"]?.string == "churn")
        #expect(about?["version"]?.string == "v1.0.0")
        #expect(about?["description"]?.string == "Who will leave")
        #expect(about?["licenses"]?.array == ["MIT"])
        try project.repository.varve("package", "unpack", "dist", "-o", "out", "--only", "docs").succeeds()
        let card = try project.repository.read("out/README.md")
        #expect(card.contains("| auc | 0.91 | `metrics.json` |"))
        #expect(card.contains("sh src/train.sh"))
        #expect(card.contains("data/raw.csv"))
    }

    @Test("an old state is packaged from its commit, whatever is in the workspace")
    func revision() throws {
        let project = try PackageProject()
        let old = try project.json("run", "package", "churn", "--rev", "churn@v1.0.0", "-o", "a")
        try project.repository.write(
            "src/train.sh",
            "mkdir -p models; echo '{\"learner\": {\"x\": 1}}' > models/model.json; echo '{\"auc\": 0.95}' > metrics.json\n"
        )
        try project.repository.varve("repro", "-q").succeeds()
        try project.repository.run(["rm", "-r", "models"]).succeeds()
        let again = try project.json("run", "package", "churn", "--rev", "churn@v1.0.0", "-o", "b")
        #expect(old.mapping?["digest"] == again.mapping?["digest"])
        let difference = try project.json("package", "diff", "a", "b")
        #expect(difference == ["files": [], "facts": []])
        try project.repository.varve("checkout", "-q").succeeds()
        try project.repository.varve("run", "package", "churn", "-o", "c", "--tag", "new").succeeds()
        let changed = try project.json("package", "diff", "a", "c")
        let paths = changed.mapping?["files"]?.array?.compactMap { $0.mapping?["path"]?.string }
        #expect(paths == ["README.md", "evaluation.json", "models/model.json"])
    }

    @Test("a model that is not the one that its stage recorded is not packaged as if it were")
    func changedModel() throws {
        let project = try PackageProject()
        try project.repository.run(["sh", "-c", "rm -f models/model.json; echo other > models/model.json"]).succeeds()
        try project.repository.varve("run", "package", "churn", "-o", "dist").fails(
            status: 1, saying: "is not the file that was recorded")
        #expect(!project.repository.exists("dist"))
    }

    @Test("options come from a section of params.yaml, flags win, and a key that nobody knows is an error")
    func section() throws {
        let project = try PackageProject()
        try project.repository.write(
            "params.yaml",
            "train:\n  depth: 6\npackage:\n  targets: churn\n  version: '2.0'\n  authors: [Ada, Bob]\n  out: dist\n")
        try project.repository.varve("run", "package", "--author", "Cyd").succeeds()
        let seen = try project.json("package", "inspect", "dist:2.0")
        #expect(seen.mapping?["config"]?.mapping?["descriptor"]?.mapping?["authors"]?.array == ["Cyd"])
        try project.repository.write("params.yaml", "package:\n  tragets: churn\n")
        try project.repository.varve("run", "package").fails(status: 254, saying: "'package.tragets' is not known")
        try project.repository.write("params.yaml", "train:\n  depth: 6\n")
        try project.repository.varve("run", "package", "churn", "--as", "zip").fails(status: 254, saying: "'zip'")
        try project.repository.varve("run", "package", "--params", "dvc.yaml", "--section", "stages").fails(status: 254)
    }

    @Test("a stage of the pipeline may make the package, and it is made anew only when something changed")
    func asStage() throws {
        let project = try PackageProject()
        let pipeline = try project.repository.read("dvc.yaml")
        let stage = """
              package:
                cmd: \(BuiltProgram.varve) run package churn -o dist --license MIT
                deps: [models/model.json, metrics.json]
                outs: [dist]

            """
        let place = try #require(pipeline.firstRange(of: "artifacts:"))
        try project.repository.write("dvc.yaml", pipeline[..<place.lowerBound] + stage + pipeline[place.lowerBound...])
        try project.repository.varve("repro", "-q").succeeds()
        let first = try project.json("package", "inspect", "dist")
        let again = try project.repository.varve("repro").succeeds()
        #expect(again.output.contains("Stage 'package' didn't change, skipping\n"))
        try project.repository.run(["rm", "-rf", "dist", ".dvc/cache/runs"]).succeeds()
        try project.repository.varve("repro", "-q", "-f", "package", "-s").succeeds()
        #expect(try project.json("package", "inspect", "dist").mapping?["digest"] == first.mapping?["digest"])
    }

    @Test("a package is made of a file where there is no project and no Git")
    func withoutProject() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("model.onnx", "onnx")
        try repository.varve("run", "package", "model.onnx", "-o", "dist").succeeds()
        try repository.varve("package", "verify", "dist").succeeds()
        // Nothing listens there.
        try repository.varve("package", "push", "dist", "oci://127.0.0.1:1/team/m:1").fails(
            status: 1, saying: "cannot push to oci://127.0.0.1:1/team/m:1")
        try repository.varve("run", "package", "../outside", "-o", "dist").fails(status: 1, saying: "does not lie in")
        try repository.varve("run", "package", "missing", "-o", "dist").fails(saying: "missing")
    }

    @Test("a signed package is verified by its signers and by nobody else, and a damaged one is not unpacked")
    func signatures() throws {
        let project = try PackageProject()
        let repository = project.repository
        for name in ["ada", "eve"] {
            try repository.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", "../" + name])
                .succeeds()
            try repository.run(["sh", "-c", "echo \"\(name)@example.org $(cat ../\(name).pub)\" > ../\(name).allowed"])
                .succeeds()
        }
        for (format, out) in [("modelpack", "dist"), ("modelkit", "kit.tar"), ("tar", "plain.tar"), ("mlflow", "ml")] {
            try repository.varve(
                "run", "package", "churn", "--rev", "HEAD", "--as", format, "-o", out, "--sign", "../ada"
            ).succeeds()
            let good = try repository.varve("package", "verify", out, "--signers", "../ada.allowed").succeeds()
            #expect(good.output.contains("signed by ada@example.org"), "\(format)")
            try repository.varve("package", "verify", out, "--signers", "../eve.allowed").fails(status: 1)
            try repository.varve("package", "unpack", out, "-o", "out-" + format, "--signers", "../eve.allowed").fails()
            #expect(!repository.exists("out-" + format))
        }
        try repository.varve("package", "verify", "dist", "--identity", "ada").fails(status: 254)
        let blobs = try Files.names(in: repository.path + "/dist/blobs/sha256")
        for name in blobs {
            let path = repository.path + "/dist/blobs/sha256/" + name
            var bytes = try Files.read(path)
            bytes[bytes.count / 2] ^= 1
            try Files.write(bytes, to: path)
            try repository.varve("package", "verify", "dist").fails(status: 1)
            bytes[bytes.count / 2] ^= 1
            try Files.write(bytes, to: path)
        }
        try repository.varve("package", "verify", "dist").succeeds()
    }

    @Test("a hostile archive is refused, and nothing of it is written")
    func hostile() throws {
        let repository = try TemporaryRepository(.empty)
        let make = """
            import io, sys, tarfile
            kinds = {'escape': ('../../x', tarfile.REGTYPE), 'absolute': ('/tmp/varve-hostile-x', tarfile.REGTYPE),
                     'link': ('p/l', tarfile.SYMTYPE), 'hard': ('p/h', tarfile.LNKTYPE), 'device': ('p/d', tarfile.CHRTYPE),
                     'fifo': ('p/f', tarfile.FIFOTYPE), 'git': ('p/.git/config', tarfile.REGTYPE)}
            for name, (path, kind) in kinds.items():
                with tarfile.open(name + '.tar', 'w') as archive:
                    sums = b'0' * 64 + b'  x\\n'
                    head = tarfile.TarInfo('p/SHA256SUMS'); head.size = len(sums); archive.addfile(head, io.BytesIO(sums))
                    entry = tarfile.TarInfo(path); entry.type = kind; entry.linkname = '/etc/passwd'
                    entry.size = 1 if kind == tarfile.REGTYPE else 0
                    archive.addfile(entry, io.BytesIO(b'x'))
            """
        try repository.write("make.py", make)
        try repository.run(["python3", "make.py"]).succeeds()
        for name in ["escape", "absolute", "link", "hard", "device", "fifo", "git"] {
            for words in [["inspect"], ["verify"], ["unpack", "-o", "out"]] {
                try repository.run([BuiltProgram.varve, "package", words[0], name + ".tar"] + words.dropFirst())
                    .fails(status: 1)
            }
            #expect(!repository.exists("out"))
        }
        #expect(!Files.exists("/tmp/varve-hostile-x"))
        #expect(try Files.names(in: repository.folder + "/tmp").isEmpty)
    }

    @Test("a link that leads out of the repository is not packaged, neither from the workspace nor from a commit")
    func links() throws {
        let project = try PackageProject()
        let repository = project.repository
        try repository.write("../secret", "password")
        try repository.run(["mkdir", "lib"]).succeeds()
        try repository.run(["ln", "-s", repository.folder + "/secret", "lib/link"]).succeeds()
        try project.commit("Link")
        for words in [["--code", "lib"], ["--code", "lib/link"], ["--code", "lib", "--rev", "HEAD"]] {
            try repository.run([BuiltProgram.varve, "run", "package", "churn", "-o", "dist"] + words)
                .fails(saying: "symbolic link")
            #expect(!repository.exists("dist"))
        }
    }

    @Test("the attached documents come out as files, and ssh-keygen accepts the signature among them")
    func records() throws {
        let project = try PackageProject()
        let repository = project.repository
        try repository.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "../ada"]).succeeds()
        try repository.run(["sh", "-c", "echo \"ada $(cat ../ada.pub)\" > ../allowed"]).succeeds()
        try repository.varve("run", "package", "churn", "--rev", "HEAD", "-o", "dist", "--sign", "../ada").succeeds()
        try repository.varve("package", "unpack", "dist", "-o", "about", "--records").prints(
            "Unpacked 4 files to 'about'.\n")
        try repository.run(
            [
                "sh", "-c",
                "ssh-keygen -Y verify -f ../allowed -I ada -n varve -s about/signed.json.sig < about/signed.json",
            ]
        ).succeeds()
        let bill = try JSON.parse(Files.read(repository.path("about/sbom.cdx.json")))
        #expect(bill.mapping?["specVersion"] == "1.6")
        #expect(repository.exists("about/provenance.json"))
    }

    @Test("a pickle is packed with a warning")
    func pickle() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("model.pkl", "cos\nsystem\n")
        let run = try repository.varve("run", "package", "model.pkl", "-o", "dist").succeeds()
        #expect(run.errors.contains("pickle"))
    }

    @Test(
        "docker-registry keeps a package that is pushed, and a package is pulled only from who is believed",
        .enabled(if: TestPrograms.areProvided))
    func registry() throws {
        let project = try PackageProject()
        let repository = project.repository
        let folder = TemporaryFolder("docker-registry")
        let port = try Loopback.freePorts(1)[0]
        try TestPrograms.write(
            """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: \(folder.path("data"))}
            http: {addr: "127.0.0.1:\(port)"}
            """, to: folder.path("config.yml"))
        let server = try ServerProcess(
            [try TestPrograms.path("docker-registry"), "serve", folder.path("config.yml")], folder: folder)
        defer { server.stop() }
        try server.waitUntilReady { Loopback.speaksHTTP(port: port) }
        try repository.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "../ada"]).succeeds()
        try repository.run(["sh", "-c", "echo \"ada $(cat ../ada.pub)\" > ../allowed; : > ../nobody"]).succeeds()
        let made = try project.json("run", "package", "churn", "--rev", "HEAD", "-o", "dist", "--sign", "../ada")
        let name = "oci://127.0.0.1:\(port)/team/churn:1.0"
        try repository.varve("package", "push", "dist", name).succeeds()
        let pushed = try project.json("package", "push", "dist", name)
        #expect(pushed.mapping?["uploaded"] == 0)
        try repository.varve("package", "pull", name, "-o", "copy", "--signers", "../nobody").fails(status: 1)
        #expect(!repository.exists("copy"))
        let pulled = try project.json("package", "pull", name, "-o", "copy", "--signers", "../allowed")
        #expect(pulled.mapping?["digest"] == made.mapping?["digest"])
        #expect(pulled.mapping?["records"]?.array?.count == 2)
        try repository.varve("package", "unpack", "copy:1.0", "-o", "out", "--only", "weights").succeeds()
        #expect(try repository.read("out/models/model.json") == "{\"learner\": {}}\n")
        try repository.varve("run", "package", "churn", "--as", "image", "-o", "base.tar").succeeds()
        let base = "oci://127.0.0.1:\(port)/team/base:1"
        try repository.varve("package", "push", "base.tar", base).succeeds()
        try repository.varve(
            "run", "package", "churn", "--as", "image", "-o", "image", "--base", base, "--folder", "/opt", "--code",
            "src"
        ).succeeds()
        try repository.varve("package", "verify", "image").succeeds()
        try repository.varve("run", "package", "churn", "--as", "image", "-o", "bad", "--base", name).fails(
            status: 254, saying: "no container image")
        #expect(try Files.names(in: repository.folder + "/tmp").isEmpty)
        try repository.varve("package", "pull", "oci://127.0.0.1:\(port)/team/none", "-o", "none").fails(status: 1)
        let left = try Files.names(in: repository.path).filter { $0.hasSuffix(".tmp") }
        #expect(left.isEmpty)
    }
}
