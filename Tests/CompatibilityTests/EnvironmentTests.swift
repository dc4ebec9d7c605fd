import TestSupport
import Testing

@Suite("The machine that runs these tests")
struct EnvironmentTests {
    @Test(
        "has a DVC to compare with where the tests run on their own",
        .enabled(if: BuiltProgram.variable("CI") == "true"))
    func hasDVC() {
        #expect(BuiltProgram.dvc != nil, "VARVE_TEST_DVC is to name the dvc program")
    }
}
