import Inference
import Testing

@testable import Orchestration

@Suite struct SlotSearchTests {
    /// What a server with so many slots says of an answer that was made with others at once.
    private func usage(waited: Double) -> Usage {
        Usage(
            promptTokens: 100, answerTokens: 50, loadDuration: 0.01, promptDuration: 0.5, answerDuration: 2,
            totalDuration: 2.52 + waited, elapsed: 2.6 + waited)
    }

    @Test func `slots are added while nothing waits, and taken back for good when something does`() {
        var search = SlotSearch()
        #expect(search.slots == 1)
        for expected in 2...4 {
            let changed1 = search.learn(usage(waited: 0), wasFull: true)
            #expect(changed1)
            #expect(search.slots == expected)
        }
        let changed2 = search.learn(usage(waited: 2), wasFull: true)
        #expect(changed2)
        #expect(search.slots == 3)
        let changed3 = search.learn(usage(waited: 0), wasFull: true)
        #expect(!changed3)
        #expect(search.slots == 3)
    }

    @Test func `an answer with slots to spare shows nothing, nor does one without durations`() {
        var search = SlotSearch()
        let changed4 = search.learn(usage(waited: 0), wasFull: false)
        #expect(!changed4)
        let changed5 = search.learn(Usage(promptTokens: 1, answerTokens: 1, elapsed: 3), wasFull: true)
        #expect(!changed5)
        #expect(search.slots == 1)
    }

    @Test func `there is an end to it`() {
        var search = SlotSearch()
        for _ in 0..<100 { _ = search.learn(usage(waited: 0), wasFull: true) }
        #expect(search.slots == SlotSearch.most)
    }
}
