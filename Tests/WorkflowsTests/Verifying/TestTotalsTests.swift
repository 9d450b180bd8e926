import Testing

@testable import Workflows

@Suite("A run that passes without its tests is seen")
struct TestTotalsTests {
    @Test(
        "runners' last words are read",
        arguments: [
            ("..F\nRan 3 tests in 0.001s\n\nFAILED (failures=1)", 3, 0),
            ("Ran 1 test in 0.001s\n\nOK (skipped=1)", 1, 1),
            ("==== 1 failed, 2 passed, 1 skipped, 1 warning in 0.12s ====", 4, 1),
            ("5 passed in 0.01s", 5, 0),
            ("test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s", 4, 1),
            (
                "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured\ntest result: ok. 1 passed; 0 failed; 0 ignored",
                3, 0
            ),
            ("✘ Test run with 7 tests in 2 suites failed after 0.1 seconds with 1 issue.", 7, 0),
        ])
    func reads(tail: String, ran: Int, skipped: Int) {
        let totals = TestTotals(tail)
        #expect(totals?.ran == ran && totals?.skipped == skipped)
    }

    @Test(
        "words that are no totals are none",
        arguments: ["", "all good", "3 passed the exam in May", "Ran out of memory"])
    func none(tail: String) { #expect(TestTotals(tail) == nil) }

    @Test func `absurd numbers are bounded`() {
        let line = "Ran 9223372036854775807 tests in 0.1s\n"
        #expect(TestTotals(line + line)?.ran == 2_000_000_000)
    }

    @Test func `fewer tests, more skipped, or none told of any more aren't a pass`() {
        let before = TestTotals("Ran 3 tests in 0.1s")
        #expect(TestTotals.refusal(before: before, after: TestTotals("Ran 3 tests in 0.1s\n\nOK")) == nil)
        #expect(TestTotals.refusal(before: before, after: TestTotals("Ran 5 tests in 0.1s\n\nOK")) == nil)
        #expect(TestTotals.refusal(before: nil, after: nil) == nil)
        #expect(TestTotals.refusal(before: before, after: nil)?.contains("none of the 3") == true)
        #expect(
            TestTotals.refusal(before: before, after: TestTotals("Ran 2 tests in 0.1s"))?.contains("2 of 3") == true)
        #expect(
            TestTotals.refusal(before: before, after: TestTotals("Ran 3 tests in 0s\nOK (skipped=1)"))?.contains(
                "skipped") == true)
    }
}
