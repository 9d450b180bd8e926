import Inference

/// A prompt as it would be sent, and to whom.
public struct ExplainedPrompt: Sendable, Codable, Equatable {
    /// A server that may get it.
    public struct Place: Sendable, Codable, Hashable {
        /// The server's name.
        public var server: String
        /// Its URL, without credentials; empty when there is none to show.
        public var url: String
        /// The model that it would be asked with.
        public var model: String
    }

    /// The task's id.
    public var task: String
    /// Who does it.
    public var specialist: String
    /// The task's line for people.
    public var title: String
    /// The prompt, word for word. Where results of other tasks stand in it, a line says so.
    public var prompt: Prompt
    /// Who may get it: one of them does, or several where an attempt fails. Empty: it fits nowhere.
    public var places: [Place]
    /// How many secrets are hidden in it.
    public var hidden: Int
}

extension TeamOrchestrator {
    /// What the plan's tasks would send, as far as it is known before the first answer.
    ///
    /// - Returns: a prompt a task; several where servers with windows of different lengths would get different ones.
    public func explained(_ plan: OrchestrationPlan) -> [ExplainedPrompt] {
        let roles = Dictionary(
            (team + Specialist.standing).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return plan.tasks.flatMap { task -> [ExplainedPrompt] in
            guard let specialist = roles[task.specialist] else { return [] }
            let unknown = plan.tasks.filter { task.dependencies.contains($0.id) }.map {
                TaskResult(task: $0, outcome: .succeeded(text: "[here stands the result of \($0.id)]"), ended: 0)
            }
            let plain = PromptMaterial(task: task, specialist: specialist, dependencies: unknown)
            let material = options.screen?.material(task, specialist, unknown) ?? plain
            let builder = PromptBuilder(timeouts: options.timeouts)
            var found: [ExplainedPrompt] = []
            for server in servers where (task.server ?? server.name) == server.name {
                guard let server = server.using(task.model),
                    let prompt = try? builder.prompt(
                        for: material.task, specialist: material.specialist, dependencies: material.dependencies,
                        model: server.model, contextLength: server.contextLength,
                        timeout: task.timeout ?? options.taskTimeout)
                else { continue }
                let place = ExplainedPrompt.Place(server: server.name, url: server.url, model: server.model)
                if let same = found.firstIndex(where: { $0.prompt.messages == prompt.messages }) {
                    found[same].places.append(place)
                } else {
                    found.append(
                        ExplainedPrompt(
                            task: task.id, specialist: task.specialist, title: material.task.input.title,
                            prompt: prompt,
                            places: [place], hidden: material.hidden))
                }
            }
            return found
        }
    }
}
