import Events
import Orchestration
import Specialists
import TestSupport
import Testing

@testable import Workflows

@Suite("A question gets one answer, with its dissent", .timeLimit(.minutes(1)))
struct ConsensusTests {
    private func report(
        experts: Int = 3, _ first: @escaping SimulatedOllama.Reply, _ second: @escaping SimulatedOllama.Reply
    ) async throws -> (report: Consensus.Report?, asked: [Int]) {
        try await SimulatedOllama.run(reply: first) { one in
            try await SimulatedOllama.run(reply: second) { two in
                let team = Journey.team([one.member("one"), two.member("two")], RunLog(run: "test"))
                let report = try await Consensus(
                    question: "Is a mutex right here?", experts: experts, orchestrator: team
                ).run()
                return (report, [one.counts.asked, two.counts.asked])
            }
        }
    }

    /// One server; `change` sets what else the question has.
    private func ask(
        experts: Int = 3, material: Material = Material(), records: TrackRecords = TrackRecords(),
        reply: @escaping SimulatedOllama.Reply, _ change: @Sendable (inout Consensus) -> Void = { _ in }
    ) async throws -> (report: Consensus.Report, prompts: [String], log: RunLog) {
        let log = RunLog(run: "test")
        return try await SimulatedOllama.run(reply: reply) { server in
            var options = OrchestratorOptions(taskTimeout: 20, seed: 1, hedges: false)
            options.records = records
            let team = TeamOrchestrator(
                servers: [server.member("one")], team: Roster.standard, options: options, log: log)
            var consensus = Consensus(question: "Which line is wrong?", experts: experts, orchestrator: team)
            consensus.material = material
            change(&consensus)
            return (try #require(try await consensus.run()), server.chats.map(\.prompt), log)
        }
    }

    private static func isSynthesis(_ request: SimulatedRequest) -> Bool {
        request.prompt.contains("You are a Synthesizer")
    }
    private static func isBallot(_ request: SimulatedRequest) -> Bool { request.prompt.contains("Rank them") }

    /// Which expert is asked: their tasks come with seeds from 1.
    private static func seat(_ request: SimulatedRequest) -> Int { request.options["seed"] as? Int ?? 0 }

    private static let material = Material(
        files: [
            .init(
                path: "calc.py",
                lines: [.init(number: 1, text: "def add(a, b):"), .init(number: 2, text: "    return a - b")])
        ], text: "calc.py:\n1 | def add(a, b):\n2 |     return a - b")

    @Test func `experts on both servers are asked, and a synthesizer reads them all`() async throws {
        let (report, asked) = try await report(
            { _ in .text("ANSWER: yes, a mutex is right\nREASONS:\n- it is short\nCONFIDENCE: 0.8") },
            { _ in .text("ANSWER: yes, a mutex is right\nREASONS:\n- it is simple\nCONFIDENCE: 0.6") })
        let result = try #require(report)
        #expect(result.agreement == 1)
        #expect(result.opinions.count == 3 && result.opinions.allSatisfy(\.agrees))
        #expect(Set(result.opinions.compactMap(\.server)) == ["one", "two"])
        #expect(result.opinions.compactMap(\.confidence).count == 3)
        #expect(Set(result.opinions.map(\.role)).count == 3 && Set(result.opinions.map(\.temperature)).count == 3)
        // What they say of themselves counts for nothing; that all three agree makes 3 to 1.
        #expect(abs(result.confidence.value - 0.75) < 1e-9)
        #expect(result.isSynthesized && result.answer.contains("mutex"))
        #expect(result.missing.isEmpty)
        #expect(asked.reduce(0, +) == 4)
    }

    @Test func `who dissents is named, with the reasons`() async throws {
        let (report, prompts, _) = try await ask { request in
            if Self.isSynthesis(request) {
                return .text(
                    "ANSWER: line 2\nDISSENT:\n- one said line 1\nWOULD CHANGE MY MIND: a test for subtraction")
            }
            return Self.seat(request) == 2
                ? .text("ANSWER: calc.py:1\nREASONS:\n- the name lies")
                : .text("ANSWER: calc.py:2\nREASONS:\n- it subtracts")
        }
        #expect(report.opinions.filter { !$0.agrees }.map(\.expert) == ["Expert B"])
        #expect(report.agreement == 2.0 / 3)
        #expect(report.groups.map(\.claim) == ["calc.py:2", "calc.py:1"])
        #expect(report.losing.first?.reasons == ["the name lies"] && report.losing.first?.experts == ["Expert B"])
        #expect(report.dissent == ["one said line 1"] && report.wouldChange == ["a test for subtraction"])
        let synthesis = try #require(prompts.first { $0.contains("You are a Synthesizer") })
        #expect(synthesis.contains("## Answer 1, of 2 experts, 67 % of the votes"))
        #expect(synthesis.contains("the name lies"))
    }

    @Test func `a server that fails costs no answer while another one is there`() async throws {
        let (report, _) = try await report(
            { _ in .error(500, "model runner has unexpectedly stopped") }, { _ in .text("ANSWER: yes") })
        let result = try #require(report)
        #expect(result.opinions.count + result.missing.count == 3)
        #expect(!result.opinions.isEmpty && result.opinions.allSatisfy { $0.server == "two" })
        #expect(result.answer == "yes")
    }

    @Test func `without any answer there is no report`() async throws {
        let (report, _) = try await report(
            { _ in .error(404, "model not found") }, { _ in .error(404, "model not found") })
        #expect(report == nil)
    }

    @Test func `an expert whose quote isn't in the material loses weight, and the vote with it`() async throws {
        let reply: SimulatedOllama.Reply = { request in
            switch Self.seat(request) {
            case 1: .text("ANSWER: calc.py:1\nEVIDENCE:\n- calc.py:1 | def sub(a, b):\n")
            case 2: .text("ANSWER: calc.py:2\nEVIDENCE:\n- calc.py:2 | return a-b\n")
            default: .error(500, "no")
            }
        }
        let (report, prompts, _) = try await ask(experts: 2, material: Self.material, reply: reply) {
            $0.options.synthesizes = false
        }
        #expect(prompts.allSatisfy { $0.contains("2 |     return a - b") })
        #expect(report.opinions.map(\.weight) == [0.5, 1])
        #expect(report.opinions.map { $0.evidence.map(\.check) } == [[.missing], [.found]])
        #expect(report.answer == "calc.py:2" && abs(report.agreement - 2.0 / 3) < 1e-9)
        #expect(report.confidence.evidence == .found)
        #expect(report.files == ["calc.py"])
    }

    @Test func `the record of role and model weighs the vote`() async throws {
        let panel = Panel(experts: 2, team: Roster.standard)
        let records = TrackRecords([
            (specialist: panel.seats[0].role, model: "qwen2.5-coder:7b", verified: 0, refused: 18),
            (specialist: panel.seats[1].role, model: "qwen2.5-coder:7b", verified: 18, refused: 0),
        ])
        let (report, _, _) = try await ask(
            experts: 2, records: records, reply: { .text("ANSWER: line \(Self.seat($0))") }
        ) { $0.options.synthesizes = false }
        #expect(report.answer == "line 2")
        #expect(report.opinions[0].weight < 0.5 && report.opinions[1].weight > 1.5)
        #expect(report.agreement > 0.75)
    }

    @Test func `a settled vote ends the rest, and says who wasn't waited for`() async throws {
        let reply: SimulatedOllama.Reply = { request in
            Self.seat(request) > 3 ? .fault(.stall(after: 1)) : .text("ANSWER: line 2")
        }
        let (report, prompts, _) = try await ask(experts: 5, reply: reply) { $0.options.synthesizes = false }
        #expect(report.opinions.count == 3 && report.agreement == 1)
        #expect(report.unheard.count == 2 && report.missing.isEmpty)
        #expect(prompts.count <= 5)
    }

    @Test func `everybody is heard when that is asked for`() async throws {
        let (report, _, _) = try await ask(experts: 5, reply: { _ in .text("ANSWER: line 2") }) {
            $0.options.synthesizes = false
            $0.options.hearsAll = true
        }
        #expect(report.opinions.count == 5 && report.unheard.isEmpty)
    }

    @Test func `a blind ranking can overturn the count, and no ballot names anybody`() async throws {
        // Three hold what everybody ranks last.
        let reply: SimulatedOllama.Reply = { request in
            guard Self.isBallot(request) else { return .text("ANSWER: line \(Self.seat(request) < 4 ? 1 : 2)") }
            let options = request.prompt.split(separator: "\n").filter { $0.contains(": line ") }
            let letter = { (line: String) in
                options.first { $0.hasSuffix(line) }.map { String($0.prefix(1)) } ?? ""
            }
            return .text("ANSWER: \(letter("line 2")) > \(letter("line 1"))")
        }
        let (report, prompts, _) = try await ask(experts: 5, reply: reply) {
            $0.options.synthesizes = false
            $0.options.ranks = true
        }
        #expect(report.answer == "line 2")
        #expect(report.agreement == 0.4, "it stays the share of those who say it")
        #expect(report.groups.map(\.rank) == [1, 0])
        #expect(abs((report.groups.first?.support ?? 0) - 0.6) < 1e-9)
        let ballots = prompts.filter { $0.contains("Rank them") }
        #expect((1...5).contains(ballots.count))
        let counted = try #require(report.ballots)
        #expect((1...5).contains(counted.counted) && counted.lost == 0)
        #expect(ballots.allSatisfy { !$0.contains("Expert A") && !$0.contains("Expert D") })
    }

    @Test func `ballots that can't be read are told, and where there is nothing to rank that is, too`() async throws {
        func ballots(_ claim: @escaping @Sendable (Int) -> Int) async throws -> Consensus.Ballots? {
            let (report, _, _) = try await ask(
                experts: 3,
                reply: { request in
                    .text(Self.isBallot(request) ? "I can't say." : "ANSWER: line \(claim(Self.seat(request)))")
                }
            ) {
                $0.options.synthesizes = false
                $0.options.ranks = true
            }
            #expect(report.groups.allSatisfy { $0.rank == nil })
            return report.ballots
        }
        #expect(try await ballots { $0 } == Consensus.Ballots(counted: 0, lost: 3))
        #expect(try await ballots { _ in 1 } == Consensus.Ballots(counted: 0, lost: 0))
        let box = try await SimulatedOllama.run(reply: { _ in .text("ANSWER: A > B") }) { server in
            try await BallotBox.count(
                BlindRanking(options: (0..<3).map { .init(holders: [$0], texts: [$0: "line \($0)"]) }),
                voters: Panel(experts: 3, team: Roster.standard).seats.map { (seat: $0, model: nil) },
                weights: [1, 1, 1], isPinned: false, question: "Which?", material: "", specialist: "Expert",
                TeamOrchestrator(servers: [server.member("one")], team: Roster.standard, log: RunLog(run: "test")),
                budget: 0)
        }
        #expect(box.ranks == nil && box.ballots == Consensus.Ballots(counted: 0, lost: 3), "time was up")
        let (unranked, _, _) = try await ask { _ in .text("ANSWER: line 1") }
        #expect(unranked.ballots == nil)
    }

    @Test func `a model is asked about answers whose words have nothing in common`() async throws {
        let claims = ["Put a ceiling on memory", "Bound the cache", "Rewrite it in Rust"]
        let reply: SimulatedOllama.Reply = { request in
            guard request.prompt.contains("Do both say the same thing?") else {
                return .text("ANSWER: \(claims[Self.seat(request) - 1])")
            }
            return .text(request.prompt.contains("Rust") ? "No." : "Yes.")
        }
        let (report, _, _) = try await ask(reply: reply) {
            $0.options.synthesizes = false
            $0.options.clustering = .model
        }
        #expect(report.groups.map(\.experts) == [["Expert A", "Expert B"], ["Expert C"]])
        let (apart, _, _) = try await ask(reply: reply) { $0.options.synthesizes = false }
        #expect(apart.groups.count == 3)
    }

    @Test func `a synthesizer that says what lost is told, and not followed`() async throws {
        let (report, _, _) = try await ask { request in
            if Self.isSynthesis(request) { return .text("ANSWER: line 9\nREASONS:\n- I know better") }
            return .text("ANSWER: line \(Self.seat(request) == 1 ? 9 : 2)")
        }
        #expect(report.answer == "line 2" && !report.isSynthesized)
        #expect(report.strayed == "line 9")
    }

    @Test func `a synthesizer that says what nobody said isn't followed, and one that words it anew is`() async throws {
        func ask(_ synthesis: String) async throws -> Consensus.Report {
            try await self.ask { request in
                .text(
                    Self.isSynthesis(request)
                        ? "ANSWER: \(synthesis)" : "ANSWER: Use a bounded cache.\nREASONS:\n- memory grows without end")
            }.0
        }
        let strayed = try await ask("Rewrite everything in COBOL.")
        #expect(strayed.answer == "Use a bounded cache." && strayed.strayed == "Rewrite everything in COBOL.")
        let reworded = try await ask("Bound the cache: without that memory grows.")
        #expect(reworded.isSynthesized && reworded.answer == "Bound the cache: without that memory grows.")
        #expect(reworded.strayed == nil)
    }

    @Test func `a synthesizer that says no to a yes of all isn't followed`() async throws {
        let (report, _, _) = try await ask { request in
            .text(Self.isSynthesis(request) ? "ANSWER: No, it leaks." : "ANSWER: Yes, it is bounded.")
        }
        #expect(report.answer == "Yes, it is bounded." && !report.isSynthesized)
        #expect(report.strayed == "No, it leaks.")
    }

    @Test func `an expert whose model can't be had speaks through another one`() async throws {
        let models = [SimulatedModel("qwen2.5-coder:7b")]
        let report = try await SimulatedOllama.run(models: models, reply: { _ in .text("ANSWER: yes") }) { one in
            try await SimulatedOllama.run(models: [], reply: { _ in .text("ANSWER: no") }) { two in
                var other = two.member("two")
                other.model = "gone:1b"
                let team = Journey.team([one.member("one"), other], RunLog(run: "test"))
                return try await Consensus(question: "Is it so?", experts: 4, orchestrator: team).run()
            }
        }
        let result = try #require(report)
        #expect(result.opinions.count + result.unheard.count == 4 && result.missing.isEmpty, "\(result.missing)")
        #expect(result.opinions.allSatisfy { $0.model == "qwen2.5-coder:7b" })
    }

    @Test func `replies can neither drive a terminal nor be empty`() async throws {
        let reply: SimulatedOllama.Reply = { request in
            .text(Self.seat(request) == 1 ? "ANSWER:\n" : "ANSWER: \u{1B}]0;owned\u{07}line 2")
        }
        let (report, _, _) = try await ask(experts: 2, reply: reply) { $0.options.synthesizes = false }
        #expect(report.missing == ["Expert A: its reply has no answer"])
        #expect(report.answer == "line 2")
    }
}
