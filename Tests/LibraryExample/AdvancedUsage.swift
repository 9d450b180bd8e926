import Events
import Inference
import Orchestration
import Specialists

/// Runs a plan made by hand: two tasks, each pinned to a server, and a synthesis written by a closure.
func advancedUsage(_ first: String, _ second: String) async throws {
    let servers = try [("ollama01", first), ("ollama02", second)].map { name, url in
        TeamServer(
            endpoint: OllamaServer(name: name, address: try ServerAddress(parsing: url)), model: "qwen2.5-coder:7b")
    }

    // Analysts answer with findings: where two report the same place, the list has it once, with both names.
    var options = OrchestratorOptions(strategy: .loadAware, budget: 600)
    options.merge = Findings.merging
    let orchestrator = TeamOrchestrator(
        servers: servers, team: Roster.standard, options: options, log: RunLog(run: "advanced-usage"))

    // Define tasks.
    let file = TaskInput(
        title: "main.py", shared: "def add(a, b)\n  return a - b\n", text: "Report what your role finds.")
    let task1 = TeamTask(
        id: "syntax_analysis", specialist: "Syntax Analyst", input: file, server: "ollama02", timeout: 300)
    let task2 = TeamTask(
        id: "whitespace_analysis", specialist: "Whitespace Analyst", input: file, server: "ollama01", timeout: 300)

    // Create a wave.
    let wave1 = ExecutionWave(number: 1, tasks: [task1, task2])

    // Create a plan.
    let plan = OrchestrationPlan(
        problem: "Analyze main.py", waves: [wave1], synthesis: .mergeAll, success: .allTasksComplete)

    // Execute it, and look at each result as it comes: a judge may end the plan early, or add tasks to it.
    let result = try await orchestrator.execute(plan) { result in
        print("\(result.task.id) on \(result.server ?? "no server"): \(result.succeeded ? "done" : "failed")")
        return .goOn
    }
    print(result.synthesis.text)

    // Put the same results together in another way.
    let consensus = Synthesis.make(.consensus, of: result.results)
    print("Agreement: \(consensus.agreement ?? 0), confidence: \(consensus.confidence?.value ?? 0)")
}
