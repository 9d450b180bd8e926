import Testing

@testable import Workflows

@Suite("Answers that say the same")
struct ClaimTests {
    @Test(
        arguments: [
            (["Yes, use it.", "Yes: it is faster.", "No, it leaks."], [[0, 1], [2]]),
            (
                [
                    "Use a mutex around the cache", "Around the cache use a mutex",
                    "Rewrite everything in another language",
                ],
                [[0, 1], [2]]
            ),
            (["", "", "x y z"], [[0, 1], [2]]),
            (["no", "No.", "NO!"], [[0, 1, 2]]),
            ([], []),
            // The place decides, not the words around it.
            (
                [
                    "Line 9 is wrong: the distance can be negative", "solution.py:9 lacks abs()",
                    "Line 10 is wrong: the distance can be negative",
                ], [[0, 1], [2]]
            ),
            (["The bug is in line 9", "line 9", "calc.py:9", "other.py:9"], [[0, 1, 2, 3]]),
            (["calc.py:9", "other.py:9", "src/calc.py:9"], [[0, 2], [1]]),
            // One word can turn a sentence around.
            (["Use a mutex around the cache", "Don't use a mutex around the cache"], [[0], [1]]),
            (["Remove the cache entirely", "Keep the cache entirely"], [[0], [1]]),
            (["Use 3 threads for the pool", "Use 4 threads for the pool"], [[0], [1]]),
            (
                [
                    "Use SQLite rather than Postgres", "Use Postgres rather than SQLite", "SQLite instead of Postgres",
                ], [[0, 2], [1]]
            ),
            (["Bound the cache", "The cache should be bounded, since memory is finite here"], [[0, 1]]),
        ] as [([String], [[Int]])])
    func `are one group, others aren't`(answers: [String], groups: [[Int]]) {
        #expect(ClaimGroups.of(answers) == groups)
    }

    @Test func `an answer without a place is about the place that its evidence shows`() {
        let bare = Claim("It subtracts where it should add", cited: [(file: "src/calc.py", line: 2)])
        #expect(bare.agrees(with: Claim("calc.py:2")))
        #expect(!bare.agrees(with: Claim("calc.py:3")))
    }

    @Test func `the groups are the same however often they are asked for`() {
        let answers = (0..<60).map { "claim \($0 % 7) about line \($0 % 5 + 1)" }
        let first = ClaimGroups.of(answers)
        #expect(first.flatMap { $0 }.sorted() == Array(0..<60))
        for _ in 0..<5 { #expect(ClaimGroups.of(answers) == first) }
        #expect(first.count == 5)
    }

    @Test func `what a model finds the same is joined, and what is opposed never`() {
        let claims = ["Put a ceiling on memory", "Bound the cache", "Yes", "No"].map { Claim($0) }
        let groups = ClaimGroups.of(claims)
        #expect(groups == [[0], [1], [2], [3]])
        #expect(ClaimGroups.joined(groups, [(0, 1), (2, 3)], claims: claims) == [[0, 1], [2], [3]])
        #expect(ClaimGroups.joined(groups, [(0, 1), (1, 2), (0, 3)], claims: claims) == [[0, 1, 2], [3]])
        #expect(ClaimGroups.joined(groups, [(7, 9)], claims: claims) == groups)
    }

    @Test func `what two quote isn't what they say of it`() {
        let (safe, unsafe) = (
            Claim("It is safe", cited: [("calc.py", 2)]), Claim("It isn't safe", cited: [("calc.py", 2)])
        )
        #expect(!safe.agrees(with: unsafe) && safe.isOpposed(to: unsafe))
        #expect(safe.agrees(with: Claim("Safe it is, and always was", cited: [("calc.py", 2)])))
        #expect(safe.isOpposed(to: Claim("It is safe", cited: [("calc.py", 3)])))
        // An answer that names the line says that line.
        #expect(Claim("Line 2 is wrong").agrees(with: Claim("calc.py:2 isn't right")))
    }
}
