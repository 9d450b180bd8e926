import Testing

@testable import Workflows

@Suite("Blind ranking")
struct BlindRankingTests {
    private func ranking(_ holders: [[Int]]) -> BlindRanking {
        BlindRanking(
            options: holders.map { members in
                .init(holders: members, texts: Dictionary(uniqueKeysWithValues: members.map { ($0, "claim of \($0)") }))
            })
    }

    @Test func `nobody sees the own words, nor a claim that nobody else makes`() throws {
        let ranking = ranking([[0, 1], [2], [3]])
        let first = try #require(ranking.ballot(for: 0, salt: "q"))
        #expect(Set(first.order) == [0, 1, 2])
        #expect(Set(first.texts) == ["claim of 1", "claim of 2", "claim of 3"])
        let third = try #require(ranking.ballot(for: 2, salt: "q"))
        #expect(Set(third.texts) == ["claim of 0", "claim of 3"])
        #expect(self.ranking([[0, 1], [2]]).ballot(for: 2, salt: "q") == nil, "one claim can't be ranked")
        #expect(self.ranking([[0, 1, 2]]).ballot(for: 0, salt: "q") == nil)
    }

    @Test func `the order is another one for each voter and question, and always the same one`() {
        let ranking = ranking((0..<6).map { [$0, $0 + 6] })
        let orders = (0..<12).compactMap { ranking.ballot(for: $0, salt: "q")?.order }
        #expect(orders.count == 12 && Set(orders).count > 4)
        #expect(ranking.ballot(for: 3, salt: "q")?.order == orders[3])
        let others = (0..<12).compactMap { ranking.ballot(for: $0, salt: "another")?.order }
        #expect(others != orders)
        #expect(ranking.ballot(for: 0, salt: "q")?.shown.contains("Expert") == false)
    }

    @Test(arguments: [
        ("ANSWER: B > A > C", [1, 0, 2]), ("B, A, C", [1, 0, 2]), ("ANSWER: BAC", [1, 0, 2]),
        ("**Answer:** C", [2]), ("ANSWER: Z, C, C, A", [2, 0]), ("1. B\n2. C\n3. A", [1, 2, 0]),
    ])
    func `a ballot is read tolerantly`(reply: String, ranking: [Int]) {
        let ballot = BlindRanking.Ballot(voter: 0, order: [0, 1, 2], texts: ["x", "y", "z"])
        #expect(BlindRanking.read(reply, ballot) == ranking)
    }

    @Test(arguments: [
        "", "I can't tell.", "they are all fine", "A fair ranking is impossible: I refuse.",
        "ANSWER: B-trees, as A says",
    ])
    func `a ballot that ranks nothing isn't one`(reply: String) {
        let ballot = BlindRanking.Ballot(voter: 0, order: [0, 1, 2], texts: ["x", "y", "z"])
        #expect(BlindRanking.read(reply, ballot) == nil)
    }

    @Test func `points are Borda's, by weight, and what is left out shares the last places`() throws {
        let ranking = ranking([[0, 3], [1, 4], [2, 5]])
        let ballot = BlindRanking.Ballot(voter: 0, order: [2, 0, 1], texts: ["", "", ""])
        #expect(ranking.ranks([]) == nil)
        #expect(ranking.ranks([(ballot, [1, 0, 2], 1)]) == [0.5, 1, 0])
        #expect(ranking.ranks([(ballot, [1], 1)]) == [0.25, 1, 0.25])
        let two = try #require(ranking.ranks([(ballot, [1, 0, 2], 3), (ballot, [2, 0, 1], 1)]))
        #expect(two == [0.5, 0.75, 0.25])
        let half = BlindRanking.Ballot(voter: 1, order: [0, 1], texts: ["", ""])
        #expect(ranking.ranks([(half, [0, 1], 1)]) == [1, 0, 0.5], "nobody ranked the third")
    }

    @Test func `a ranking ends when the ballots that are out can't change who leads`() {
        let ranking = ranking([[0, 1, 2], [3, 4]])
        let ballot = BlindRanking.Ballot(voter: 0, order: [0, 1], texts: ["", ""])
        let weights = [1.0, 1, 1, 1, 1]
        #expect(ranking.isSettled([(ballot, [0, 1], 1)], outstanding: [(ballot, 1)], weights: weights))
        #expect(!ranking.isSettled([(ballot, [1, 0], 1)], outstanding: [(ballot, 1)], weights: weights))
        #expect(!ranking.isSettled([], outstanding: [(ballot, 1)], weights: weights))
    }
}
