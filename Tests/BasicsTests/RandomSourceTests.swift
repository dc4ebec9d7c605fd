import Testing

@testable import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("random numbers") struct RandomSourceTests {
    @Test("SplitMix64 gives the published numbers for seed 1234567")
    func splitMix() {
        var source = SplitMix64(state: 1_234_567)
        #expect(
            (0..<5).map { _ in source.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("xoshiro256** gives the published numbers from the state 1, 2, 3, 4")
    func xoshiro() {
        var source = RandomSource(state: (1, 2, 3, 4), seed: 0)
        #expect(
            (0..<10).map { _ in source.next() } == [
                11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
                607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
                10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
            ])
    }

    @Test("a seed's numbers never change from one version to the next")
    func pinned() {
        var source = RandomSource(seed: 42)
        #expect(source.next() == 1_546_998_764_402_558_742)
        var part = RandomSource(seed: 42).split(7)
        var same = source.split(7)
        #expect(part.next() == same.next())
        var other = source.split(8)
        #expect(part.next() != other.next())
    }

    @Test("whole numbers below a bound are all there, about as often, and never the bound")
    func below() {
        var source = RandomSource(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[source.below(7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
        #expect(source.below(1) == 0 && source.below(0) == 0 && source.below(-3) == 0)
        #expect((0..<100).allSatisfy { _ in (0..<Int.max).contains(source.below(.max)) })
    }

    @Test("uniform numbers fill 0 to 1, normal ones have mean 0, deviation 1 and the tails of the bell")
    func continuous() {
        var source = RandomSource(seed: 3)
        let uniform = (0..<100_000).map { _ in source.uniform() }
        #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(uniform.reduce(0, +) / 100_000 - 0.5) < 0.005)
        let normal = (0..<100_000).map { _ in source.normal() }
        let mean = normal.reduce(0, +) / 100_000
        let variance = normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean) < 0.015 && abs(variance - 1) < 0.02)
        #expect(abs(normal.count { abs($0) > 1.959964 } - 5000) < 300)
    }

    @Test("the logarithm, which no C library is asked for, is the right one to two units in the last place")
    func logarithm() {
        var source = RandomSource(seed: 4)
        for _ in 0..<10_000 {
            let number = source.uniform() + 0x1p-60
            let known = log(number)
            #expect(abs(RandomSource.logarithm(number) - known) <= 2 * known.ulp)
        }
    }

    @Test("a shuffle keeps every item, and each comes to each place about as often")
    func shuffle() {
        var source = RandomSource(seed: 5)
        var places = [Int](repeating: 0, count: 5)
        for _ in 0..<10_000 {
            var items = [0, 1, 2, 3, 4]
            source.shuffle(&items)
            #expect(items.sorted() == [0, 1, 2, 3, 4])
            places[items.firstIndex(of: 0) ?? 0] += 1
        }
        #expect(places.allSatisfy { abs($0 - 2000) < 200 })
    }
}
