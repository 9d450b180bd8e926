import Events
import Inference
import Testing

@testable import Orchestration

@Suite struct SlotSearchTests {
    /// What a server says of an answer that it took 2.51 seconds for, and that came so much later.
    private func usage(waited: Double) -> Usage {
        Usage(
            promptTokens: 100, answerTokens: 50, loadDuration: 0.01, promptDuration: 0.5, answerDuration: 2,
            elapsed: 2.51 + waited)
    }

    @Test func `slots are added while nothing waits, and taken back for good when something does`() {
        var search = SlotSearch()
        for expected in 2...4 {
            let isMore = search.learn(usage(waited: 0.01), wasFull: true, company: expected - 1, othersWait: false)
            #expect(isMore)
            #expect(search.slots == expected)
        }
        let isLess = search.learn(usage(waited: 2), wasFull: false, company: 4, othersWait: false)
        #expect(isLess)
        #expect(search.slots == 3)
        let isTriedAgain = search.learn(usage(waited: 0), wasFull: true, company: 1, othersWait: false)
        #expect(!isTriedAgain)
        #expect(search.limit == 3)
        #expect(SlotSearch(slots: 9, limit: search.limit).slots == 3)
    }

    @Test func `an answer with slots to spare, beside one that waits, or without durations adds none`() {
        var search = SlotSearch()
        let changes = [
            search.learn(usage(waited: 0), wasFull: false, company: 1, othersWait: false),
            search.learn(usage(waited: 0), wasFull: true, company: 1, othersWait: true),
            search.learn(
                Usage(promptTokens: 1, answerTokens: 1, elapsed: 3), wasFull: true, company: 1, othersWait: false),
            // Alone it can only have waited for somebody else's request.
            search.learn(usage(waited: 9), wasFull: true, company: 1, othersWait: false),
        ]
        #expect(changes == [false, false, false, false])
        #expect(search.slots == 1)
        #expect(search.limit == nil)
    }

    @Test func `there is an end to it`() {
        var search = SlotSearch()
        for _ in 0..<100 { _ = search.learn(usage(waited: 0), wasFull: true, company: 1, othersWait: false) }
        #expect(search.slots == SlotSearch.most)
    }

    /// A server that works on so many requests at once, the others waiting in order.
    @Test(arguments: [1, 2, 4])
    func `what a server can do is found, and nothing waits for long`(real: Int) throws {
        let server = VirtualRun.Server(name: "a", searches: true)
        var ends = [Double](repeating: 0, count: real)
        var run = try VirtualRun(
            (0..<60).map { Sample.task("t\($0)") }, [server], strategy: .predictive
        ) { _, _, _, now in
            let slot = ends.indices.min { ends[$0] < ends[$1] } ?? 0
            let begin = max(now, ends[slot])
            ends[slot] = begin + 2
            return (
                begin + 2 - now,
                .answered(
                    Answer(
                        text: "good", finish: .stop,
                        usage: Usage(
                            promptTokens: 100, answerTokens: 50, promptDuration: 0.5, answerDuration: 1.5,
                            elapsed: begin + 2 - now)))
            )
        }
        run.streamAt = { seconds in (first: seconds - 1.5, token: 0.03, silence: nil) }
        run.run()
        #expect(run.pool.members[0].slots == real)
        #expect(run.now <= 60 / Double(real) * 2 + 20)
        #expect((run.mostInFlight["a"] ?? 0) <= real + 2)
    }

    @Test func `a run says with how many slots the search begins, and its figures are against these`() async throws {
        var options = OrchestratorOptions(seed: 1)
        options.profiles = [ServerProfile(server: "http://a", model: "m", answerToken: 0.01, answers: 3, slots: 3)]
        let server = TeamServer(endpoint: ScriptedServer("a"), model: "m", url: "http://a", slotsAreKnown: false)
        let team = TeamOrchestrator(servers: [server], team: Sample.team, options: options, log: RunLog(run: "r"))
        for _ in 0..<2 {
            let result = try await team.execute(Sample.plan([Sample.task("x"), Sample.task("y")]))
            #expect(result.statistics.servers.allSatisfy { $0.slots >= 3 })
        }
        let joined = team.log.records.compactMap { record -> Int? in
            if case .serverJoined(let facts) = record.event { facts.slots } else { nil }
        }
        #expect(joined == [3])
    }
}
