import Orchestration
import Testing

@testable import Workflows

@Suite("Votes and their weights")
struct TallyTests {
    @Test func `an unknown expert counts one, a good record more, a quote that isn't there less`() {
        #expect(VoteWeight(record: TrackRecord()).value == 1)
        #expect(VoteWeight(record: TrackRecord(verified: 8, refused: 0)).value > 1.7)
        #expect(VoteWeight(record: TrackRecord(verified: 0, refused: 8)).value < 0.3)
        #expect(VoteWeight(record: TrackRecord(), cited: 1, found: 0).value == 0.5)
        #expect(VoteWeight(record: TrackRecord(), cited: 3, found: 3).value == 1)
        #expect(VoteWeight(record: TrackRecord(), cited: 1, found: 5).value == 1)
    }

    @Test func `weight decides, not heads`() {
        let tally = Tally(groups: [[0, 1], [2]], weights: [0.5, 0.5, 1.5])
        #expect(tally.winner == [2])
        #expect(tally.share([2]) == 0.6)
        #expect(tally.support(at: 0) == 0.6)
    }

    @Test func `of two with equal weight the one with more voices leads, then the first`() {
        #expect(Tally(groups: [[0], [1, 2]], weights: [1, 0.5, 0.5]).winner == [1, 2])
        #expect(Tally(groups: [[0], [1]], weights: [1, 1]).winner == [0])
        #expect(Tally(groups: [], weights: []).winner == [])
    }

    @Test func `a rank counts half as much as the votes, and overturns no more than three quarters`() {
        let tally = Tally(groups: [[0, 1], [2]], weights: [1, 1, 1], ranks: [0.2, 0.9])
        #expect(tally.winner == [2])
        #expect(abs(tally.support(at: 0) - (2.0 / 3 + 0.9) / 3) < 1e-12)
        #expect(Tally(groups: [[0, 1, 2, 3], [4]], weights: [1, 1, 1, 1, 1], ranks: [0, 1]).winner == [0, 1, 2, 3])
        #expect(tally.ranks == [0.9, 0.2])
    }

    @Test func `a vote is settled when those who are still out can't change who leads, and no sooner`() {
        func settled(_ groups: [[Int]], _ weights: [Double], _ out: [Double]) -> Bool {
            Tally(groups: groups, weights: weights).isSettled(outstanding: out)
        }
        #expect(settled([[0, 1, 2]], [1, 1, 1], [1, 1]))
        #expect(!settled([[0, 1], [2]], [1, 1, 1], [1, 1]))
        #expect(!settled([[0, 1], [2]], [1, 1, 1], [1]), "a tie may still come")
        #expect(!settled([[0, 1]], [1, 1], [1]), "two voices are too few to tell of dissent")
        #expect(!settled([[0, 1, 2]], [1, 1, 1], [2, 2]), "they may weigh more")
        #expect(settled([[0]], [1], []))
    }

    /// Whatever the rest says, who leads stays who leads.
    @Test func `settled is settled for every way in which the rest can vote`() {
        for votes in [[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0, 1], [0, 0, 1, 0], [1, 0, 0, 0, 0]] {
            func groups(_ votes: [Int]) -> [[Int]] {
                (0..<4).map { name in votes.indices.filter { votes[$0] == name } }.filter { !$0.isEmpty }
            }
            let now = Tally(groups: groups(votes), weights: votes.map { _ in 1 })
            for out in 1...2 where now.isSettled(outstanding: Array(repeating: 1, count: out)) {
                for code in 0..<(out == 1 ? 4 : 16) {
                    let all = votes + (out == 1 ? [code] : [code % 4, code / 4])
                    let then = Tally(groups: groups(all), weights: all.map { _ in 1 })
                    #expect(then.winner.contains(now.winner[0]), "\(votes) then \(all)")
                }
            }
        }
    }

    @Test func `votes for a patch that isn't verified never win`() {
        func proposal(_ seat: Int, _ text: String, verified: Bool, lines: Int = 2) -> PatchHearing.Proposal {
            let contents = ["a.c": SourceText(text)]
            let candidate = Candidate(id: "p", title: "t", source: "s", causes: [], contents: contents, origins: [:])
            return PatchHearing.Proposal(
                seat: seat, weight: 1, contents: contents, text: text, changedLines: lines, verdict: "",
                steps: verified ? [FixStep(candidate: candidate, causes: [])] : [])
        }
        let crowd = [
            proposal(0, "bad", verified: false), proposal(1, "bad", verified: false),
            proposal(2, "good", verified: true),
        ]
        #expect(ConsensusPatch.tally(crowd, ranks: nil).groups == [[2], [0, 1]])
        let tied = [proposal(0, "long", verified: true, lines: 9), proposal(1, "short", verified: true)]
        #expect(ConsensusPatch.tally(tied, ranks: nil).groups == [[1], [0]], "the smaller change")
        #expect(ConsensusPatch.tally(tied, ranks: [1, 0]).groups == [[0], [1]], "unless the others rank it last")
        let voted = tied + [proposal(2, "long", verified: true, lines: 9)]
        #expect(ConsensusPatch.tally(voted, ranks: nil).groups == [[0, 2], [1]])
    }
}
