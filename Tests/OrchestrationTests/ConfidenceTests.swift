import Orchestration
import Testing

@Suite struct ConfidenceTests {
    @Test func `without a record anything is as likely as not, and a record moves it by Laplace's rule`() {
        #expect(TrackRecord().mean == 0.5)
        #expect(TrackRecord(verified: 8, refused: 0).mean == 0.9)
        #expect(TrackRecord(verified: 1, refused: 3).mean == 2.0 / 6)
        #expect(TrackRecord(verified: -5, refused: -1) == TrackRecord())
    }

    /// The quantiles have closed forms where one of the counts is 0: `P(θ ≤ x) = x^(v+1)`, and its mirror.
    @Test(arguments: [
        (TrackRecord(), 0.05), (TrackRecord(verified: 1), 0.2236068), (TrackRecord(verified: 9), 0.7411344),
        (TrackRecord(refused: 9), 0.0051162), (TrackRecord(verified: 1, refused: 1), 0.1353504),
    ])
    func `the lower bound is the posterior's quantile`(record: TrackRecord, bound: Double) {
        #expect(abs(record.lowerBound() - bound) < 1e-6)
    }

    @Test func `more of the same brings the bound nearer to the mean, and even huge counts have one`() {
        let bounds = [1, 10, 100, 1_000, 1_000_000].map { TrackRecord(verified: 3 * $0, refused: $0).lowerBound() }
        #expect(bounds.prefix(4) == bounds.prefix(4).sorted()[...])
        #expect(bounds.allSatisfy { $0 > 0.3 && $0 < 0.75 })
        #expect(abs(bounds[4] - bounds[3]) < 0.01)
        #expect(TrackRecord(verified: .max, refused: .max).lowerBound() < 0.5)
        let bound = TrackRecord(verified: 5, refused: 5)
        #expect(bound.lowerBound(credibility: 0.99) < bound.lowerBound(credibility: 0.9))
    }

    @Test func `a pair's own results count in full, the model's other roles as four at most`() {
        let records = TrackRecords([
            ("Coder", "a", 6, 2), ("Coder", "a", 2, 0), ("Logic Analyst", "a", 0, 400), ("Coder", "b", 1, 0),
        ])
        #expect(records.record(specialist: "Coder", model: "a") == TrackRecord(verified: 8, refused: 6))
        #expect(records.record(specialist: "QA", model: "b") == TrackRecord(verified: 1))
        #expect(records.record(specialist: "QA", model: "unknown") == TrackRecord())
        #expect(records.best(of: [("Coder", "a"), ("Coder", "b")]) == TrackRecord(verified: 1))
        #expect(records.best(of: []) == TrackRecord())
    }

    @Test func `what one source says alone, unchecked and without a record, is worth a coin`() {
        #expect(Confidence(agreeing: 1, independent: 1).value == 0.5)
        #expect(Confidence(agreeing: 0, independent: 0).value == 0.5)
        #expect(abs(Confidence(agreeing: 3, independent: 3).value - 0.75) < 1e-12)
        #expect(abs(Confidence(agreeing: 1, independent: 3).value - 0.25) < 1e-12)
        #expect(abs(Confidence(agreeing: 1, independent: 1, evidence: .found).value - 2.0 / 3) < 1e-12)
        #expect(Confidence(agreeing: 1, independent: 1, evidence: .verified).value == 0.99)
        // Two of three, with a record of 0.9: odds of 1 × 9.
        let known = Confidence(agreeing: 2, independent: 3, record: TrackRecord(verified: 8))
        #expect(abs(known.value - 0.9) < 1e-12)
    }

    @Test func `it lies between 0 and 1, and each thing that speaks for it raises it`() {
        let kinds = Confidence.Evidence.allCases
        #expect(kinds == kinds.sorted())
        for independent in 1...5 {
            for agreeing in 1...independent {
                for verified in [0, 1, 20] {
                    for refused in [0, 1, 20] {
                        for (number, kind) in kinds.enumerated() {
                            func made(
                                _ agreeing: Int, _ independent: Int, _ kind: Confidence.Evidence, _ good: Int,
                                _ bad: Int
                            ) -> Double {
                                Confidence(
                                    agreeing: agreeing, independent: independent, evidence: kind,
                                    record: TrackRecord(verified: good, refused: bad)
                                ).value
                            }
                            let value = made(agreeing, independent, kind, verified, refused)
                            #expect(value > 0 && value < 1)
                            #expect(made(agreeing - 1, independent, kind, verified, refused) < value)
                            #expect(made(agreeing, independent + 1, kind, verified, refused) < value)
                            #expect(made(agreeing, independent, kind, verified + 1, refused) > value)
                            #expect(made(agreeing, independent, kind, verified, refused + 1) < value)
                            if number > 0 {
                                #expect(made(agreeing, independent, kinds[number - 1], verified, refused) < value)
                            }
                            let whole = Confidence(
                                agreeing: agreeing, independent: independent, evidence: kind,
                                record: TrackRecord(verified: verified, refused: refused))
                            #expect(whole.lower > 0 && whole.lower < whole.value)
                        }
                    }
                }
            }
        }
    }
}
