import Hashing
import Objects
import Storage
import Testing
import Transfers

@Suite("transfer plans") struct TransferPlanTests {
    private func id(_ number: UInt64, directory: Bool = false) -> ObjectID {
        ObjectID(MD5Digest(high: number, low: 0), isDirectory: directory)
    }

    @Test("an object that several groups name is planned once")
    func once() {
        let plan = TransferPlan([
            TransferGroup(files: [id(1), id(2), id(1)]),
            TransferGroup(directory: id(9, directory: true), files: [id(2), id(3)]),
            TransferGroup(directory: id(9, directory: true), files: [id(3), id(2)]),
        ])
        #expect(plan.objects == [id(1), id(2), id(3), id(9, directory: true)])
    }

    @Test("a directory object waits for its files, whichever group named it")
    func withheld() {
        let first = id(8, directory: true)
        let second = id(9, directory: true)
        let plan = TransferPlan([
            TransferGroup(directory: first, files: [id(1), id(2)]), TransferGroup(directory: second, files: [id(2)]),
        ])
        let split = plan.directories(present: [], unavailable: [id(1)])
        #expect(split.ready == [second])
        #expect(split.withheld == [first])
        #expect(plan.directories(present: [first], unavailable: []).ready == [second])
    }

    @Test("a directory object among plain files still goes last")
    func directoryAmongFiles() {
        let plan = TransferPlan([TransferGroup(files: [id(5, directory: true), id(7)])])
        #expect(plan.files == [id(7)])
        #expect(plan.directories.map(\.id) == [id(5, directory: true)])
    }

    @Test("few objects are looked up, many are listed, a huge store is not listed for a few hundred")
    func strategy() {
        let listing = ListingCost(pageSize: 1000)
        #expect(!StatusStrategy.needsEstimate(count: 1, concurrency: 16, listing: listing))
        #expect(!StatusStrategy.needsEstimate(count: 10_000, concurrency: 16, listing: nil))
        #expect(StatusStrategy.needsEstimate(count: 301, concurrency: 16, listing: listing))
        #expect(StatusStrategy.choose(count: 301, prefixes: 180, storeSize: 4096, listing: listing) == .wholeListing)
        #expect(
            StatusStrategy.choose(count: 301, prefixes: 180, storeSize: 1_000_000, listing: listing) == .lookUps)
        #expect(
            StatusStrategy.choose(count: 50_000, prefixes: 256, storeSize: 1_000_000, listing: listing)
                == .prefixListings)
        #expect(
            StatusStrategy.choose(count: 50_000, prefixes: 256, storeSize: 100_000_000, listing: listing) == .lookUps)
    }

    @Test("failures of single objects never end a transfer, failures of the whole store do")
    func breaker() {
        var breaker = FailureBreaker(limit: 3)
        for _ in 0..<10 { breaker.failed(StorageError(.corrupt, "x")) }
        for _ in 0..<10 { breaker.failed(StorageError(.permission, "one folder", systemCode: 13)) }
        #expect(breaker.verdict == nil)
        breaker.failed(StorageError(.unreachable, "x"))
        breaker.failed(StorageError(.unreachable, "x"))
        breaker.succeeded()
        breaker.failed(StorageError(.unreachable, "x"))
        breaker.failed(StorageError(.unreachable, "x"))
        #expect(breaker.verdict == nil)
        breaker.failed(StorageError(.unreachable, "x"))
        #expect(breaker.verdict != nil)
    }
}
