import Testing

@testable import Workflows

@Suite("Of edits that contend for a place one is taken")
struct EditConflictsTests {
    private func proposal(
        _ source: String, _ range: Range<Int>, _ text: String = "x", file: String = "a.c", verified: Bool = false,
        confidence: Double = 0.5
    ) -> EditConflicts.Proposal {
        .init(
            source: source, edits: [Edit(file: file, range: range, replacement: text)], isVerified: verified,
            confidence: confidence)
    }

    @Test func `identical ones become one with all of its sources`() {
        let found = EditConflicts([
            proposal("one", 3..<5), proposal("two", 3..<5, verified: true), proposal("one", 3..<5, confidence: 0.7),
        ])
        #expect(found.chosen.map(\.sources) == [["one", "two"]])
        #expect(found.chosen.first?.isVerified == true && found.chosen.first?.confidence == 0.7)
        #expect(found.refused.isEmpty)
    }

    @Test func `what touches nothing else is taken, in its own order`() {
        let found = EditConflicts([
            proposal("late", 10..<12), proposal("early", 0..<4), proposal("elsewhere", 0..<4, "y", file: "b.c"),
            proposal("nothing", 1..<1, file: "c.c"),
        ])
        #expect(found.chosen.map(\.sources) == [["late"], ["early"], ["elsewhere"], ["nothing"]])
    }

    @Test(arguments: [
        (0..<5, 4..<9), (0..<5, 5..<9), (4..<9, 0..<4), (3..<3, 3..<3), (0..<9, 2..<3), (2..<3, 0..<9), (0..<5, 5..<5),
    ])
    func `ranges that overlap or meet contend`(first: Range<Int>, second: Range<Int>) {
        let found = EditConflicts([proposal("a", first, "1"), proposal("b", second, "2")])
        #expect(found.chosen.count == 1 && found.refused.count == 1)
    }

    @Test(arguments: [(5..<5, 5..<8), (5..<8, 5..<5), (0..<5, 5..<8), (5..<8, 0..<5)])
    func `edits of one proposal may meet, and hide nobody who overlaps with one of them`(
        first: Range<Int>, second: Range<Int>
    ) {
        let pair = EditConflicts.Proposal(
            source: "pair",
            edits: [first, second].map { Edit(file: "a.c", range: $0, replacement: "p\($0.count)") }, isVerified: true)
        let found = EditConflicts([pair, proposal("other", 6..<7)])
        #expect(found.chosen.map(\.sources) == [["pair"]])
        #expect(found.refused.map(\.winner) == [["pair"]])
    }

    @Test func `a verified one wins, then the surer, then the smaller, then the earlier`() {
        func winner(_ a: EditConflicts.Proposal, _ b: EditConflicts.Proposal) -> [String] {
            let found = EditConflicts([a, b])
            return found.chosen.flatMap(\.sources) + found.refused.map { "\($0.winner[0]): \($0.reason)" }
        }
        #expect(
            winner(proposal("a", 0..<2, confidence: 0.9), proposal("b", 1..<9, verified: true, confidence: 0.1))
                == ["b", "b: verified"])
        #expect(winner(proposal("a", 0..<2), proposal("b", 1..<9, confidence: 0.6)) == ["b", "b: confidence"])
        #expect(winner(proposal("a", 0..<9), proposal("b", 1..<3)) == ["b", "b: size"])
        #expect(winner(proposal("a", 0..<2, "x"), proposal("b", 1..<3, "y")) == ["a", "a: order"])
    }

    @Test func `a proposal is taken whole or not at all, and the refusal says by whom`() {
        let pair = EditConflicts.Proposal(
            source: "pair",
            edits: [
                Edit(file: "a.c", range: 0..<1, replacement: "p"), Edit(file: "b.c", range: 0..<1, replacement: "p"),
            ])
        let found = EditConflicts([pair, proposal("sure", 0..<1, "s", file: "b.c", confidence: 0.9)])
        #expect(found.chosen.map(\.sources) == [["sure"]])
        #expect(found.refused.map(\.text) == ["pair: overlaps with sure in b.c, which has more to say for it"])
        // What lost holds no place: a third one may have it.
        let third = EditConflicts([
            pair, proposal("sure", 0..<1, "s", file: "b.c", confidence: 0.9), proposal("third", 0..<1, "t"),
        ])
        #expect(third.chosen.map(\.sources) == [["sure"], ["third"]])
    }

    @Test func `what is chosen always applies, and everything else has lost to something chosen`() throws {
        var random = Seeded(seed: 5)
        for _ in 0..<300 {
            let proposals = (0..<20).map { number in
                let start = Int.random(in: 0..<90, using: &random)
                return proposal(
                    "\(number)", start..<(start + Int.random(in: 0..<10, using: &random)),
                    ["x", "", "yy"].randomElement(using: &random) ?? "", verified: Bool.random(using: &random),
                    confidence: [0.2, 0.5].randomElement(using: &random) ?? 0)
            }
            let found = EditConflicts(proposals)
            _ = try SourceText([UInt8](repeating: 0x61, count: 100)).applying(found.chosen.flatMap(\.edits))
            #expect(found.chosen.flatMap(\.sources).count + found.refused.flatMap(\.proposal.sources).count == 20)
            let winners = Set(found.chosen.flatMap(\.sources))
            for refusal in found.refused { #expect(winners.isSuperset(of: refusal.winner)) }
            #expect(found == EditConflicts(proposals))
        }
    }
}

@Suite("A candidate for an earlier state of a file is brought to the present one")
struct RebaseTests {
    private static let origin = SourceText("1\n2\n3\n4\n5\n6\n")

    private func rebased(_ wanted: String, onto present: String, by: [String] = ["coder-1"]) async throws -> Candidate {
        let files = WorkingFiles(paths: ["f"]) { _ in Self.origin.bytes }
        await files.load(["f"])
        files.accept(["f": SourceText(present)])
        return try Candidate(
            id: "c", title: "t", source: "coder-2", causes: [], contents: ["f": SourceText(wanted)],
            origins: ["f": Self.origin]
        ).rebased(onto: files) { _ in by }
    }

    @Test func `edits elsewhere in the file stand beside those that were accepted`() async throws {
        let candidate = try await rebased("1\n2\n3\n4\n5\nsix\n", onto: "0\none\n2\n3\n4\n5\n6\n")
        #expect(candidate.contents["f"]?.string == "0\none\n2\n3\n4\n5\nsix\n")
        #expect(candidate.origins["f"]?.string == "0\none\n2\n3\n4\n5\n6\n")
        let shared = try await rebased("one\n2\n3\n4\n5\nsix\n", onto: "one\n2\n3\n4\n5\n6\n")
        #expect(shared.contents["f"]?.string == "one\n2\n3\n4\n5\nsix\n")
    }

    @Test func `the same place is lost to whoever was verified first`() async throws {
        await #expect(
            throws: Candidate.Stale(
                reason:
                    "the file has been mended otherwise since: coder-2: overlaps with coder-1 in f, which has been verified"
            )
        ) { _ = try await rebased("1\nzwei\n3\n4\n5\n6\n", onto: "1\ntwo\n3\n4\n5\n6\n") }
        await #expect(throws: Candidate.Stale(reason: "the same edit has been accepted")) {
            _ = try await rebased("1\ntwo\n3\n4\n5\n6\n", onto: "1\ntwo\n3\n4\n5\nsix\n")
        }
    }
}
