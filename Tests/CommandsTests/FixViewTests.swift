import Diagnostics
import Events
import Foundation
import TestSupport
import Testing

@testable import Commands
@testable import Workflows

@Suite("The report of a fix")
struct FixViewTests {
    static let semicolon = RootCause(
        diagnostic: Diagnostic(
            severity: .error, message: "expected ‘;’ before ‘return’", location: .init(file: "src/main.c", line: 5),
            tool: .gcc))
    static let unknown = RootCause(
        diagnostic: Diagnostic(
            severity: .error, message: "‘wibble’ undeclared (first use in this function)",
            location: .init(file: "src/other.c", line: 40, column: 9), tool: .gcc))

    static func verdict(
        _ number: Int, _ result: CandidateVerdict.Result, _ reason: String, of cause: RootCause, model: String? = nil,
        lines: Int = 2
    ) -> RunEvent {
        .candidateJudged(
            CandidateVerdict(
                id: "c\(number)", source: model == nil ? "builtin" : "r1-coder-\(number)", model: model, result: result,
                reason: reason, files: [cause.diagnostic.location?.file ?? "x"], changedLines: lines,
                title: "Mend it", causes: [cause.fingerprint]))
    }

    /// A model took part, one error went, the other one stayed.
    static let searched: [RunEvent] =
        [
            .runStarted(RunStart(command: "fix", repository: "/r", head: nil, problem: "make", version: "1")),
            .serverJoined(
                ServerFacts(
                    name: "ollama01", kind: "ollama", url: "http://a", version: "1", model: "coder:7b", slots: 2)),
            .buildFinished(
                BuildEnd(
                    purpose: .reproduce, exitCode: 2, timedOut: false, errors: 2, duration: 1.5, command: "make -k",
                    isCheck: false, isFresh: true)),
            verdict(1, .improved, "1 of 2 errors are left", of: semicolon),
            .planned(
                PlannedWork(
                    pattern: "parallel-analysis", strategy: "predictive",
                    tasks: (2...5).map {
                        .init(
                            id: "r1-coder-\($0)", specialist: "Coder", title: "", wave: 1, dependencies: [], server: nil
                        )
                    })),
        ]
        + (2...5).map {
            .taskFinished(
                TaskEnd(
                    task: "r1-coder-\($0)", attempt: 1, server: "ollama01", model: "coder:7b", outcome: .succeeded,
                    promptTokens: 100, answerTokens: 10, elapsed: 1))
        } + [
            verdict(
                2, .refused, "it deletes more than it mends: 30 of 60 tokens of src/other.c", of: unknown,
                model: "coder:7b", lines: 30),
            verdict(3, .failed, "the error is still there", of: unknown, model: "coder:7b", lines: 8),
            verdict(
                4, .failed,
                "line 41 is wrong in another way: passing argument 1 of ‘strlen’ from incompatible pointer type, as nobody asked for",
                of: unknown, model: "coder:7b", lines: 3),
            .notice(level: .warning, text: "vendor doesn't come along: it is too large"),
            .orchestrationFinished(duration: 4), .runFinished(outcome: "not-fixed", exitCode: 1, duration: 12.25),
        ]

    static func view(
        _ outcome: FixReport.Outcome, _ reason: String, events: [RunEvent] = searched,
        causes: [RootCause] = [semicolon, unknown],
        remaining: [RootCause] = [unknown], patch: String = "", tail: String = "", check: String? = nil
    ) -> FixView {
        var report = FixReport(
            outcome: outcome, reason: reason, command: "make -k", causes: causes, remaining: remaining, steps: [],
            branch: nil, commit: nil, patch: patch, logTail: tail)
        if outcome == .fixed || outcome == .unverified {
            report.branch = "teamfix/fix-main-c-abcd"
            report.commit = String(repeating: "a", count: 40)
        }
        let records = events.enumerated().map {
            RunRecord(run: "r", sequence: $0.offset + 1, elapsed: Double($0.offset), event: $0.element)
        }
        return FixView(
            report, run: "20260101-120000-abcd", base: "main", applied: nil, records: records,
            asked: .init(check: check, sandbox: .bubblewrap(path: "/usr/bin/bwrap"), rounds: 3, candidates: 8))
    }

