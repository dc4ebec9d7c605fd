import Basics
import Hashing
import TestSupport
import Testing

@testable import Preparation

@Suite("splits and samples") struct SplitTests {
    private func table(_ rows: Range<Int>) -> String {
        "id,species,patient,date\n"
            + rows.map { row in
                let day = 1 + row * 7 % 28
                return "k\(row),\(row % 10 < 7 ? "a" : row % 10 < 9 ? "b" : "c"),p\(row % 23),"
                    + "2024-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1)-\(day < 10 ? "0" : "")\(day)"
            }.joined(separator: "\n") + "\n"
    }

    private func sides(_ rows: Range<Int>, _ split: String) throws -> [String: [String]] {
        let bench = Workbench()
        try bench.prepare(table(rows), "[{\"split\": \(split)}]")
        return try ["train", "valid", "test"].reduce(into: [:]) { $0[$1] = try bench.rows($1) }
    }

    private static let ratios = "\"ratios\": {\"train\": 0.7, \"valid\": 0.15, \"test\": 0.15}"

    @Test("rows split by the hash of a key keep their side as data grows, in whatever order it comes")
    func growth() throws {
        let split = "{\(Self.ratios), \"by\": \"hash\", \"key\": \"id\", \"seed\": 3}"
        let before = try sides(0..<400, split)
        let after = try sides(0..<900, split)
        for (side, rows) in before {
            #expect(Set(after[side] ?? []).isSuperset(of: rows))
            #expect(rows.count > 30)
        }
        let other = try sides(0..<400, "{\(Self.ratios), \"by\": \"hash\", \"key\": \"id\", \"seed\": 4}")
        #expect(other["train"] != before["train"])
    }

    @Test("the hash is SHA-256 of seed, zero byte and key, as the guide says")
    func documentedHash() throws {
        let train = try sides(0..<50, "{\(Self.ratios), \"key\": \"id\", \"seed\": 3}")["train"] ?? []
        let expected = (0..<50).filter { row in
            let digest = SHA256.digest(of: Array("3\0k\(row)".utf8).withUnsafeBytes { $0 })
            return Double(digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) / 0x1p64 < 0.7
        }
        #expect(train.map { String($0.prefix { $0 != "," }) } == expected.map { "k\($0)" })
    }

    @Test("every row is on one side, in the order of the file, and random sides have the size that was asked for")
    func random() throws {
        let found = try sides(0..<200, "{\(Self.ratios), \"by\": \"random\", \"seed\": 1}")
        #expect(found["train"]?.count == 140 && found["valid"]?.count == 30 && found["test"]?.count == 30)
        let all = Set(found.values.joined())
        #expect(all.count == 200)
        let numbers = (found["train"] ?? []).compactMap { Int($0.dropFirst().prefix { $0 != "," }) }
        #expect(numbers == numbers.sorted())
        #expect(numbers != Array(0..<140))
        #expect(try sides(0..<200, "{\(Self.ratios), \"by\": \"random\", \"seed\": 2}")["train"] != found["train"])
        #expect(try sides(0..<200, "{\(Self.ratios), \"by\": \"random\", \"seed\": 1}") == found)
    }

    @Test("a stratified split has the ratios in every stratum")
    func stratified() throws {
        let found = try sides(0..<400, "{\(Self.ratios), \"by\": \"stratified\", \"stratify\": \"species\"}")
        for (species, count) in [("a", 280.0), ("b", 80.0), ("c", 40.0)] {
            for (side, ratio) in [("train", 0.7), ("valid", 0.15), ("test", 0.15)] {
                let rows = found[side]?.count { $0.contains(",\(species),") } ?? 0
                #expect(abs(Double(rows) - count * ratio) <= 1, "\(species) on \(side)")
            }
        }
        #expect(found["train"]?.count == 280)
    }

    @Test("roundings do not add up over strata, however small they are")
    func quotas() {
        let quotas = RowQuotas.quotas(of: [Int](repeating: 1, count: 100), ratios: [0.7, 0.15, 0.15])
        #expect(quotas.allSatisfy { $0.reduce(0, +) == 1 && $0.allSatisfy { $0 >= 0 } })
        #expect(quotas.reduce(0) { $0 + $1[0] } == 70)
        #expect(RowQuotas.quotas(of: [10], ratios: [0.7, 0.3]) == [[7, 3]])
        #expect(RowQuotas.quotas(of: [0, 3], ratios: [0.5, 0.5]) == [[0, 0], [2, 1]])
    }

    @Test("rows of one group are on one side")
    func group() throws {
        let found = try sides(0..<400, "{\(Self.ratios), \"by\": \"group\", \"group\": \"patient\"}")
        let groups = found.mapValues { rows in Set(rows.map { $0.split(separator: ",")[2] }) }
        let train = groups["train"] ?? []
        #expect(train.isDisjoint(with: groups["test"] ?? []) && train.isDisjoint(with: groups["valid"] ?? []))
        #expect(!train.isEmpty)
    }

    @Test("a split by time has the past in training, and a moment on one side only")
    func time() throws {
        let found = try sides(0..<400, "{\(Self.ratios), \"by\": \"time\", \"time\": \"date\"}")
        let dates = found.mapValues { rows in rows.map { String($0.split(separator: ",")[3]) } }
        let (train, valid, test) = (dates["train"] ?? [], dates["valid"] ?? [], dates["test"] ?? [])
        #expect(try #require(train.max()) < #require(valid.min()))
        #expect(try #require(valid.max()) < #require(test.min()))
        #expect(abs(train.count - 280) < 20)
    }

    @Test("every choice of rows is about as likely as the other")
    func fairness() {
        var hits = [Int](repeating: 0, count: 10)
        for seed in 0..<3000 {
            var quotas = RowQuotas([3, 7], random: RandomSource(seed: UInt64(seed)))
            for row in 0..<10 where quotas.next() == 0 { hits[row] += 1 }
        }
        #expect(hits.allSatisfy { abs($0 - 900) < 110 }, "\(hits)")
    }

    @Test("samples have the size asked for, and by the hash of a key keep their rows as data grows")
    func sample() throws {
        func sample(_ rows: Range<Int>, _ options: String) throws -> Set<String> {
            let bench = Workbench()
            try bench.prepare(table(rows), "[{\"sample\": \(options)}]")
            return Set(try bench.rows("prepared"))
        }
        #expect(try sample(0..<200, "{\"count\": 30, \"seed\": 1}").count == 30)
        #expect(try sample(0..<200, "{\"fraction\": 0.25}").count == 50)
        #expect(try sample(0..<20, "{\"count\": 30}").count == 20)
        let before = try sample(0..<300, "{\"fraction\": 0.3, \"key\": \"id\"}")
        #expect((60...120).contains(before.count))
        #expect(try sample(0..<600, "{\"fraction\": 0.3, \"key\": \"id\"}").isSuperset(of: before))
    }

    @Test("of rows that are the same, or have the same keys, the first stays")
    func dedupe() throws {
        let bench = Workbench()
        #expect(try bench.prepared("a,b\n1,x\n1,x\n1,y\n2,x\n1,x\n", "[\"dedupe\"]") == "a,b\n1,x\n1,y\n2,x\n")
        #expect(try bench.prepared("a,b\n1,x\n2,x\n2,y\n", "[{\"dedupe\": {\"keys\": [\"b\"]}}]") == "a,b\n1,x\n2,y\n")
    }
}
