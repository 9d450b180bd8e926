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
}
