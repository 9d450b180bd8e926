import Events
import Inference

@testable import Orchestration

/// Small plans and teams for tests.
enum Sample {
    static let team = ["Analyst", "Coder", "Integrator", "Judge"].map {
        Specialist(name: $0, summary: $0, instructions: "You are \($0).", maxTokens: 64)
    }

    static func task(
        _ id: String, after dependencies: [String] = [], on server: String? = nil, by specialist: String = "Analyst",
        retries: Int = 2, partial: Bool = true, timeout: Double? = nil, text: String? = nil
    ) -> TeamTask {
        TeamTask(
            id: id, specialist: specialist, input: TaskInput(title: id, text: text ?? "do \(id)"),
            dependencies: dependencies, server: server, timeout: timeout,
            policy: TaskPolicy(retries: retries, acceptsPartialInput: partial))
    }

    static func servers(_ endpoints: [ScriptedServer], slots: Int = 1) -> [TeamServer] {
        endpoints.map { TeamServer(endpoint: $0, model: "m", slots: slots) }
    }

    static func plan(_ tasks: [TeamTask], synthesis: SynthesisStrategy = .mergeAll) -> OrchestrationPlan {
        OrchestrationPlan(problem: "a problem", tasks: tasks, synthesis: synthesis)
    }

    static func result(
        _ id: String, _ text: String?, ended: Double = 0, after: [String] = [], reason: String = "it broke"
    ) -> TaskResult {
        TaskResult(
            task: task(id, after: after),
            outcome: text.map { .succeeded(text: $0) } ?? .failed(reason: reason, code: .serverFailed), ended: ended)
    }
}

/// The events of a run as short words, to compare their order.
func words(_ records: [RunRecord]) -> [String] {
    records.map { record in
        switch record.event {
        case .planned(let work): "planned \(work.tasks.count)"
        case .serverJoined(let facts): "joined \(facts.name)"
        case .serverLost(let name, _): "lost \(name)"
        case .serverRecovered(let name): "recovered \(name)"
        case .taskStarted(let task, let attempt, let server, _): "start \(task) \(attempt) \(server)"
        case .taskFinished(let end): "end \(end.task) \(end.attempt) \(end.outcome.rawValue)"
        case .taskMoved(let task, let from, _): "moved \(task) \(from)"
        case .taskRetried(let task, let attempt, _, _): "retry \(task) \(attempt)"
        case .taskSkipped(let task, _, _): "skipped \(task)"
        case .waveFailed(let wave, let retried): "wave \(wave) \(retried)"
        case .synthesized(let strategy, _, _): "synthesized \(strategy)"
        case .orchestrationFinished: "finished"
        default: "\(record.event)"
        }
    }
}
