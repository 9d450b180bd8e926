import Inference
import Testing

@testable import Orchestration

/// Tasks that carry their prompt word for word.
@Suite struct VerbatimPromptTests {
    private func task(_ input: String, extra: String = "") throws -> TeamTask {
        let plan = try OrchestrationPlan(json: #"{"problem":"p","tasks":[{"id":"a","input":\#(input)\#(extra)}]}"#)
        return try #require(plan.tasks.first)
    }

    private func verbatim(_ id: String, _ prompt: String, after dependencies: [String] = []) -> TeamTask {
        TeamTask(
            id: id, specialist: Specialist.verbatim.name, input: TaskInput(title: id, prompt: [.init(.user, prompt)]),
            dependencies: dependencies)
    }

    private func prompt(_ task: TeamTask, _ results: [TaskResult] = [], context: Int = 4096) throws -> Prompt {
        try PromptBuilder().prompt(
            for: task, specialist: .verbatim, dependencies: results, model: "m", contextLength: context, timeout: 60)
    }

    @Test func `a prompt is a text or a list of messages, and needs no specialist`() throws {
        let short = try task(#"{"prompt": "Say hi."}"#)
        #expect(short.input.prompt == [.init(.user, "Say hi.")])
        #expect(short.specialist == "Verbatim")
        #expect(short.input.title == "a")
        let long = try task(
            #"{"title":"t","prompt":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hi!"},{"role":"user","content":"Bye"}]}"#,
            extra: #", "specialist": "Coder""#)
        #expect(long.input.prompt?.map(\.role) == [.system, .user, .assistant, .user])
        #expect(long.specialist == "Coder" && long.input.title == "t")
        for task in [short, long] {
            let plan = Sample.plan([task])
            #expect(try OrchestrationPlan(json: plan.json()) == plan)
        }
    }

    @Test(arguments: [
        (
            #"{"prompt": [{"role": "robot", "content": "x"}]}"#,
            "'robot' isn't one of the roles: system, user, assistant"
        ),
        (#"{"prompt": ""}"#, "a prompt can't be empty"), (#"{"prompt": " \n"}"#, "a prompt can't be empty"),
        (#"{"prompt": []}"#, "a prompt can't be empty"),
        (#"{"prompt": [{"role": "system", "content": " "}, {"role": "user", "content": "x"}]}"#, "can't be empty"),
        (#"{"prompt": [{"role": "user", "content": "x", "name": "me"}]}"#, "unknown key 'name'"),
        (#"{"prompt": [{"role": "user"}]}"#, "'content' is missing"),
        (#"{"prompt": "x", "text": "y"}"#, "'text' can't stand beside a 'prompt'"),
        (#"{"prompt": "x", "shared": "y"}"#, "'shared' can't stand beside a 'prompt'"),
        (#"{"text": "x", "schema": "{}"}"#, "'schema' goes with a 'prompt' only"),
        (#"{"text": "x"}"#, "'specialist' is missing"),
    ]) func `a prompt that says nothing, or nothing clear, is refused`(input: String, part: String) {
        let error = #expect(throws: PlanError.self) { _ = try task(input) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test func `prompts made in code are checked, too`() {
        func fault(_ input: TaskInput, by specialist: String = "Verbatim") -> PlanFault? {
            Sample.plan([TeamTask(id: "a", specialist: specialist, input: input)])
                .fault(specialists: Sample.team.map(\.name), servers: ["s"])
        }
        #expect(fault(TaskInput(title: "t", prompt: [.init(.user, "x")])) == nil)
        #expect(fault(TaskInput(title: "t", prompt: []))?.keys == ["input", "prompt"])
        #expect(fault(TaskInput(title: "t", prompt: [.init(.user, "x"), .init(.user, "")]))?.item == 1)
        #expect(fault(TaskInput(title: "t", prompt: [.init(.user, "x")], schema: "[1]"))?.keys == ["input", "schema"])
        #expect(fault(TaskInput(title: "t", prompt: [.init(.user, "x")], schema: #"{"type":"object"}"#)) == nil)
        let wordless = fault(TaskInput(title: "t", text: "x"))?.error
        #expect(
            wordless == .unknownSpecialist(task: "a", specialist: "Verbatim", known: Sample.team.map(\.name)))
    }

    @Test func `exactly these messages are sent, with the task's sampling`() async throws {
        let server = ScriptedServer("s")
        var bare = verbatim("bare", "{{results}} stays: there are none")
        bare.sampling = Sampling(temperature: 0.7, seed: 11, maxTokens: 33, stop: ["END"])
        var named = verbatim("named", "Only this.")
        named.specialist = "Strict"
        named.input.prompt = [.init(.system, "You are a cat."), .init(.user, "Only this.")]
        let strict = Specialist(
            name: "Strict", summary: "", instructions: "Never sent.", schema: #"{"type":"object"}"#, temperature: 0.4,
            maxTokens: 77)
        let team = TeamOrchestrator(
            servers: Sample.servers([server]), team: Sample.team + [strict], log: .init(run: "r"))
        let result = try await team.execute(Sample.plan([bare, named]))
        #expect(result.success)
        let sent = server.requests.map(\.prompt)
        let first = try #require(sent.first { $0.messages == bare.input.prompt })
        #expect(first.temperature == 0.7 && first.seed == 11 && first.maxTokens == 33 && first.stop == ["END"])
        #expect(first.schema == nil)
        let second = try #require(sent.first { $0.messages == named.input.prompt })
        #expect(second.temperature == 0.4 && second.maxTokens == 77 && second.schema == strict.schema)
    }

    @Test func `a schema of the task's own goes before the specialist's`() throws {
        var own = verbatim("a", "x")
        own.input.schema = #"{"type":"array"}"#
        #expect(try prompt(own).schema == #"{"type":"array"}"#)
    }

    @Test func `results stand where the placeholders are, and are data`() throws {
        let evil = "see {{results}} and {{result:b}}"
        let results = [Sample.result("a", evil), Sample.result("b", nil), Sample.result("c", "third")]
        let ids = ["a", "b", "c"]
        let one = try prompt(verbatim("t", "1 {{result:a}} 2 {{ result: c }} 3", after: ids), results)
        #expect(one.messages == [.init(.user, "1 \(evil) 2 third 3")])
        let all = try prompt(verbatim("t", "<{{results}}>", after: ids), results).messages[0].content
        #expect(
            all
                == "<## Result of Analyst (a)\n\n\(evil)\n\n## Result of Analyst (b)\n\n"
                + "This task brought no result: it broke\n\n## Result of Analyst (c)\n\nthird>")
    }

    @Test(arguments: ["no places", "{{user.name}} {{ x }}", "{{results", "results}}", "{{{results", "{}{{}}"])
    func `what is no placeholder stays as it is`(text: String) throws {
        #expect(try prompt(verbatim("t", text, after: ["a"]), [Sample.result("a", "A")]).messages[0].content == text)
        #expect(try prompt(verbatim("t", "{{results}}")).messages[0].content == "{{results}}")
    }

    @Test func `a placeholder behind other braces is found`() throws {
        let made = try prompt(verbatim("t", "{{ {{result:a}}}", after: ["a"]), [Sample.result("a", "A")])
        #expect(made.messages[0].content == "{{ A}")
    }

    @Test func `a placeholder for a task that it doesn't wait for is refused`() {
        let plan = Sample.plan([Sample.task("a"), Sample.task("b"), verbatim("t", "{{result:b}}", after: ["a"])])
        let fault = plan.fault(specialists: Sample.team.map(\.name), servers: ["s"])
        #expect(fault?.task == 2 && fault?.keys == ["input", "prompt"])
        #expect(fault?.error.description.contains("{{result:b}}") == true)
        let many = String(repeating: "{{results}}", count: 65)
        let full = Sample.plan([Sample.task("a"), verbatim("t", many, after: ["a"])])
        #expect(full.fault(specialists: Sample.team.map(\.name), servers: ["s"])?.task == 1)
    }

    @Test func `dependencies without a place only order the work`() async throws {
        let server = ScriptedServer("s")
        let team = TeamOrchestrator(
            servers: Sample.servers([server], slots: 2), team: Sample.team, log: .init(run: "r"))
        let result = try await team.execute(
            Sample.plan([verbatim("second", "SECOND", after: ["first"]), verbatim("first", "FIRST")]))
        #expect(result.success)
        #expect(server.requests.map(\.text) == ["FIRST", "SECOND"])
        #expect(server.mostInFlight == 1)
    }

    @Test(arguments: [0, 500, 5_000, 500_000]) func `it fits the window, whatever others wrote`(bytes: Int) throws {
        let task = verbatim("t", "{{result:a}} then {{results}} and {{result:b}} so do it", after: ["a", "b"])
        let results = [
            Sample.result("a", String(repeating: "a", count: bytes)), Sample.result("b", "short and whole"),
        ]
        for context in [1024, 2048, 8192] {
            let made = try prompt(task, results, context: context)
            let used = made.messages.reduce(0) { $0 + PromptBuilder.estimatedTokens($1.content) }
            #expect(used + made.maxTokens <= context)
            #expect(made.maxTokens >= 256)
            #expect(made.messages[0].content.hasSuffix("and short and whole so do it"))
        }
    }

    @Test func `the prompt's length counts for the window and for the work`() throws {
        let long = verbatim("long", String(repeating: "x", count: 9_000))
        #expect(PromptBuilder.requiredTokens(long, .verbatim) > 3_000)
        #expect(throws: PromptBuilder.TooLong.self) { _ = try prompt(long, context: 2048) }
        #expect(Sample.plan([long]).wantedWindow(team: Sample.team) >= 4_000)
        var run = try VirtualRun(
            [long], [.init(name: "small", context: 2048), .init(name: "large", context: 8192)],
            team: Sample.team + [.verbatim]
        ) { _, _, _, _ in VirtualRun.good(1) }
        #expect(run.scheduler.tasks[0].work.promptTokens >= 3_000)
        run.run()
        #expect(run.results[0].server == "large")
    }

    @Test func `a prompt of open braces costs little`() {
        let braces = String(repeating: "{", count: 200_000) + "}}"
        #expect(ResultPlaces.parts(of: braces) == [.text(braces)])
    }
}