    static let notFixed = view(
        .notFixed, "no candidate made `make -k` pass",
        tail: "src/other.c:40:9: error: ‘wibble’ undeclared\nmake: *** [all] Error 1")

    @Test("what wasn't fixed says what was tried about each cause, and what to do next", arguments: [60, 80])
    func notFixed(columns: Int) throws {
        let lines = Self.notFixed.lines(width: columns, style: Style(Terminal(isTerminal: true, columns: columns)))
        for line in lines { #expect(displayWidth(line) <= columns, "\(line)") }
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "not-fixed-\(columns)")
    }

    @Test("in a pipe no message is cut")
    func pipe() {
        let terminal = Terminal(Collected().stream, environment: ["LANG": "C.UTF-8"], noColor: false)
        #expect(!terminal.hasLimit)
        let long = String(repeating: "very ", count: 60) + "end"
        let cause = RootCause(
            diagnostic: Diagnostic(severity: .error, message: long, location: .init(file: "a.c", line: 1), tool: .gcc))
        let text = OutputFormat.text.render(
            Self.view(.notFixed, "no", causes: [cause], remaining: [cause]), terminal: terminal)
        #expect(text.components(separatedBy: long).count == 3)
        #expect(!text.contains("…"))
        let narrow = OutputFormat.text.render(
            Self.view(.notFixed, "no", causes: [cause], remaining: [cause]),
            terminal: Terminal(isTerminal: true, columns: 60))
        #expect(narrow.split(separator: "\n").allSatisfy { displayWidth(String($0)) <= 60 })
    }

    @Test("Markdown has every part, and the same in a job's summary as in a pull request")
    func markdown() throws {
        try expectSnapshot(Self.notFixed.markdown(atMost: 60_000), named: "not-fixed-markdown")
    }

    @Test("a cause keeps its id when its line moves, and each candidate names what it was meant for")
    func causeNames() {
        var moved = Self.unknown
        moved.diagnostic.location?.line = 41
        let other = RootCause(diagnostic: Diagnostic(severity: .error, message: "new", tool: .make))
        let view = Self.view(
            .notFixed, "no", causes: [Self.semicolon, Self.unknown, Self.unknown], remaining: [moved, other])
        #expect(view.causes.map(\.id) == ["e1", "e2", "e3"])
        #expect(view.remaining.map(\.id) == ["e2", "e4"])
        #expect(view.candidates.map(\.causes) == [["e1"], ["e2", "e3"], ["e2", "e3"], ["e2", "e3"]])
        #expect(view.remaining[0].attempts.nearest == "c4")
        #expect(view.remaining[0].attempts.line == "3 tried: 2 failed, 1 refused")
        #expect(view.tried(view.remaining[1]) == "nothing was tried: no edit could be read from 1 answer of the models")
        #expect(view.candidates.map(\.round) == [0, 1, 1, 1])
        #expect(view.candidates.map(\.server) == [nil, "ollama01", "ollama01", "ollama01"])
    }

    @Test(
        "what to do next fits how it ended",
        arguments: [
            (
                FixReport.Outcome.notFixed,
                ["--rounds 5 --candidates 16", "--model NAME", "teamfix stats 20260101-120000-abcd"]
            ),
            (.outOfTime, ["--budget SECONDS", "teamfix stats 20260101-120000-abcd"]),
            (.alreadyGreen, ["--check COMMAND"]), (.notReproducible, ["--build COMMAND", "--carry PATH"]), (.fixed, []),
        ])
    func next(outcome: FixReport.Outcome, commands: [String]) {
        #expect(Self.view(outcome, "so").next.map(\.command) == commands)
    }

    @Test("with no model in the team the next step is one, or what keeps them away")
    func nextWithoutModels() {
        #expect(Self.view(.notFixed, "so", events: []).next.first?.command == "--server http://HOST:11434")
        let lost = Self.view(.notFixed, "so", events: [.serverLost(name: "gpu", reason: "refused")]).next.first
        #expect(lost?.command == "teamfix servers" && lost?.why.contains("gpu can't be used") == true)
    }

