import Diagnostics
import Events
import Orchestration
import TestSupport
import Testing

@testable import Git
@testable import Workflows

@Suite("A review reports what the files bear out", .timeLimit(.minutes(1)))
struct AnalyzeTests {
    private func repository() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("src/f.c", "int f(int a) {\n    return a;\n}\n")
        try repository.write("same.c", "int same;\n")
        try repository.commit()
        try repository.write("src/f.c", "int f(int a) {\n    if (a = 1) return 2;   \n    return a;\n}\n")
        return repository
    }

    private func analyze(
        _ repository: ScratchRepository, selection: ChangeSelection = .all, log: BuildLog? = nil,
        reply: SimulatedOllama.Reply? = nil
    ) async throws -> Analyze.Report {
        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        guard let reply else {
            return try await Analyze(repository: opened, selection: selection, paths: [], log: log, orchestrator: nil)
                .run()
        }
        return try await SimulatedOllama.run(reply: reply) { server in
            let team = Journey.team([server.member("one")], RunLog(run: "test"))
            return try await Analyze(repository: opened, selection: selection, paths: [], log: log, orchestrator: team)
                .run()
        }
    }

    private static func finding(_ file: String, _ line: Int, _ message: String, evidence: String) -> String {
        SimulatedJSON.text([
            "findings": [
                [
                    "file": file, "line": line, "severity": "error", "message": message, "evidence": evidence,
                    "suggestion": "",
                ] as [String: Any]
            ]
        ])
    }

    @Test func `without a server the built-in checks speak`() async throws {
        let report = try await analyze(try repository())
        #expect(report.files == ["src/f.c"])
        #expect(report.findings.map(\.finding.message) == ["White space at the end of the line"])
        #expect(report.findings.first?.finding.line == 2)
        #expect(report.findings.first?.sources == ["built-in checks"])
        #expect(!report.usedModels && report.failures.isEmpty)
    }

    @Test func `findings stand where their evidence stands, and specialists who agree are one`() async throws {
        let report = try await analyze(try repository()) { _ in
            .text(Self.finding("f.c", 77, "assignment used as a condition", evidence: "if (a = 1) return 2;"))
        }
        let found = try #require(report.findings.first { $0.finding.message.contains("assignment") })
        #expect(found.finding.file == "src/f.c" && found.finding.line == 2)
        #expect(found.sources.count == 3)
        #expect(report.findings.filter { $0.finding.message.contains("assignment") }.count == 1)
        #expect(report.usedModels && report.dropped == 0)
        // Three of three, 3 to 1; the quote is there, 2 to 1.
        #expect(abs((found.confidence?.value ?? 0) - 6.0 / 7) < 1e-9)
        #expect(report.findings.first { $0.sources == ["built-in checks"] }.map { $0.confidence == nil } == true)
    }

    @Test func `who looked and said nothing speaks against a finding, and a record for it`() async throws {
        let repository = try repository()
        let reply: SimulatedOllama.Reply = { request in
            request.prompt.contains("You are a Logic Analyst")
                ? .text(Self.finding("src/f.c", 2, "assignment in a condition", evidence: "if (a = 1) return 2;"))
                : .text(#"{"findings":[]}"#)
        }
        func confidence(_ records: TrackRecords) async throws -> Confidence? {
            let opened = try Repository.discover(from: repository.path, environment: repository.environment)
            let report = try await SimulatedOllama.run(reply: reply) { server in
                let team = Journey.team([server.member("one")], RunLog(run: "test"))
                return try await Analyze(
                    repository: opened, selection: .all, paths: [], log: nil, orchestrator: team, records: records
                ).run()
            }
            return report.findings.first { $0.sources == ["Logic Analyst"] }?.confidence
        }
        let alone = try #require(try await confidence(TrackRecords()))
        #expect(alone.agreeing == 1 && alone.independent == 3)
        #expect(abs(alone.value - 0.4) < 1e-9)
        let trusted = try await confidence(TrackRecords([("Logic Analyst", "qwen2.5-coder:7b", 18, 0)]))
        #expect(trusted.map { $0.value > 0.9 && $0.lower < $0.value } == true)
    }

    @Test func `what is refuted by a second look is dropped, and what is affirmed has one voice more`() async throws {
        let reply: @Sendable (Bool) -> SimulatedOllama.Reply = { isTrue in
            { request in
                if let first = request.prompt.split(separator: "\n").first(where: { $0.hasPrefix("A: ") }) {
                    return .text(first.contains("right as it is") == isTrue ? "B" : "A")
                }
                return request.prompt.contains("You are a Logic Analyst")
                    ? .text(Self.finding("src/f.c", 2, "assignment in a condition", evidence: "if (a = 1) return 2;"))
                    : .text(#"{"findings":[]}"#)
            }
        }
        let refuted = try await analyze(try repository(), reply: reply(false))
        #expect(!refuted.findings.contains { $0.confidence != nil })
        #expect(refuted.droppedFindings.map(\.reason) == ["refuted by a second look"])
        let affirmed = try await analyze(try repository(), reply: reply(true))
        let found = try #require(affirmed.findings.first { $0.confidence != nil })
        // Two of four, the quote is there: 4 to 3.
        #expect(found.secondLook == "affirmed" && abs((found.confidence?.value ?? 0) - 4.0 / 7) < 1e-9)
    }

    @Test func `what the file contradicts is dropped with its reason, and advice is a note of little confidence`()
        async throws
    {
        let report = try await analyze(try repository()) { request in
            guard request.prompt.contains("You are a") else { return .text("A") }
            return request.prompt.contains("You are a Logic Analyst")
                ? .text(Self.finding("src/f.c", 2, "`a` is not defined", evidence: "+    if (a = 1) return 2;"))
                : .text(Self.finding("src/f.c", 3, "a better naming would be good", evidence: "return a;"))
        }
        #expect(report.droppedFindings.map(\.reason) == ["the name that it misses is defined in the file"])
        let advice = try #require(report.findings.first { $0.confidence != nil })
        #expect(advice.finding.severity == .note && advice.secondLook == nil)
        #expect(advice.confidence.map { $0.value < FindingFilter.usualConfidence } == true)
    }

    @Test func `what nobody wrote is dropped, and counted`() async throws {
        let report = try await analyze(try repository()) { _ in
            .text(Self.finding("src/f.c", 2, "buffer overflow", evidence: "strcpy(buffer, name);"))
        }
        #expect(!report.findings.contains { $0.finding.message.contains("overflow") })
        #expect(report.dropped == 3)
    }

    @Test func `a reply that is no JSON, and a server that fails, spoil nothing`() async throws {
        let prose = try await analyze(try repository()) { _ in .text("It all looks fine to me.") }
        #expect(prose.findings.count == 1 && prose.dropped == 3)
        let failing = try await analyze(try repository()) { _ in .error(404, "model not found") }
        #expect(failing.findings.count == 1)
        #expect(failing.failures.count == 3 && failing.failures.allSatisfy { $0.contains("src/f.c") })
    }

    @Test func `a log's complaints about changed files are findings, those about others aren't`() async throws {
        let log = BuildLog.read(
            Array(
                "src/f.c:2:9: warning: suggest parentheses\nsame.c:1:1: error: bad\nsrc/f.c:2:3: error: expected \u{1b}[31m';'\n"
                    .utf8), root: "/r")
        let report = try await analyze(try repository(), log: log)
        let messages = report.findings.map(\.finding.message)
        #expect(messages.contains("suggest parentheses"))
        #expect(!messages.contains("bad"))
        #expect(!messages.contains { $0.unicodeScalars.contains("\u{1b}") })
    }

    @Test func `the index and the work tree are told apart`() async throws {
        let repository = try repository()
        #expect(try await analyze(repository, selection: .staged).files.isEmpty)
        try repository.git("add", "-A")
        let staged = try await analyze(repository, selection: .staged)
        #expect(staged.files == ["src/f.c"] && staged.findings.count == 1)
    }

    @Test func `a very long change is cut before a model sees it`() throws {
        let hunk = Hunk(
            oldStart: 1, oldCount: 0, newStart: 1, newCount: 5_000, section: "f\u{1b}[0m",
            lines: (1...5_000).map { (number: Int) in
                Hunk.Line(
                    kind: .added, oldNumber: nil, newNumber: number, text: "int value\(number);\u{1b}[31m",
                    lacksNewline: false)
            })
        let change = FileChange(
            status: .added, oldPath: nil, newPath: "a.c", oldMode: nil, newMode: .regular, isBinary: false,
            isOversized: false, hunks: [hunk])
        let shown = Analyze.shown(change, longest: 4_000)
        #expect(shown.utf8.count < 4_200)
        #expect(shown.contains("1 | int value1;") && shown.hasSuffix("(the rest is left out: too long)"))
        #expect(!shown.unicodeScalars.contains("\u{1b}"))
    }
}
