import Orchestration
import Testing

@Suite struct SynthesisTests {
    @Test func `merge-all has every result in order, failures included`() {
        let made = Synthesis.make(
            .mergeAll, of: [Sample.result("a", "first"), Sample.result("b", nil), Sample.result("c", "third")])
        #expect(
            made.text == "## Analyst: a\n\nfirst\n\n## Analyst: b\n\nNo result: it broke.\n\n## Analyst: c\n\nthird")
        #expect(made.sources == ["a", "c"] && made.failures == ["b"])
        let hooked = Synthesis.make(.mergeAll, of: [Sample.result("a", "x")], merge: { "\($0.count) merged" })
        #expect(hooked.text == "1 merged")
    }

    @Test func `use-first-result takes who was first, not who is listed first`() {
        let results = [
            Sample.result("a", "slow", ended: 9), Sample.result("b", nil, ended: 1),
            Sample.result("c", "fast", ended: 3),
        ]
        let made = Synthesis.make(.useFirstResult, of: results)
        #expect(made.text == "fast" && made.sources == ["c"])
        #expect(Synthesis.make(.useFirstResult, of: [Sample.result("b", nil)]).text == "")
    }

    @Test func `consensus counts votes whatever their dress`() {
        let made = Synthesis.make(
            .consensus,
            of: [
                Sample.result("a", "Use B."), Sample.result("b", "use  **b**"), Sample.result("c", "Use A"),
                Sample.result("d", nil),
            ])
        #expect(made.agreement == 2.0 / 3)
        #expect(made.winner == "a" && made.text == "Use B.")
        #expect(made.dissent.map(\.task) == ["c"])
        #expect(made.failures == ["d"])
    }

    @Test func `one word can turn a sentence around`() {
        let yes = "We should move the parser into its own module because the tests need it"
        let no = "We should not move the parser into its own module because the tests need it"
        let alike = "We should move the parser into its own module, because our tests need it"
        func agreement(_ a: String, _ b: String) -> Double? {
            Synthesis.make(.consensus, of: [Sample.result("a", a), Sample.result("b", b)]).agreement
        }
        #expect(agreement(yes, no) == 0.5)
        #expect(agreement(yes, alike) == 1)
        #expect(
            agreement(
                "retry 3 times at most when the server says busy", "retry 5 times at most when the server says busy")
                == 0.5)
    }

    @Test func `who has read the others doesn't vote but words the result`() {
        let results = [
            Sample.result("a", "yes"), Sample.result("b", "yes"), Sample.result("c", "no"),
            Sample.result("s", "All told: yes.", after: ["a", "b", "c"]),
        ]
        let made = Synthesis.make(.consensus, of: results)
        #expect(made.text == "All told: yes.")
        #expect(made.agreement == 2.0 / 3)
        #expect(made.sources == ["a", "b", "c"])
    }

    @Test func `the part of a reply that is the vote can be named`() {
        let results = [Sample.result("a", "yes; for one reason"), Sample.result("b", "yes; for another")]
        let made = Synthesis.make(
            .consensus, of: results, vote: { String(($0.text ?? "").prefix { $0 != ";" }) })
        #expect(made.agreement == 1)
    }

    @Test func `the confidence of a consensus rests on who agrees and how they have fared`() {
        let results = [Sample.result("a", "Use B."), Sample.result("b", "use b"), Sample.result("c", "Use A")]
        let plain = Synthesis.make(.consensus, of: results).confidence
        #expect(plain?.agreeing == 2 && plain?.independent == 3)
        #expect(plain?.value == 0.5)
        let known = Synthesis.make(.consensus, of: results, records: TrackRecords([("Analyst", "", 8, 0)])).confidence
        #expect(abs((known?.value ?? 0) - 0.9) < 1e-9)
        #expect(Synthesis.make(.consensus, of: [Sample.result("a", nil)]).confidence == nil)
        #expect(Synthesis.make(.mergeAll, of: results).confidence == nil)
    }
}
