import Testing

@testable import Diagnostics

@Suite("A log tells how many tests ran")
struct TestTotalsTests {
    private func totals(_ text: String) -> TestTotals? { BuildLog.read(Array(text.utf8), root: "/r").tests }

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
        let totals = totals(tail)
        #expect(totals?.ran == ran && totals?.skipped == skipped)
    }

    @Test(
        "words that are no totals are none",
        arguments: ["", "all good", "3 passed the exam in May", "Ran out of memory"])
    func none(tail: String) { #expect(totals(tail) == nil) }

    @Test func `absurd numbers are bounded`() {
        let line = "Ran 9223372036854775807 tests in 0.1s\n"
        #expect(totals(line + line)?.ran == 2_000_000_000)
    }

    @Test func `totals count from anywhere in a log, however much stands behind them`() {
        let noise = (0..<500).map { "   Compiling crate-\($0)\n" }.joined()
        let one = "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n"
        #expect(totals(one + noise + one) == TestTotals(ran: 6, skipped: 2))
        #expect(totals("\u{1b}[32m\u{1b}[1m3 passed\u{1b}[0m in 0.01s\n" + noise) == TestTotals(ran: 3, skipped: 0))
        #expect(totals(noise) == nil)
    }
}
