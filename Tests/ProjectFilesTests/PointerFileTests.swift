import Documents
import Hashing
import Objects
import ProjectFiles
import Testing

@Suite("Pointer files") struct PointerFileTests {
    /// Written by DVC 3.67: add of a file, a directory, an executable and an empty directory; imports.
    static let written = [
        """
        outs:
        - md5: d577273ff885c3f84dadb8578bb41399
          size: 6
          hash: md5
          path: data.csv

        """,
        """
        outs:
        - md5: 9bdb812dea139d3633290aace9ab9826.dir
          size: 4
          nfiles: 2
          hash: md5
          path: d

        """,
        """
        outs:
        - md5: d577273ff885c3f84dadb8578bb41399
          size: 6
          isexec: true
          hash: md5
          path: tool.sh

        """,
        """
        outs:
        - md5: d751713988987e9331980363e24189ce.dir
          size: 0
          nfiles: 0
          hash: md5
          path: empty

        """,
        """
        md5: d931f10b1a304255df442759259add74
        frozen: true
        deps:
        - path: dir
          repo:
            url: ../reg
            rev_lock: a5bbcb99b058ebc9b1919630d2df8ba4f3e59379
        outs:
        - hash: md5
          path: nd

        """,
        """
        frozen: true
        deps:
        - path: dir
          repo:
            url: ../reg
        outs:
        - hash: md5
          path: ne

        """,
        """
        outs:
        - md5: b026324c6904b2a9cb4b88d6d61c81d1
          size: 2
          hash: md5
          path: a
          cloud:
            v:
              etag: b026324c6904b2a9cb4b88d6d61c81d1
              version_id: f2dd3639-2e97-46d4-a88b-0004b7968392

        """,
    ]

    @Test("a file of DVC is written back byte for byte, anew and as an update", arguments: written + imports)
    func roundTrip(text: String) throws {
        let file = try PointerFile(text)
        let positioned = text.contains("cloud:")  // DVC writes `cloud` before `hash` in a new file.
        if !positioned { #expect(try file.text() == text) }
        #expect(try file.text(updating: Array(text.utf8)) == text)
    }

    /// Imports with the digests that DVC gave them.
    static let imports = [
        """
        md5: 830dcb646e4670a694abe9509429d6e9
        frozen: true
        deps:
        - path: dir
          repo:
            url: ../reg
            rev: v1
            rev_lock: a5bbcb99b058ebc9b1919630d2df8ba4f3e59379
        outs:
        - md5: 562ee692a592790b08e880eff9046f72.dir
          size: 4
          nfiles: 2
          hash: md5
          path: dd

        """,
        """
        md5: a5a6910094076d6a394b79cc4f2accee
        frozen: true
        deps:
        - md5: 9a8ad92c50cae39aa2c5604fd0ab6d8c
          size: 2
          hash: md5
          path: ../reg/f.txt
        outs:
        - md5: 9a8ad92c50cae39aa2c5604fd0ab6d8c
          size: 2
          hash: md5
          path: url.txt

        """,
        """
        md5: fec90ec0ed7429f09acf5344669fda37
        frozen: true
        deps:
        - etag: 26ab0db90d72e28ad0ba1e22ee510510
          size: 2
          version_id: 29223fd5-688f-456d-90cd-e70f649d44d1
          hash: md5
          path: s3://ver/w/a
          fs_config:
            endpointurl: http://127.0.0.1:5577
            version_aware: true
        outs:
        - md5: 26ab0db90d72e28ad0ba1e22ee510510
          size: 2
          hash: md5
          path: impa
          push: false

        """,
    ]

    @Test("the digest of an import's definition is DVC's", arguments: imports)
    func definitionDigest(text: String) throws {
        let file = try PointerFile(text)
        #expect(file.definitionDigest?.hex == file.stage.md5)
        #expect(file.stage.isImport)
    }

    @Test("tracked data has no definition digest, and annotations do not enter an import's")
    func digestScope() throws {
        #expect(try PointerFile(Self.written[0]).definitionDigest == nil)
        var file = try PointerFile(Self.imports[0])
        let digest = file.definitionDigest
        file.stage.isFrozen = false
        file.stage.description = "text"
        file.stage.outputs[0].annotation = Annotation(description: "d", type: "t", labels: ["l"], meta: 1)
        file.stage.outputs[0].isPersistent = true
        #expect(file.definitionDigest == digest)
        file.stage.outputs[0].canPush = false
        #expect(file.definitionDigest != digest)
    }

    @Test("an update keeps comments, order and style, appends what is new and drops what says the default")
    func update() throws {
        let text = """
            # a comment
            desc: stage desc
            outs:
            - path: ann.txt     # trailing
              desc: my desc
              type: dataset
              labels: [x, y]
              meta:
                key: value
              remote: r
              push: false
              persist: true
              cache: true
            meta:
              any: [1, 2]

            """
        var file = try PointerFile(text, path: "ann.txt.dvc")
        file.stage.outputs[0].checksum = OutputChecksum(object: ObjectID("764efa883dda1e11db47671c4a3bbd9e"), size: 3)
        #expect(
            try file.text(updating: Array(text.utf8)) == """
                # a comment
                desc: stage desc
                outs:
                - path: ann.txt     # trailing
                  desc: my desc
                  type: dataset
                  labels: [x, y]
                  meta:
                    key: value
                  remote: r
                  push: false
                  persist: true
                  md5: 764efa883dda1e11db47671c4a3bbd9e
                  size: 3
                  hash: md5
                meta:
                  any: [1, 2]

                """)
    }

