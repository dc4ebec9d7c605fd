import Documents
import FileSystem
import Testing
import Versioning

@testable import Pipelines

@Suite("What is recorded of a run's surroundings") struct RunContextTests {
    @Test(
        "holds no secret that a command line gives away",
        arguments: [
            (["python", "a.py", "--api-key", "s3cr3t", "-v"], ["python", "a.py", "--api-key", "***", "-v"]),
            (["a", "--token=s3cr3t"], ["a", "--token=***"]),
            (["env", "HF_TOKEN=s3cr3t", "a"], ["env", "HF_TOKEN=***", "a"]),
            (["curl", "https://me:s3cr3t@host/a?b"], ["curl", "https://host/a?b"]),
            (["a", "--tokenizer", "bert"], ["a", "--tokenizer", "bert"]),
            (["train", "secret.py", "x=1"], ["train", "secret.py", "x=1"]),
        ])
    func secrets(_ words: [String], _ shown: [String]) { #expect(CommandSecrets.hidden(in: words) == shown) }

    @Test("tells interpreter and packages of a virtual environment without running it")
    func virtualEnvironment() throws {
        let project = try PipelineFixture("stages: {}\n")
        try project.write("venv/bin/python", "no program at all")
        try Files.setMode(Paths.join(project.root, "venv/bin/python"), 0o755)
        try project.write("venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.1\n")
        let packages = "venv/lib/python3.12/site-packages/"
        try project.write(
            packages + "torch-2.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 2.9\n\nName: x\n")
        try project.write(packages + "mine-1.0.dist-info/METADATA", "Name: mine\nVersion: 1.0\n")
        try project.write(
            packages + "mine-1.0.dist-info/direct_url.json",
            #"{"url": "https://u:p@host/r.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}"#)
        try project.write(packages + "broken-1.dist-info/METADATA", "nothing")
        let environment = try project.repository().environment
        let python = try #require(
            PythonInstallation(of: ["venv/bin/python", "a.py"], environment, directory: project.root))
        #expect(python.version == "3.12.1")
        #expect(python.packages.map { "\($0.name) \($0.version)" } == ["mine 1.0", "torch 2.9"])
        #expect(python.packages.first?.origin == Mapping([("url", "https://host/r.git"), ("commit", "abc")]))
    }

    @Test("follows a script of a package to the Python that it names")
    func scriptOfPackage() throws {
        let project = try PipelineFixture("stages: {}\n")
        try project.write("venv/bin/python3", "")
        try project.write("venv/bin/torchrun", "#!\(project.root)/venv/bin/python3\nimport x\n")
        for name in ["python3", "torchrun"] { try Files.setMode(Paths.join(project.root, "venv/bin/\(name)"), 0o755) }
        try project.write("venv/pyvenv.cfg", "version = 3.11.7\n")
        let environment = try project.repository(variables: ["PATH": project.root + "/venv/bin"]).environment
        let python = try #require(PythonInstallation(of: ["torchrun", "a.py"], environment, directory: project.root))
        #expect(python.version == "3.11.7")
    }

    @Test("tells of variables only those that change results, and of lock files their digests")
    func variables() throws {
        let project = try PipelineFixture("stages: {}\n")
        try project.write("requirements-dev.txt", "a\n")
        let repository = try project.repository(variables: ["OMP_NUM_THREADS": "2", "AWS_SECRET_ACCESS_KEY": "s3cr3t"])
        var context = RunContext(["sh"], repository.environment, in: repository, directory: project.root)
        context.noteMachine()
        let text = JSON.emitPython(.mapping(context.value))
        #expect(context.value["variables"]?.mapping?["OMP_NUM_THREADS"] == "2")
        #expect(!text.contains("s3cr3t") && !text.contains("AWS_SECRET"))
        #expect(
            context.value["lock_files"]?.mapping?["requirements-dev.txt"]
                == "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7")
    }
}
