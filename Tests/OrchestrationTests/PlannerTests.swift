import Orchestration
import Specialists
import Testing

@Suite struct PlannerTests {
    static let team = Roster.standard

    private func plan(_ context: PlanContext, team: [Specialist] = team) -> OrchestrationPlan {
        TeamOrchestrator(servers: [], team: team, log: .init(run: "r")).plan("a problem", context: context)
    }

    private func shape(_ plan: OrchestrationPlan) -> [[String]] { plan.waves.map { $0.tasks.map(\.specialist) } }

    @Test func `independent files are divided`() {
        let made = plan(PlanContext(files: ["a.c", "b.c", "c.c"], kind: .failure, texts: ["b.c": "text of b"]))
        #expect(made.pattern == .divideAndConquer)
        #expect(shape(made) == [["Coder", "Coder", "Coder"], ["Integrator"]])
        #expect(made.tasks[1].input.text.contains("text of b"))
        #expect(
            shape(plan(PlanContext(files: ["a.c", "b.c"], kind: .changes)))[0] == ["Code Analyst", "Code Analyst"])
    }

    @Test func `a tangled failure is a pipeline, with the stages that it needs`() {
        let whole = plan(PlanContext(files: ["a.c", "b.c"], kind: .failure, tangled: true))
        #expect(whole.pattern == .pipeline)
        #expect(shape(whole) == [["Root Cause Analyst"], ["Architect"], ["Coder", "Coder"], ["QA", "QA"]])
        #expect(whole.tasks.last?.dependencies == ["coder-2"])
        let verified = plan(PlanContext(files: ["a.c"], kind: .failure, tangled: true, isVerifiedElsewhere: true))
        #expect(shape(verified) == [["Root Cause Analyst"], ["Coder"]])
        let plain = plan(PlanContext(files: ["a.c"], errors: ["a.c": 1], kind: .failure, isVerifiedElsewhere: true))
        #expect(shape(plain) == [["Coder"]])
    }

    @Test func `a question goes to experts who differ, then to a synthesizer`() {
        let made = plan(PlanContext(kind: .question, experts: 4))
        #expect(shape(made) == [["Expert", "Expert", "Expert", "Expert"], ["Synthesizer"]])
        let experts = made.tasks.dropLast()
        #expect(Set(experts.map(\.input.text)).count == 4)
        #expect(Set(experts.compactMap(\.sampling.temperature)).count == 4)
        #expect(made.synthesis == .consensus)
    }

    @Test func `one file with several errors is looked at from all sides`() {
        let made = plan(PlanContext(files: ["a.c"], errors: ["a.c": 3], kind: .failure, texts: ["a.c": "int a"]))
        #expect(made.pattern == .parallelAnalysis)
        #expect(
            shape(made) == [["Syntax Analyst", "Whitespace Analyst", "Pattern Analyst", "Root Cause Analyst"]])
        #expect(Set(made.tasks.map(\.input.shared)) == ["int a"])
    }

    @Test func `the pattern that is asked for is used`() {
        #expect(plan(PlanContext(files: ["a.c", "b.c"], kind: .changes, pattern: .consensus)).pattern == .consensus)
    }

    @Test(arguments: Pattern.allCases) func `a small team still gets a valid plan`(pattern: Pattern) throws {
        let small = [Specialist(name: "Generalist", summary: "", instructions: "You help.")]
        let made = plan(PlanContext(files: ["a.c", "b.c"], kind: .changes, pattern: pattern), team: small)
        try made.validate(team: small, servers: Sample.servers([ScriptedServer("a")]))
        #expect(Set(made.tasks.map(\.specialist)) == ["Generalist"])
    }
}
