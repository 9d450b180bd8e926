import Events
import Inference
import Synchronization
import Testing

@testable import Orchestration

/// Plans that a model writes.
@Suite struct ModelPlannerTests {
    static let context = PlanContext(
        files: ["src/a.c", "src/b.c"], errors: ["src/a.c": 2], kind: .failure, shared: "SHARED",
        texts: ["src/a.c": "TEXT A", "src/b.c": "TEXT B"])

    static let good = """
        {"pattern": "divide-and-conquer", "tasks": [
          {"id": "a", "specialist": "Analyst", "title": "Look at a", "focus": "Find the leak.", "files": ["src/a.c"],
           "dependencies": [], "server": "big"},
          {"id": "b", "specialist": "Coder", "title": "Look at b", "focus": "", "files": ["src/b.c"], "dependencies": []},
          {"id": "join", "specialist": "Integrator", "title": "Join", "focus": "Make one of both.", "files": [],
           "dependencies": ["a", "b"], "server": "any"}]}
        """

    private func team(_ servers: [ScriptedServer], options: OrchestratorOptions = .init()) -> TeamOrchestrator {
        TeamOrchestrator(servers: Sample.servers(servers), team: Sample.team, options: options, log: .init(run: "r"))
    }

    private func plan(
        _ team: TeamOrchestrator, _ context: PlanContext = context, limit: Double = 60
    ) async -> OrchestrationPlan {
        await team.plan("It crashes", context: context, planner: .model, limit: limit)
    }

    private func read(_ reply: String, _ context: PlanContext = context) throws -> (OrchestrationPlan, [String]) {
        try PlannerReply(
            problem: "It crashes", context: context, specialists: Sample.team, servers: ["big", "small"], window: 8192
        ).plan(from: reply)
    }

