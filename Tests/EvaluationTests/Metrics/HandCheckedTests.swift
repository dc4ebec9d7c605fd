import Evaluation
import Testing

@Suite struct HandCheckedTests {
    @Test("the area under a curve with ties counts each tie half")
    func areaWithTies() throws {
        let area = try RankingMetrics.rocAUC(
            positives: [false, false, true, true, true, false], scores: [0.1, 0.4, 0.4, 0.8, 0.4, 0.2])
        #expect(area == 0.8888888888888889)
    }
}
