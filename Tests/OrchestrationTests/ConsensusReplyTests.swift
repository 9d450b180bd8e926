import Specialists
import Testing

@Suite("An expert's reply")
struct ConsensusReplyTests {
    typealias Citation = ConsensusReply.Citation

    @Test func `evidence, doubts and dissent are read beside answer and reasons`() {
        let reply = ConsensusReply(
            """
            ANSWER: calc.py:2 is wrong
            CONFIDENCE: 0.9
            REASONS:
            - it subtracts
            EVIDENCE:
            - calc.py:2 | return a - b
            - the test at test_calc.py:7: `self.assertEqual(add(2, 3), 5)`
            WOULD CHANGE MY MIND: a test that wants a difference
            DISSENT:
            - Expert B: line 1
            """)
        #expect(reply.answer == "calc.py:2 is wrong" && reply.confidence == 0.9)
        #expect(reply.reasons == ["it subtracts"])
        #expect(
            reply.evidence == [
                Citation(file: "calc.py", line: 2, quote: "return a - b"),
                Citation(file: "test_calc.py", line: 7, quote: "self.assertEqual(add(2, 3), 5)"),
            ])
        #expect(reply.wouldChange == ["a test that wants a difference"])
        #expect(reply.dissent == ["Expert B: line 1"])
    }

    @Test(arguments: [
        ("- `x = 1`", Citation(quote: "x = 1")),
        ("- line 12: \"x = 1\"", Citation(line: 12, quote: "x = 1")),
        ("- L12 | print(\"a\")", Citation(line: 12, quote: "print(\"a\")")),
        ("- src/a.c, line 4: int a;", Citation(file: "src/a.c", line: 4, quote: "int a;")),
        ("- `int a;` (src/a.c:4)", Citation(file: "src/a.c", line: 4, quote: "int a;")),
        ("- a.c:4", Citation(file: "a.c", line: 4, quote: "")),
    ])
    func `a quote is found with its place, whatever its dress`(item: String, citation: Citation) {
        #expect(ConsensusReply("ANSWER: x\nEVIDENCE:\n\(item)").evidence == [citation])
    }

    @Test(arguments: ["none", "- None.", "- N/A", "-"])
    func `a list that is there for the form's sake is empty`(item: String) {
        let reply = ConsensusReply("ANSWER: yes\nEVIDENCE: \(item)\nREASONS:\n\(item)\nWOULD CHANGE MY MIND: \(item)")
        #expect(reply.evidence.isEmpty && reply.reasons.isEmpty && reply.wouldChange.isEmpty)
    }

    @Test func `a JSON object says the same`() {
        let reply = ConsensusReply(
            """
            ```json
            {"claim": "line 3", "confidence": "80%", "reasons": ["a", "b",],
             "evidence": [{"file": "a.c", "line": 3, "quote": "int a;"}, "a.c:4 | int b;"], "would_change": "a test"}
            ```
            """)
        #expect(reply.answer == "line 3" && reply.confidence == 0.8 && reply.reasons == ["a", "b"])
        #expect(
            reply.evidence == [
                Citation(file: "a.c", line: 3, quote: "int a;"), Citation(file: "a.c", line: 4, quote: "int b;"),
            ])
        #expect(reply.wouldChange == ["a test"])
    }

    @Test(arguments: ["-1", "-0.9", "5000", "minus nothing"])
    func `a confidence that can't be is none`(words: String) {
        #expect(ConsensusReply("ANSWER: a\nCONFIDENCE: \(words)").confidence == nil)
    }

    @Test func `an object without an answer is text like any other`() {
        #expect(ConsensusReply("{\"x\": 1}\nANSWER: yes").answer == "yes")
        #expect(ConsensusReply("Use {braces}.").answer == "Use {braces}.")
    }

    @Test func `lists are bounded, and a flood takes no time`() {
        let flood =
            "ANSWER: a\nEVIDENCE:\n" + String(repeating: "- " + String(repeating: "a.", count: 400) + "\n", count: 200)
        let started = ContinuousClock.now
        let reply = ConsensusReply(flood + "REASONS:\n" + String(repeating: "- r\n", count: 100))
        #expect(reply.evidence.count <= 20 && reply.reasons.count <= 20)
        #expect(started.duration(to: .now) < .seconds(5))
    }
}
