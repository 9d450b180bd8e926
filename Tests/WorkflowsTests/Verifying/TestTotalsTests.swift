import Diagnostics
import Testing

@testable import Workflows

@Suite("A run that passes without its tests is seen")
struct TestTotalsRefusalTests {
    @Test func `fewer tests, more skipped, or none told of any more aren't a pass`() {
        let before = TestTotals(ran: 3, skipped: 0)
        #expect(TestTotals.refusal(before: before, after: TestTotals(ran: 3, skipped: 0)) == nil)
        #expect(TestTotals.refusal(before: before, after: TestTotals(ran: 5, skipped: 0)) == nil)
        #expect(TestTotals.refusal(before: nil, after: nil) == nil)
        #expect(TestTotals.refusal(before: before, after: nil)?.contains("none of the 3") == true)
        #expect(
            TestTotals.refusal(before: before, after: TestTotals(ran: 2, skipped: 0))?.contains("2 of 3") == true)
        #expect(
            TestTotals.refusal(before: before, after: TestTotals(ran: 3, skipped: 1))?.contains(
                "skipped") == true)
    }
}