    @Test("words of models and logs forge nothing in Markdown", arguments: MarkdownTests.hostile)
    func hostile(text: String) throws {
        let cause = RootCause(
            diagnostic: Diagnostic(severity: .error, message: text, location: .init(file: text, line: 1), tool: .gcc))
        let view = Self.view(
            .unverified, text,
            events: [Self.verdict(1, .failed, text, of: cause, model: text), .notice(level: .warning, text: text)],
            causes: [cause], remaining: [cause], patch: "+" + text, tail: text)
        let markdown = view.markdown(atMost: 60_000)
        // Outside of blocks of code every line is one of teamfix's own.
        var fence: String?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let open = fence {
                if line == open { fence = nil }
                continue
            }
            if line.hasPrefix("```") {
                fence = String(line.prefix { $0 == "`" })
            } else if line.hasPrefix("|") {
                let own = ["<code>", "</code>", "<br>"].reduce(line) { $0.replacing($1, with: "") }
                let outside = own.replacing(/`[^`]*`/, with: "")
                #expect(!outside.contains("<") && !outside.contains("\\"), "\(line)")
            } else {
                let known = ["#", "- ", "<details>", "<summary>", "</details>", "and ", "_"]
                #expect(
                    line.isEmpty || known.contains { line.hasPrefix($0) } || line == Markdown.prose(text), "\(line)")
                #expect(!line.hasPrefix("# "))
            }
        }
        #expect(fence == nil)
        #expect(
            markdown.components(separatedBy: "<details>").count == markdown.components(separatedBy: "</details>").count
                || text.contains("details"))
    }

    @Test(
        "Markdown keeps its bound, whatever is in it; the patch gives way before what was tried",
        arguments: [0, 500, 3_000, 20_000, 60_000])
    func bound(bytes: Int) {
        let text = String(repeating: "|`<", count: 200)
        let causes = (0..<60).map {
            RootCause(
                diagnostic: Diagnostic(
                    severity: .error, message: "\($0)\(text)", location: .init(file: "f\($0)"), tool: .gcc))
        }
        let view = Self.view(
            .unverified, "so",
            events: causes.enumerated().map { Self.verdict($0.offset, .failed, text, of: $0.element, model: text) },
            causes: causes, remaining: causes, patch: String(repeating: "+line of code\n", count: 100_000), tail: text)
        let markdown = view.markdown(atMost: bytes)
        #expect(markdown.utf8.count <= bytes)
        #expect(markdown.isEmpty == (bytes < 500))
        if bytes == 60_000 { #expect(markdown.contains("## ❌ teamfix: unverified")) }
    }

    @Test("a patch that is longer than a pull request's text may be is cut at a line, and says so")
    func longPatch() {
        let view = Self.view(.fixed, "so", patch: String(repeating: "+line of code\n", count: 100_000))
        let markdown = view.markdown(atMost: 60_000)
        #expect((50_000...60_000).contains(markdown.utf8.count))
        #expect(markdown.contains("+line of code\n```\n\n_The rest of it is on the branch._"))
        #expect(view.markdown(atMost: JobSummary.limit).utf8.count > 1_000_000)
    }

    @Test("old records, which say less of builds and candidates, still make a report")
    func olderRecords() throws {
        let json = """
            [{"buildFinished": {"_0": {"purpose": "reproduce", "exitCode": 2, "timedOut": false, "errors": 1, "duration": 1}}},
            {"candidateJudged": {"_0": {"id": "c1", "source": "builtin", "result": "failed", "reason": "r", "files": ["a"],
            "changedLines": 1}}}]
            """
        let events = try JSONDecoder().decode([RunEvent].self, from: Data(json.utf8))
        let view = Self.view(.notFixed, "so", events: events)
        #expect(view.failure?.exitCode == 2 && view.failure?.isCheck == false)
        #expect(view.candidates.map(\.causes) == [[]])
    }
}
