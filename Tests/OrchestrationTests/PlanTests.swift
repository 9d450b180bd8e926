import Inference
import Testing

@testable import Orchestration

@Suite struct PlanTests {
    @Test func `waves are the depth in the graph`() {
        let plan = Sample.plan([
            Sample.task("late", after: ["a", "b"]), Sample.task("a"), Sample.task("b", after: ["a"]), Sample.task("c"),
        ])
        #expect(plan.waves.map { $0.tasks.map(\.id) } == [["a", "c"], ["b"], ["late"]])
    }

    @Test func `a task in a wave depends on the wave before unless it says otherwise`() {
        let plan = OrchestrationPlan(
            problem: "p",
            waves: [
                ExecutionWave(number: 1, tasks: [Sample.task("a"), Sample.task("b")]),
                ExecutionWave(number: 2, tasks: [Sample.task("c"), Sample.task("d", after: ["a"])]),
            ])
        #expect(plan.tasks.map(\.dependencies) == [[], [], ["a", "b"], ["a"]])
    }

    static let broken: [(OrchestrationPlan, PlanError)] = [
        (Sample.plan([]), .empty),
        (Sample.plan([Sample.task("a"), Sample.task("a")]), .duplicateTask("a")),
        (Sample.plan([Sample.task("a", after: ["b"])]), .missingDependency(task: "a", dependency: "b")),
        (Sample.plan([Sample.task("a", after: ["a"])]), .cycle(["a", "a"])),
        (
            Sample.plan([Sample.task("free"), Sample.task("a", after: ["b"]), Sample.task("b", after: ["a", "free"])]),
            .cycle(["b", "a", "b"])
        ),
        (
            Sample.plan([Sample.task("a", by: "Nobody")]),
            .unknownSpecialist(task: "a", specialist: "Nobody", known: Sample.team.map(\.name))
        ),
        (
            Sample.plan([Sample.task("a")], synthesis: .custom(specialist: "Nobody")),
            .unknownSpecialist(task: "synthesis", specialist: "Nobody", known: Sample.team.map(\.name))
        ),
        (Sample.plan([Sample.task("a", on: "z")]), .unknownServer(task: "a", server: "z", known: ["s"])),
        (Sample.plan([Sample.task("a", retries: 11)]), .badValue(task: "a", "retries are 0 to 10, not 11")),
        (
            Sample.plan((0...2_000).map { Sample.task("t\($0)") }),
            .tooLarge("it has 2001 tasks; at most 2000 are run")
        ),
    ]

