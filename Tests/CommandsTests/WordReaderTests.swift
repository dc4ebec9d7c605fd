import Testing

@testable import Commands

/// What argparse makes of words; messages were taken from DVC 3.67.1.
@Suite("words of the command line")
struct WordReaderTests {
    private func read(_ words: String...) throws -> SampleCommand {
        try #require(try SampleCommand.parsed(from: words) as? SampleCommand)
    }

    private func refusal<C: VarveCommand>(_ type: C.Type = SampleCommand.self, _ words: String...) -> String? {
        do {
            _ = try type.parsed(from: words)
            return nil
        } catch {
            return error.summary
        }
    }

    @Test("values may stand apart, after =, or joined to a short option")
    func values() throws {
        for words in [["-j", "4"], ["-j4"], ["-j=4"], ["--jobs", "4"], ["--jobs=4"], ["--jo", "4"], ["--j=4"]] {
            let command = try #require(try SampleCommand.parsed(from: words + ["a"]) as? SampleCommand)
            #expect(command.jobs == 4)
            #expect(command.targets == ["a"])
        }
    }

    @Test("short flags run together, the last with its value")
    func bundles() throws {
        let command = try read("-faj4", "-qq", "-x5")
        #expect(command.force && command.allBranches && command.jobs == 4 && command.x == "5")
        #expect(command.global.quiet == 2)
        #expect(refusal(SampleCommand.self, "-fZ") == "argument -f/--force: ignored explicit argument 'Z'")
    }

    @Test("a long option may be cut short while it means one option")
    func abbreviations() throws {
        #expect(try read("--all-b").allBranches)
        #expect(
            refusal(SampleCommand.self, "--al") == "ambiguous option: --al could match --all-branches, --all-tags")
        #expect(
            refusal(SampleCommand.self, "--re", "x")
                == "ambiguous option: --re could match --remote, --rev, --remote-config")
        #expect(try read("--remote", "r").remote == "r")
    }

    @Test("words after -- are values, whatever they look like")
    func terminator() throws {
        #expect(try read("-f", "--", "-j", "--all").targets == ["-j", "--all"])
    }

    @Test("options may follow positional words, and positional words options")
    func interleaved() throws {
        let command = try read("a", "-f", "b", "--jobs", "2", "c")
        #expect(command.targets == ["a", "b", "c"])
        #expect(command.force && command.jobs == 2)
    }

    @Test("numbers below zero, a dash, words with spaces and no words at all are values")
    func dashedValues() throws {
        let command = try read("--precision", "-3", "-", "-1.5", "-Z b", "--remote", "", "")
        #expect(command.precision == -3)
        #expect(command.targets == ["-", "-1.5", "-Z b", ""])
        #expect(command.remote == "")
    }

    @Test("a value that looks like an option needs the =")
    func optionLikeValues() throws {
        #expect(refusal(SampleCommand.self, "-r", "-f") == "argument -r/--remote: expected one argument")
        #expect(try read("--remote=--force").remote == "--force")
        #expect(try read("-x=-5").x == "-5")
    }

    @Test("an option of many values takes words up to the next option, or none")
    func manyValues() throws {
        #expect(try read("--remote-config", "a=1", "b=2", "-f").settings == ["a=1", "b=2"])
        #expect(try read("--remote-config", "a=1", "--remote-config", "b=", "--", "t").settings == ["a=1", "b="])
        let none = try read("t", "--remote-config", "-f")
        #expect(none.settings.isEmpty && none.targets == ["t"])
    }

    @Test("an option may stand without its value where the dialect says so")
    func bareValues() throws {
        #expect(try read("--untracked-files", "-f").untrackedFiles == .all)
        #expect(try read("--untracked-files=no").untrackedFiles == .no)
        #expect(try read("--rev").rev == nil)
        #expect(try read("--rev", "main").rev == "main")
        #expect(
            refusal(SampleCommand.self, "--untracked-files", "x")
                == "argument --untracked-files: invalid choice: 'x' (choose from 'no', 'all')")
    }

    @Test("the last of repeated options counts, unless they add up")
    func repetition() throws {
        let command = try read(
            "-j1", "-j2", "-I", "a", "--include", "b", "-f", "-f", "--run-cache", "--no-run-cache", "--run-cache")
        #expect(command.jobs == 2)
        #expect(command.include == ["a", "b"])
        #expect(command.force && command.runCache)
    }

    @Test("options that exclude one another are refused in the order given")
    func exclusive() {
        #expect(
            refusal(SampleCommand.self, "-q", "-v")
                == "argument -v/--verbose: not allowed with argument -q/--quiet")
        #expect(
            refusal(SampleCommand.self, "--local", "--global") == "argument --global: not allowed with argument --local"
        )
        #expect(refusal(SampleCommand.self, "--local", "--local") == nil)
    }

    @Test("what is wrong is said in argparse's words")
    func refusals() {
        #expect(refusal(SampleCommand.self, "-j", "x") == "argument -j/--jobs: invalid int value: 'x'")
        #expect(refusal(SampleCommand.self, "-j") == "argument -j/--jobs: expected one argument")
        #expect(refusal(SampleCommand.self, "--force=1") == "argument -f/--force: ignored explicit argument '1'")
        #expect(refusal(SampleCommand.self, "--bad", "-Z", "x") == "unrecognized arguments: --bad -Z")
        #expect(refusal(PairCommand.self, "a") == "the following arguments are required: path")
        #expect(refusal(PairCommand.self) == "the following arguments are required: url, path")
        #expect(refusal(PairCommand.self, "a", "b", "c", "d", "e") == "unrecognized arguments: d e")
        #expect(refusal(PassingCommand.self, "true") == "the following arguments are required: -n/--name")
    }

    @Test("a mistyped option gets a suggestion")
    func suggestion() {
        #expect(throws: UsageError("unrecognized arguments: --froce", remedy: "did you mean '--force'?")) {
            try SampleCommand.parsed(from: ["--froce"])
        }
    }

    @Test("a command that hands words on takes all of them from the first, dashes included")
    func passing() throws {
        func command(_ words: String...) throws -> PassingCommand {
            try #require(try PassingCommand.parsed(from: words) as? PassingCommand)
        }
        let plain = try command("-n", "x", "-d", "a", "python", "-d", "b", "--", "-n")
        #expect(plain.command == ["python", "-d", "b", "--", "-n"] && plain.deps == ["a"] && plain.name == "x")
        #expect(try command("-n", "x", "--", "-c", "y").command == ["-c", "y"])
    }

    @Test("help is noticed wherever an option may stand, and nowhere else")
    func help() throws {
        #expect(try SampleCommand.parsed(from: ["a", "-fh"]) == nil)
        #expect(try SampleCommand.parsed(from: ["--hel"]) == nil)
        #expect(try read("--", "--help").targets == ["--help"])
        #expect(try read("--remote=-h").remote == "-h")
    }

    @Test("no words make the reader trap")
    func hostile() {
        let pieces = [
            "-", "--", "---", "-=", "--=", "=", "", "-j", "--jobs=", "-é", "--é=ü", "-\u{0}", "-1.", "-f\u{301}",
        ]
        let readers = [
            WordReader(CommandGrammar(of: SampleCommand.self), SampleCommand.dialect),
            WordReader(CommandGrammar(of: PassingCommand.self), PassingCommand.dialect),
        ]
        for first in pieces {
            _ = try? SampleCommand.parsed(from: [first, "x"])
            for second in pieces {
                for reader in readers { _ = try? reader.read([first, second, first]) }
            }
        }
        #expect(refusal(SampleCommand.self, "---") == "unrecognized arguments: ---")
    }
}
