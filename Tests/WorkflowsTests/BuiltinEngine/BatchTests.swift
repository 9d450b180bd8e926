import Diagnostics
import Testing

@testable import Workflows

@Suite("Proposals of several rules are tried together where they can stand beside each other")
struct BatchTests {
    private func choice(
        _ line: Int, _ range: Range<Int>, _ text: String, _ grounds: Proposal.Grounds
    ) -> (cause: RootCause, proposal: Proposal) {
        let diagnostic = BuildLog.read(Array("a.c:\(line):1: error: wrong \(line)\n".utf8), root: "/r").rootCauses[0]
        return (
            diagnostic,
            Proposal("Put \(text)", edits: [Edit(file: "a.c", range: range, replacement: text)], grounds: grounds)
        )
    }

    @Test func `better grounds win a place, the same edit mends both causes, and who gave way is told`() {
        let batch = BuiltinStage.compatible([
            choice(1, 0..<3, "a guess", .resemblance), choice(2, 2..<2, ";", .fixIt),
            choice(3, 9..<9, "}", .likelySlip),
            choice(4, 9..<9, "}", .likelySlip),
        ])
        #expect(batch.entries.map(\.title) == ["Put ;", "Put }"])
        #expect(batch.entries.map(\.causes.count) == [1, 2])
        #expect(
            batch.refused.map(\.text) == [
                "Put a guess (a.c:1): overlaps with Put ; (a.c:2) in a.c, which has more to say for it"
            ])
    }
}