    @Test("an entry of DVC 2 stays as it is until its data changes, then says its hash last")
    func legacy() throws {
        let text = "outs:\n- md5: 1e7e1d2c8ddd4ddb3ef46cdc4f6d4d62\n  size: 3\n  path: leg.txt\n"
        var file = try PointerFile(text)
        #expect(file.stage.outputs[0].checksum.object?.algorithm == .md5Dos2Unix)
        #expect(try file.text(updating: Array(text.utf8)) == text)
        file.stage.outputs[0].checksum = OutputChecksum(object: ObjectID("764efa883dda1e11db47671c4a3bbd9e"), size: 3)
        #expect(
            try file.text(updating: Array(text.utf8))
                == "outs:\n- md5: 764efa883dda1e11db47671c4a3bbd9e\n  size: 3\n  path: leg.txt\n  hash: md5\n")
    }

    @Test("a working directory moves the paths")
    func workingDirectory() throws {
        let text = "wdir: sub\nouts:\n- path: ./w.txt\n  hash: md5\n"
        let file = try PointerFile(text, path: "a/w.dvc")
        #expect(file.stage.location(of: file.stage.outputs[0]) == .workspace("a/sub/w.txt"))
        #expect(try file.text(updating: Array(text.utf8)) == "wdir: sub\nouts:\n- path: w.txt\n  hash: md5\n")
    }

    @Test("a path that leaves the repository is read, and flagged")
    func escapingPaths() throws {
        func location(_ path: String) throws -> Location {
            let stage = try PointerFile("outs:\n- path: '\(path)'\n", path: "a/x.dvc").stage
            return stage.location(of: stage.outputs[0])
        }
        #expect(try location("../b") == .workspace("b"))
        #expect(try location("../../b") == .outside("../b"))
        #expect(try location("/etc/passwd") == .absolute("/etc/passwd"))
        #expect(try location("s3://b/../k") == .url("s3://b/../k"))
        #expect(try location("../.GIT/hooks/x").touchesMetadata)
        #expect(try !location(".gitignore").touchesMetadata)
    }

    @Test("files of a versioned directory give the directory its address")
    func versionedDirectory() throws {
        let text = """
            outs:
            - hash: md5
              path: d
              files:
              - relpath: a.txt
                md5: b026324c6904b2a9cb4b88d6d61c81d1
                size: 2
                cloud:
                  v:
                    etag: b026324c6904b2a9cb4b88d6d61c81d1
                    version_id: f2dd3639
              - relpath: e/b
                md5: 26ab0db90d72e28ad0ba1e22ee510510
                size: 2
                isexec: true

            """
        let file = try PointerFile(text)
        let checksum = file.stage.outputs[0].checksum
        #expect(checksum.size == 4)
        #expect(checksum.nfiles == 2)
        #expect(checksum.files?[0].checksum.cloudRemote == "v")
        #expect(checksum.object?.isDirectory == true)
        #expect(try file.text() == text)
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            (
                "outs:\n- path: a\n  nosuch: 1\n",
                """
                'x.dvc' validation failed.

                extra keys not allowed, in outs -> 0 -> nosuch, line 3, column 11
                  3   nosuch: 1
                """
            ),
            (
                "frozen: yes\nouts:\n- path: 5\n  size: x\ncmd: a\n",
                """
                'x.dvc' validation failed: 4 errors.

                expected bool, in frozen, line 1, column 9
                  1 frozen: yes

                expected str, in outs -> 0 -> path, line 3, column 9
                  3 - path: 5

                expected int, in outs -> 0 -> size, line 4, column 9
                  4   size: x

                extra keys not allowed, in cmd, line 5, column 6
                  5 cmd: a
                """
            ),
            ("- 1\n", "'x.dvc' validation failed: expected a dictionary."),
            (
                "outs:\n- md5: ../../../../etc/passwd\n  path: a\n",
                """
                'x.dvc' validation failed.

                not a valid value, in outs -> 0 -> md5, line 2, column 8
                  2 - md5: ../../../../etc/passwd
                """
            ),
            (
                "outs:\n- size: -5\n  path: a\n",
                """
                'x.dvc' validation failed.

                expected a number that is not negative, in outs -> 0 -> size, line 2, column 9
                  2 - size: -5
                """
            ),
            (
                "outs:\n- size: 99999999999999999999\n  path: a\n",
                """
                'x.dvc' validation failed.

                number is too large, in outs -> 0 -> size, line 2, column 9
                  2 - size: 99999999999999999999
                """
            ),
            (
                "outs:\n- path: a\n  files:\n  - relpath: b/../../c\n",
                """
                'x.dvc' validation failed.

                not a path inside the directory, in outs -> 0 -> files -> 0 -> relpath, line 4, column 14
                  4   - relpath: b/../../c
                """
            ),
            (
                "outs:\n- md5: d577273ff885c3f84dadb8578bb41399\n",
                """
                'x.dvc' validation failed.

                required key not provided, in outs -> 0 -> path, line 2, column 3
                  2 - md5: d577273ff885c3f84dadb8578bb41399
                """
            ),
            (
                "outs:\n- path: a\n  cloud: {a: {size: 1}, b: {size: 2}}\n",
                """
                'x.dvc' validation failed.

                length of value must be at most 1, in outs -> 0 -> cloud, line 3, column 10
                  3   cloud: {a: {size: 1}, b: {size: 2}}
                """
            ),
        ])
    func schema(text: String, message: String) {
        #expect(summary { _ = try PointerFile(text) } == message)
    }

    @Test("a conflict of Git is recognised, and text that is no YAML is told as such")
    func syntax() {
        let conflict = "outs:\n<<<<<<< HEAD\n- path: a\n=======\n- path: b\n>>>>>>> x\n"
        let first = summary { _ = try PointerFile(conflict) }
        #expect(first.hasPrefix("'x.dvc' is invalid (possible merge conflicts).\n\n"))
        let second = summary { _ = try PointerFile("outs: [\n- path: a\n") }
        #expect(second.hasPrefix("'x.dvc' is invalid.\n\n"))
        #expect(second.contains(", in line "))
    }

    @Test("an empty file is a stage without outputs")
    func emptyFile() throws {
        #expect(try PointerFile("").stage.outputs.isEmpty)
        #expect(try PointerFile("# nothing\n").stage.isDataSource)
    }

    @Test("stages are addressed as seen from a folder")
    func addresses() {
        #expect(Stage(definition: "a/x.dvc").address() == "a/x.dvc")
        #expect(Stage(definition: "a/x.dvc").address(relativeTo: "a") == "x.dvc")
        #expect(Stage(definition: "a/x.dvc").address(relativeTo: "b/c") == "../../a/x.dvc")
        #expect(Stage(definition: "dvc.yaml", name: "s").address() == "s")
        #expect(Stage(definition: "dvc.yaml", name: "s").address(relativeTo: "a") == "../dvc.yaml:s")
        #expect(Stage(definition: "a/dvc.yaml", name: "s").address() == "a/dvc.yaml:s")
        #expect(Stage(definition: "a/dvc.yaml", name: "s").address(relativeTo: "a") == "s")
    }
}
