import Events
import Inference
import Orchestration
import Specialists

/// Plans by rules, runs the plan on two servers, and prints what came of it.
func basicUsage(_ first: String, _ second: String) async throws {
    // The servers, each with the one model that it runs for this team.
    let servers = [
        TeamServer(
            endpoint: OllamaServer(name: "ollama01", address: try ServerAddress(parsing: first)),
            model: "qwen2.5-coder:7b", slots: 2),
        TeamServer(
            endpoint: OllamaServer(name: "ollama02", address: try ServerAddress(parsing: second)),
            model: "qwen2.5-coder:7b", slots: 2),
    ]
    let orchestrator = TeamOrchestrator(
        servers: servers, team: Roster.standard, options: OrchestratorOptions(maxWorkers: 4),
        log: RunLog(run: "basic-usage"))

    // Create a plan: one file with several errors makes a parallel analysis by four specialists.
    let plan = orchestrator.plan(
        "Fix complex error with multiple issues",
        context: PlanContext(
            files: ["main.py"], errors: ["main.py": 3],
            texts: ["main.py": "def add(a, b)\n  return a - b\n\tprint(add(1 2))\n"]))

    // Execute it. Tasks that fail are in the result; nothing is thrown once it has begun.
    let result = try await orchestrator.execute(plan)

    // Check the result.
    if result.success {
        print(result.synthesis.text)
        print("Completed \(result.results.count) tasks in \(result.duration) s")
        print("Parallel efficiency: \(result.statistics.parallelEfficiency ?? 1)x")
    }
    for advice in result.statistics.advice { print("Advice: \(advice.text)") }
}
