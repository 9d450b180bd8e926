import Testing

@testable import Orchestration

@Suite("merge-all says once what several say")
struct MergeTests {
    private func made(_ texts: String...) -> Synthesis {
        Synthesis.make(.mergeAll, of: texts.enumerated().map { Sample.result("\($0.offset + 1)", $0.element) })
    }

    @Test func `the same place and nearly the same words are one, with both sources`() {
        let synthesis = made(
            "- src/main.c:12: a semicolon is missing at the end of the statement\n- src/main.c:30: the loop never ends\n",
            "Here is what I found:\n\n1. `main.c:12`: Missing semicolon at the end of statement.\n2. src/main.c:31: the loop never ends"
        )
        #expect(
            synthesis.text == """
                ## Analyst: 1

                - src/main.c:12: a semicolon is missing at the end of the statement (also: Analyst: 2)
                - src/main.c:30: the loop never ends


                ## Analyst: 2

                Here is what I found:

                2. src/main.c:31: the loop never ends
                """)
        #expect(
            synthesis.repeated == [
                .init(
                    text: "- src/main.c:12: a semicolon is missing at the end of the statement", tasks: ["1", "2"])
            ])
        #expect(synthesis.sources == ["1", "2"])
    }

    @Test(arguments: [
        ("- main.c:12: x is null here", "- main.c:13: x is null here"),
        ("- a/main.c:12: x is null here", "- b/main.c:12: x is null here"),
        ("- main.c:12: the pointer is checked", "- main.c:12: the pointer is not checked"),
        ("- main.c:12: `left` may be null", "- main.c:12: `right` may be null"),
        ("- main.c:12: fails after 3 tries", "- main.c:12: fails after 5 tries"),
        ("main.c:\n- a semicolon is missing", "other.c:\n- a semicolon is missing"),
        ("## `main.c`\n\nThe loop never ends.", "## `other.c`\n\nThe loop never ends."),
        ("- in main.c\n  - a semicolon is missing", "- in other.c\n  - a semicolon is missing"),
        ("Retry when it is busy.", "Retry when it is idle."), ("Compare with `<`.", "Compare with `<=`."),
        ("Make it a + b.", "Make it a - b."), ("x *= 2", "x = 2"), ("Use `-x`.", "Use `x`."),
        ("# Findings", "# Findings"), ("```\nlet x = 1\n```", "```\nlet X = 1\n```"), ("}", "}"), ("", ""),
    ])
    func `what differs in a place, a name, a number or a negation stays`(first: String, second: String) {
        let synthesis = made(first, second)
        #expect(synthesis.text == "## Analyst: 1\n\n\(first)\n\n## Analyst: 2\n\n\(second)")
        #expect(synthesis.repeated.isEmpty)
    }

    @Test(arguments: [
        ("Use a mutex.", "use a  MUTEX"), ("**Use** a mutex!", "- Use a mutex"),
        (
            "The parser should move into its own module since many tests need it alone.",
            "The parser should move into its own module, because many tests need it alone."
        ),
        ("```swift\nlet x = 1\n```", "```swift\nlet x = 1\n```"),
        ("main.c:4: overflow", "- src/main.c:4: Overflow!"),
    ])
    func `what says the same is said once`(first: String, second: String) {
        let synthesis = made(first, second)
        #expect(synthesis.repeated.map(\.tasks) == [["1", "2"]])
        #expect(synthesis.text.hasSuffix("## Analyst: 2\n\nNothing that isn't said above."))
        #expect(synthesis.text.contains("(also: Analyst: 2)"))
    }

    @Test func `three who say it are all named, whoever said it first, and one text may repeat itself`() {
        let synthesis = made("Other.\n\nUse a mutex.\n\nUse a mutex.", "Use a mutex!", "- use a mutex")
        #expect(synthesis.repeated.map(\.tasks) == [["1", "2", "3"]])
        #expect(synthesis.text.contains("Use a mutex. (also: Analyst: 2, Analyst: 3)\n\nUse a mutex.\n"))
    }

    @Test func `who has read the others keeps a whole text`() {
        let results = [
            Sample.result("a", "- main.c:1: broken"), Sample.result("b", "- main.c:1: broken"),
            Sample.result("report", "- main.c:1: broken\n\nBoth say so.", after: ["a", "b"]),
        ]
        let synthesis = Synthesis.make(.mergeAll, of: results)
        #expect(synthesis.text.hasSuffix("## Analyst: report\n\n- main.c:1: broken\n\nBoth say so."))
        #expect(synthesis.repeated.map(\.tasks) == [["a", "b"]])
    }

    @Test func `a specialist with one task is called by name`() {
        var results = [Sample.result("a", "It is broken."), Sample.result("b", "It is broken.")]
        results[1].task.specialist = "Judge"
        #expect(Synthesis.make(.mergeAll, of: results).text.contains("It is broken. (also: Judge)"))
    }

    @Test func `hostile replies cost no more than a bounded time, and lose nothing`() {
        // Thousands of statements of the same words in other orders, at one place and at none.
        let words = (0..<40).map { "word\(Character(UnicodeScalar(97 + $0 % 26) ?? "a"))\($0 < 26 ? "x" : "y")" }
        var texts: [String] = []
        for text in 0..<8 {
            let lines = (0..<2_000).map { line in
                let shift = (text * 2_000 + line) % 40
                let body = (words[shift...] + words[..<shift]).dropLast(line % 9).joined(separator: " ")
                return "- \(line % 2 == 0 ? "main.c:1: " : "")\(body)"
            }
            texts.append(lines.joined(separator: "\n"))
        }
        let results = texts.enumerated().map { Sample.result("\($0.offset)", $0.element) }
        let start = ContinuousClock.now
        let synthesis = Synthesis.make(.mergeAll, of: results)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(synthesis == Synthesis.make(.mergeAll, of: results))
        // Beyond each text's share nothing is even looked at.
        let lines = synthesis.text.split(separator: "\n").count { $0.hasPrefix("- ") }
        #expect(lines >= 8 * (2_000 - StatementMerge.mostStatements / 8) && lines < 16_000)
    }

    @Test func `any text comes back whole when nothing is repeated`() {
        var random = SeededRandom(seed: 7)
        let pieces = ["- a", "  b", "", "```", "# h", "x.c:3: y", "1. z", "~~~", "\t", "text", "|", ":"]
        for _ in 0..<500 {
            let text = (0..<12).map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: "\n")
            #expect(StatementMerge([text], labels: ["A"]).texts == [text])
            let parts = Statement.split(text, source: 0).flatMap { $0.lines(also: []) }
            #expect(parts.joined(separator: "\n") == text)
        }
    }
}