    @Test(arguments: 0..<broken.count) func `a plan that can't run is refused`(index: Int) {
        let (plan, expected) = Self.broken[index]
        #expect(throws: expected) {
            try plan.validate(team: Sample.team, servers: Sample.servers([ScriptedServer("s")]))
        }
    }

    @Test func `a plan without servers is refused`() {
        #expect(throws: PlanError.noServers) {
            try Sample.plan([Sample.task("a")]).validate(team: Sample.team, servers: [])
        }
    }

    @Test func `JSON comes back as it went`() throws {
        var plan = Sample.plan(
            [Sample.task("a", on: "s", timeout: 3), Sample.task("b", after: ["a"])],
            synthesis: .custom(specialist: "Judge"))
        plan.success = .quorum(2)
        plan.base = "abc"
        let json = try plan.json()
        #expect(try OrchestrationPlan(json: json) == plan)
        #expect(json.contains(#""success" : "quorum:2""#))
        #expect(json.contains(#""synthesis" : "custom:Judge""#))
    }

    @Test func `people may write it short, with either spelling`() throws {
        let plan = try OrchestrationPlan(
            json: """
                {"problem": "p", "pattern": "divide_and_conquer", "synthesis": "merge_all", "success": "any_task_complete",
                 "waves": [[{"id": "a", "specialist": "Coder", "input": "do it"}],
                           {"tasks": [{"id": "b", "specialist": "Coder", "input": {"text": "then this"}}]}]}
                """)
        #expect(plan.pattern == .divideAndConquer)
        #expect(plan.success == .anyTaskComplete)
        #expect(plan.tasks.map(\.dependencies) == [[], ["a"]])
        #expect(plan.tasks[0].input == TaskInput(title: "a", text: "do it"))
    }

    @Test(arguments: [
        (#"{"problem":"p","tasks":[{"id":"a","specialist":"C","input":"x","depends":["b"]}]}"#, "'depends'"),
        (#"{"problem":"p","tasks":[{"id":"a","input":"x"}]}"#, "tasks[0]: 'specialist' is missing"),
        (#"{"problem":"p","tasks":[],"synthesis":"glue"}"#, "'glue' isn't one of: merge-all"),
        (#"{"problem":"p","tasks":"#, "can't be read"),
    ]) func `a misspelt plan is refused with its place`(json: String, part: String) throws {
        let error = #expect(throws: PlanError.self) { _ = try OrchestrationPlan(json: json) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test func `a fault says where in the plan it is`() {
        func fault(_ tasks: [TeamTask], _ change: (inout OrchestrationPlan) -> Void = { _ in }) -> PlanFault? {
            var plan = Sample.plan(tasks)
            change(&plan)
            return plan.fault(specialists: Sample.team.map(\.name), servers: ["s"])
        }
        func place(_ fault: PlanFault?) -> String {
            guard let fault else { return "none" }
            return "\(fault.task ?? -1) \(fault.keys.joined(separator: ".")) \(fault.item ?? -1)"
        }
        let a = Sample.task("a")
        #expect(place(fault([a])) == "none")
        #expect(place(fault([])) == "-1 tasks -1")
        #expect(place(fault([a, Sample.task("b"), a])) == "2 id -1")
        #expect(place(fault([a, Sample.task("b", after: ["a", "x"])])) == "1 dependencies 1")
        #expect(
            place(fault([Sample.task("x", after: ["a", "y"]), a, Sample.task("y", after: ["x"])])) == "0 dependencies 1"
        )
        #expect(place(fault([a, Sample.task("b", by: "Nobody")])) == "1 specialist -1")
        #expect(place(fault([a, Sample.task("b", on: "z")])) == "1 server -1")
        #expect(place(fault([a, Sample.task("b", retries: 11)])) == "1 policy.retries -1")
        #expect(place(fault([a, Sample.task("b", timeout: -1)])) == "1 timeout -1")
        #expect(place(fault([a]) { $0.success = .quorum(2) }) == "-1 success -1")
        #expect(place(fault([a]) { $0.synthesis = .custom(specialist: "Nobody") }) == "-1 synthesis -1")
        #expect(place(fault((0...2_000).map { Sample.task("t\($0)") })) == "2000  -1")
        for (key, sampling) in [
            ("temperature", Sampling(temperature: 2.1)), ("maxTokens", Sampling(maxTokens: 0)),
            ("stop", Sampling(stop: [""])),
        ] {
            var task = a
            task.sampling = sampling
            #expect(place(fault([task])) == "0 sampling.\(key) -1")
        }
    }

    @Test(arguments: [
        ("merge_all", SynthesisStrategy.mergeAll), ("merge-all", .mergeAll), ("use_first_result", .useFirstResult),
        ("use-first-result", .useFirstResult), ("consensus", .consensus),
        ("Custom: Judge", .custom(specialist: "Judge")),
    ]) func `synthesis strategies are known by either spelling`(name: String, strategy: SynthesisStrategy) throws {
        #expect(SynthesisStrategy(name: name) == strategy)
        let json = #"{"problem":"p","tasks":[{"id":"a","specialist":"Analyst","input":"x"}],"synthesis":"\#(name)"}"#
        #expect(try OrchestrationPlan(json: json).synthesis == strategy)
        #expect(SynthesisStrategy(name: strategy.name) == strategy)
    }

    @Test(arguments: [
        ("all_tasks_complete", SuccessCriterion.allTasksComplete), ("all-tasks-complete", .allTasksComplete),
        ("any_task_complete", .anyTaskComplete), ("any-task-complete", .anyTaskComplete), ("quorum:2", .quorum(2)),
        ("verified", .verified),
    ]) func `success criteria are known by either spelling`(name: String, criterion: SuccessCriterion) throws {
        let json = #"{"problem":"p","tasks":[{"id":"a","specialist":"Analyst","input":"x"}],"success":"\#(name)"}"#
        #expect(try OrchestrationPlan(json: json).success == criterion)
        #expect(SuccessCriterion(name: criterion.name) == criterion)
    }

    @Test(arguments: ["quorum", "quorum:0", "quorum:-1", "quorum:x", "some", "custom:"])
    func `no other success criterion is taken`(name: String) {
        #expect(SuccessCriterion(name: name) == nil)
        #expect(SynthesisStrategy(name: name) == nil)
    }

    /// Three tasks, of which the first so many succeed.
    static let successes: [(criterion: SuccessCriterion, settles: Bool, successes: [Bool])] = [
        (.allTasksComplete, false, [false, false, false, true]), (.anyTaskComplete, false, [false, true, true, true]),
        (.quorum(2), false, [false, false, true, true]), (.verified, false, [false, false, false, false]),
        (.verified, true, [false, true, true, true]),
    ]

    @Test(arguments: 0..<successes.count, 0...3) func `a plan is done when its criterion says so`(
        row: Int, good: Int
    ) async throws {
        let (criterion, settles, expected) = Self.successes[row]
        let server = ScriptedServer("s") { request in
            guard let number = request.text.last?.wholeNumberValue, number < good else {
                throw InferenceError(.badRequest, server: "s", message: "refused")
            }
            return "fine"
        }
        var plan = Sample.plan((0..<3).map { Sample.task("t\($0)", retries: 0, text: "do \($0)") })
        plan.success = criterion
        let team = TeamOrchestrator(
            servers: Sample.servers([server]), team: Sample.team, log: .init(run: "r"))
        let result = try await team.execute(plan) { settles && $0.succeeded ? .settled("it holds") : .goOn }
        #expect(result.success == expected[good])
    }
}