    @Test func `a model's plan is used, and its tasks read the given material`() async throws {
        let big = ScriptedServer("big") { _ in "Here it is:\n```json\n\(Self.good)\n```" }
        let team = team([big])
        let made = await plan(team)
        #expect(made.planner == PlanOrigin(used: .model, reason: "a model was asked", server: "big", model: "m"))
        #expect(made.pattern == .divideAndConquer)
        #expect(made.waves.map { $0.tasks.map(\.id) } == [["a", "b"], ["join"]])
        #expect(made.tasks.map(\.server) == ["big", nil, nil])
        #expect(made.tasks.map(\.input.title) == ["src/a.c", "src/b.c", "Join"])
        #expect(made.tasks[0].input.shared == "SHARED\n\nTEXT A")
        #expect(
            made.tasks[0].input.text == "The problem: It crashes\n\nYour part: src/a.c\n\nYour task: Find the leak.")
        #expect(made.tasks[2].input.shared == "")
        try made.validate(team: team.team, servers: team.servers)
        #expect(try OrchestrationPlan(json: made.json()) == made)
    }

    @Test func `the prompt teaches patterns, strategies, specialists, servers and the form`() async throws {
        let big = ScriptedServer("big") { _ in Self.good }
        let servers = [
            TeamServer(endpoint: big, model: "m", slots: 3, strengths: ["heavy"]),
            TeamServer(endpoint: ScriptedServer("small"), model: "m"),
        ]
        let team = TeamOrchestrator(
            servers: servers, team: Sample.team, options: .init(strategy: .capability), log: .init(run: "r"))
        _ = await plan(team)
        let sent = try #require(big.requests.first?.prompt)
        let text = sent.messages.map(\.content).joined(separator: "\n")
        let taught =
            Pattern.allCases.map(\.rawValue) + BalancingStrategy.allCases.map(\.rawValue)
            + Sample.team.map { "- \($0.name): \($0.summary)" }
            + ["- big: 3 at once, strong in: heavy", "- small: 1 at once", "src/a.c: 6 bytes, 2 errors", "It crashes"]
        for part in taught { #expect(text.contains(part), "\(part) isn't taught") }
        let schema = try #require(sent.schema)
        for name in Sample.team.map(\.name) + ["any", "big", "small"] { #expect(schema.contains("\"\(name)\"")) }
        let bad = Sample.plan([
            TeamTask(
                id: "a", specialist: "Verbatim",
                input: TaskInput(title: "t", prompt: [.init(.user, "x")], schema: schema))
        ])
        #expect(bad.fault(specialists: [], servers: nil) == nil, "the schema isn't JSON")
        // A plan is asked for in a window of 4096 tokens, too.
        #expect(PromptBuilder.estimatedTokens(text) < 2_000)
    }

    @Test func `what is unambiguous is mended, and said`() throws {
        let (plan, repairs) = try read(
            """
            {"pattern": "parallel_analysis", "tasks": [
              {"id": "Look At", "specialist": "analist", "focus": "one", "files": ["a.c", "ghost.c"], "server": "BIG",
               "dependencies": ["ghost", "look-at"]},
              {"id": "look-at", "specialist": "CODER", "dependencies": "Look At", "server": "mars"},
              {"specialist": "Judge", "title": "last\\u0000\\nwords", "dependencies": null}], "note": "thanks"}
            """)
        #expect(plan.tasks.map(\.id) == ["look-at", "look-at-2", "task-3"])
        #expect(plan.tasks.map(\.specialist) == ["Analyst", "Coder", "Judge"])
        #expect(plan.tasks.map(\.dependencies) == [[], ["look-at"], []])
        #expect(plan.tasks.map(\.server) == ["big", nil, nil])
        #expect(plan.tasks[0].input.shared == "SHARED\n\nTEXT A")
        #expect(plan.tasks[2].input.title == "last words")
        #expect(
            repairs == [
                "a second task 'look-at' is called 'look-at-2'", "a task without an id is called 'task-3'",
                "'look-at' is done by Analyst, not by 'analist', who isn't in the team",
                "'look-at' doesn't wait for 'ghost', which isn't in the plan", "'look-at' doesn't wait for itself",
                "'look-at' doesn't read 'ghost.c', which isn't among the files",
                "'look-at-2' may run anywhere: there is no server 'mars'",
            ])
    }

    @Test func `a pattern that is asked for, or missing, is set`() throws {
        let reply = #"{"pattern": "swarm", "tasks": [{"id": "a", "specialist": "Coder"}]}"#
        #expect(try read(reply).0.pattern == .divideAndConquer)
        var context = Self.context
        context.pattern = .consensus
        let (plan, repairs) = try read(reply, context)
        #expect(plan.pattern == .consensus && plan.synthesis == .consensus && repairs.count == 1)
    }

    @Test(arguments: [
        ("", "isn't a JSON object"), ("I would rather not.", "isn't a JSON object"),
        (#"{"pattern": "pipeline"}"#, "isn't a JSON object"),
        (#"{"pattern": "pipeline", "tasks": []}"#, "has no tasks"),
        (#"{"tasks": ["a", "b"]}"#, "isn't a JSON object"),
        (#"{"tasks": [{"id": "a", "specialist": "Astronaut"}]}"#, "'Astronaut'. The specialists are: Analyst"),
        (
            #"{"tasks": [{"id":"a","specialist":"Coder","dependencies":["b"]},{"id":"b","specialist":"Coder","dependencies":["a"]}]}"#,
            "in a circle"
        ),
        (String(repeating: "{", count: 100_000), "isn't a JSON object"),
    ]) func `a reply that means nothing clear can't be used`(reply: String, part: String) throws {
        let error = #expect(throws: PlannerReply.Unusable.self) { _ = try read(reply) }
        #expect(error?.reason.contains(part) == true, "\(error?.reason ?? "")")
    }

    @Test func `too many tasks, and tasks that read too much, can't be used`() throws {
        let many = (0...64).map { #"{"id":"t\#($0)","specialist":"Coder"}"# }.joined(separator: ",")
        let error = #expect(throws: PlannerReply.Unusable.self) { _ = try read(#"{"tasks":[\#(many)]}"#) }
        #expect(error?.reason.contains("65 tasks") == true)
        var context = Self.context
        context.texts["src/b.c"] = String(repeating: "b", count: 30_000)
        let long = #expect(throws: PlannerReply.Unusable.self) {
            _ = try read(#"{"tasks":[{"id":"t","specialist":"Coder"}]}"#, context)
        }
        #expect(long?.reason.contains("reads too much") == true)
        _ = try read(#"{"tasks":[{"id":"t","specialist":"Coder","files":["src/a.c"]}]}"#, context)
    }

    @Test func `a plan with a circle is asked for again, with what is wrong`() async throws {
        let circle =
            #"{"tasks": [{"id": "a", "specialist": "Coder", "dependencies": ["b"]}, {"id": "b", "specialist": "Coder", "dependencies": ["a"]}]}"#
        let server = ScriptedServer("big") { $0.number == 1 ? circle : Self.good }
        let made = await plan(team([server]))
        #expect(made.planner?.used == .model)
        #expect(made.planner?.reason.contains("circle") == true)
        #expect(made.tasks.count == 3)
        let second = try #require(server.requests.last?.prompt.messages)
        #expect(second.map(\.role) == [.system, .user, .assistant, .user])
        #expect(second[2].content == circle)
        #expect(second[3].content.contains("circle"))
    }

    @Test func `after two replies that can't be used the rules plan`() async throws {
        let server = ScriptedServer("big") { _ in "Sorry, I can't do that." }
        let team = team([server])
        let made = await plan(team)
        #expect(server.requests.count == 2)
        #expect(made.planner?.used == .rules)
        #expect(made.planner?.reason.contains("asked twice") == true)
        var rules = team.plan("It crashes", context: Self.context)
        rules.planner = made.planner
        #expect(made == rules)
    }

    @Test func `when no answer comes in time the rules plan, and the server is told`() async throws {
        let latch = Latch()
        let server = ScriptedServer("big") { _ in
            try await latch.wait()
            return Self.good
        }
        let made = await plan(team([server]), limit: 0.05)
        #expect(made.planner?.used == .rules)
        #expect(made.planner?.reason.contains("no whole answer within 0.05 seconds") == true)
        #expect(server.cancelled >= 1)
    }

    @Test func `when no server works the rules plan`() async throws {
        let server = ScriptedServer("big") { _ in
            throw InferenceError(.badRequest, server: "big", message: "no such format")
        }
        let made = await plan(team([server]))
        #expect(made.planner?.used == .rules)
        #expect(made.planner?.reason.contains("no such format") == true)
        let alone = await plan(team([]))
        #expect(alone.planner?.used == .rules && !alone.tasks.isEmpty)
    }

    @Test func `another server plans when the first one fails`() async throws {
        let broken = ScriptedServer("broken") { _ in
            throw InferenceError(.serverFailed, server: "broken", message: "out of memory")
        }
        let made = await plan(team([broken, ScriptedServer("big") { _ in Self.good }]))
        #expect(made.planner?.used == .model && made.planner?.server == "big")
    }

    @Test func `the asking counts in the statistics, and rules ask nobody`() async throws {
        let server = ScriptedServer("big") { _ in Self.good }
        let team = team([server])
        let ruled = await team.plan("It crashes", context: Self.context, planner: .rules)
        #expect(ruled.planner?.used == .rules && server.requests.isEmpty)
        _ = await plan(team)
        #expect(team.statistics.successful == 1 && team.statistics.answerTokens == 20)
        #expect(team.statistics.specialists.map(\.name) == ["Planner"])
        #expect(words(team.log.records).contains("start planner:1 1 big"))
    }

    @Test func `experts of a model's consensus differ in their sampling`() throws {
        let (plan, _) = try read(
            #"{"pattern":"consensus","tasks":[{"id":"x","specialist":"Analyst"},{"id":"y","specialist":"Analyst"},{"id":"s","specialist":"Judge","dependencies":["x","y"]}]}"#,
            PlanContext(kind: .question))
        #expect(plan.tasks[0].sampling != plan.tasks[1].sampling)
        #expect(plan.tasks[0].sampling.seed != nil && plan.tasks[2].sampling == Sampling())
        #expect(plan.tasks[0].input.text.hasPrefix("The question: It crashes"))
        #expect(plan.success == .anyTaskComplete)
    }

    @Test func `whatever a model writes becomes a plan that can run, or is refused`() throws {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "\"a\"", "\"b\"", "\"\"", "null", "7", "[]", "[\"a\"]", "[\"a\",\"b\",\"\"]", "{}", "\"Coder\"",
            "\"coder \"",
            "\"Judge\"", "\"src/a.c\"", "\"{{results}}\"", "\"\\u0007x\"", "true", "\"any\"", "\"big\"",
        ]
        let keys = ["id", "specialist", "title", "focus", "files", "dependencies", "server"]
        var usable = 0
        for _ in 0..<2_000 {
            let tasks = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let fields = keys.compactMap { key -> String? in
                    let likely = key == "specialist" && Bool.random(using: &random) ? "\"Coder\"" : nil
                    return (likely ?? pieces.randomElement(using: &random)).map { "\"\(key)\":\($0)" }
                }
                return "{\(fields.joined(separator: ","))}"
            }
            var reply = #"{"pattern":"pipeline","tasks":[\#(tasks.joined(separator: ","))]}"#
            if Int.random(in: 0..<8, using: &random) == 0 { reply = String(reply.dropLast(3)) }
            do {
                let (plan, _) = try read(reply)
                usable += 1
                try plan.validate(team: Sample.team, servers: ["big", "small"].map(Self.server))
                #expect(plan.tasks.allSatisfy { !$0.input.title.contains { $0.isNewline || $0 == "\u{7}" } })
            } catch is PlannerReply.Unusable {}
        }
        #expect(usable > 100)
    }

    private static func server(_ name: String) -> TeamServer { TeamServer(endpoint: ScriptedServer(name), model: "m") }
}
