import FileSystem
import TestSupport
import Testing

@Suite("varve checkout")
struct CheckoutCommandTests {
    private func tracked() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("data/a", "a\n")
        try repository.write("b", "b\n")
        try repository.varve("add", "data", "b").succeeds()
        try repository.commitAll()
        return repository
    }

    @Test("brings missing data back and says what it did")
    func restores() throws {
        let repository = try tracked()
        try repository.remove("data")
        try repository.remove("b")
        let run = try repository.varve("checkout").succeeds()
        #expect(run.output.contains("A\tdata/\n") || run.output.contains("A       data/"), "\(run)")
        #expect(try repository.read("data/a") == "a\n")
        try repository.varve("checkout").prints("")
    }

    @Test("refuses to overwrite what is nowhere else, until forced")
    func keepsUnsaved() throws {
        let repository = try tracked()
        try repository.write("data/new", "precious\n")
        try repository.write("b", "edited\n")
        try repository.varve("checkout").fails(saying: "unsaved")
        #expect(try repository.read("data/new") == "precious\n")
        #expect(try repository.read("b") == "edited\n")
        try repository.varve("checkout", "--force").succeeds()
        #expect(!repository.exists("data/new"))
        #expect(try repository.read("b") == "b\n")
    }

    @Test("of a target that nothing tracks ends with status 255")
    func unknownTarget() throws {
        let repository = try tracked()
        try repository.varve("checkout", "unknown").fails(status: 255, saying: "unknown")
    }

    @Test("without the objects fails with status 255 and does the rest")
    func missingObject() throws {
        let repository = try tracked()
        try repository.remove("data")
        try repository.remove("b")
        try repository.remove(".dvc/cache/files/md5/" + "3b/5d5c3712955042212316173ccf37be")
        let run = try repository.varve("checkout").fails()
        #expect(repository.exists("data/a"), "\(run)")
    }
}
