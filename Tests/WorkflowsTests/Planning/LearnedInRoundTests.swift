import Diagnostics
import Testing

@testable import Workflows

@Suite("A round tells the next one only what is new")
struct LearnedInRoundTests {
    private func observation(_ messages: [String]) -> BuildObservation {
        let causes = messages.map {
            RootCause(diagnostic: Diagnostic(severity: .error, message: $0, location: .init(file: "a.c"), tool: .gcc))
        }
        return BuildObservation(
            exitCode: 1, log: BuildLog(diagnostics: causes.map(\.diagnostic), rootCauses: causes, tail: ""), duration: 1
        )
    }

    private func candidate(_ text: String, _ file: String = "a.c") -> Candidate {
        Candidate(
            id: "c", title: "t", source: "s", model: "m", causes: [], contents: [file: SourceText(text)],
            origins: [file: SourceText("x = 1;\n")])
    }

    @Test func `what the build said before isn't said again, what it says now is, and what was tried`() async {
        let learned = LearnedInRound(before: observation(["old one", "another"]))
        await learned.saw(observation(["old one", "a new one"]), of: candidate("x = 2;\n"), about: "a.c", sample: 0)
        let hint = await learned.hints["a.c"] ?? ""
        #expect(hint.contains("'a new one'") && hint.contains("x = 2;"))
        #expect(!hint.contains("old one"))
        let same = LearnedInRound(before: observation(["old one"]))
        await same.saw(observation(["old one"]), of: candidate("x = 2;\n"), about: "a.c", sample: 0)
        #expect(await same.hints["a.c"]?.contains("says the same") == true)
    }

    @Test func `what was put in a line's place is remembered by the line, once`() async {
        let learned = LearnedInRound(before: observation(["old"]))
        for _ in 0..<2 {
            await learned.saw(candidate("x = 2;\n"), inPlaceOf: CodeWindow(file: "a.c", lines: 1...1))
        }
        #expect(await learned.triedLines == [LearnedInRound.key("a.c", "x = 1;"): ["x = 2;"]])
    }

    @Test func `of several tries the plan's first counts, in whatever order they come`() async {
        let learned = LearnedInRound(before: observation(["old"]))
        await learned.saw(observation(["n1"]), of: candidate("x = 3;\n"), about: "a.c", sample: 3)
        await learned.saw(observation(["n2"]), of: candidate("x = 2;\n"), about: "a.c", sample: 1)
        await learned.saw(observation(["n3"]), of: candidate("x = 4;\n"), about: "a.c", sample: 4)
        await learned.saw(observation(["n3"]), of: candidate("y\n", "b.c"), about: "b.c", sample: 5)
        #expect(await learned.hints["a.c"]?.contains("n2") == true)
        #expect(await learned.firstTries.map { $0.contents.values.map(\.string) } == [["x = 2;\n"], ["y\n"]])
    }
}
