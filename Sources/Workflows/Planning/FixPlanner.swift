import Diagnostics
import Orchestration

/// What a task of a fix's plan is about: needed again when its answer comes.
package struct TaskBrief: Sendable, Equatable {
    package var suspect: Suspect
    package var window: CodeWindow
    package var causes: [String]
    package var isAssertion: Bool
}

/// Plans the models' part of a round, by rules.
///
/// Several files with errors of their own make a divide-and-conquer plan: coders a file, and the build as the integrator. One
/// tangled failure (nothing points to a place that may be edited, or an earlier round found no fix) makes a pipeline: analysis,
/// implementation, and the build as the validation. A stage that the problem doesn't need isn't planned.
package struct FixPlanner: Sendable {
    package var files: WorkingFiles
    package var gate: Gate
    package var command: String
    /// The most answers about one file.
    package var candidates: Int
    /// The most bytes of code in one prompt, from the smallest window of the team.
    package var longestContext: Int
    package var pattern: Pattern?

    /// A plan and what its tasks are about.
    package struct Planned: Sendable {
        package var plan: OrchestrationPlan
        package var briefs: [String: TaskBrief]

        /// The same failure for a planner that doesn't know code windows: the suspect files, with what the tasks read of them.
        var context: PlanContext {
            var context = PlanContext(kind: .failure)
            var causes: [String: Set<String>] = [:]
            for task in plan.tasks {
                guard let brief = briefs[task.id] else { continue }
                let file = brief.suspect.file
                causes[file, default: []].formUnion(brief.causes)
                guard context.texts.updateValue(task.input.shared, forKey: file) == nil else { continue }
                context.files.append(file)
            }
            context.errors = causes.mapValues(\.count)
            return context
        }
    }

    /// The most files that one round works on.
    static let mostGroups = 12

    /// The plan of one round; nil when nothing that may be edited is suspect.
    /// - Parameter hints: what earlier rounds learned about a file's failure.
    package func plan(_ observation: BuildObservation, round: Int, hints: [String: String], base: String?) -> Planned? {
        let localization = Localization(files: files, command: command, isEditable: gate.mayEdit)
        let prompts = FixPrompts(command: command, observation: observation, files: files)
        var groups: [(suspects: [Suspect], cause: RootCause)] = []
        for cause in observation.causes {
            let suspects = localization.suspects(for: cause)
            guard let first = suspects.first, groups.count < Self.mostGroups else { continue }
            // One place at a time in each file: what is mended there shifts and explains the rest.
            if groups.contains(where: { $0.suspects.first?.file == first.file }) { continue }
            groups.append((suspects, cause))
        }
        guard !groups.isEmpty else { return nil }
        let chosen = pattern ?? (groups.count > 1 ? .divideAndConquer : .pipeline)
        let analyses = chosen == .pipeline && (round > 1 || pattern == .pipeline) || chosen == .parallelAnalysis
        var tasks: [TeamTask] = []
        var briefs: [String: TaskBrief] = [:]
        let perGroup = groups.count == 1 ? candidates : max(1, min(candidates, 2 * candidates / groups.count + 1))
        for (number, group) in groups.enumerated() {
            let name = groups.count == 1 ? "" : "\(number + 1)-"
            tasks += self.tasks(
                group.suspects, group.cause, prompts, samples: perGroup, prefix: name, round: round,
                analyses: analyses && number == 0,
                hint: hints[group.suspects.first?.file ?? ""], briefs: &briefs)
        }
        guard tasks.contains(where: { briefs[$0.id] != nil }) else { return nil }
        let problem = groups.map { $0.cause.diagnostic.message }.prefix(3).joined(separator: "; ")
        return Planned(
            plan: OrchestrationPlan(
                problem: "Fix: \(sanitized(problem))", pattern: chosen, tasks: tasks, synthesis: .useFirstResult,
                success: .verified,
                base: base),
            briefs: briefs)
    }

    private func tasks(
        _ suspects: [Suspect], _ cause: RootCause, _ prompts: FixPrompts, samples: Int, prefix: String, round: Int,
        analyses: Bool,
        hint: String?, briefs: inout [String: TaskBrief]
    ) -> [TeamTask] {
        let isAssertion =
            cause.diagnostic.test != nil
            || Localization.looksLikeAssertion(cause.diagnostic.message, code: cause.diagnostic.code)
            || suspects.first?.line == nil
        var result: [TeamTask] = []
        var analysis: String?
        if analyses, let suspect = suspects.first {
            let id = "r\(round)-\(prefix)analysis-0"
            analysis = id
            result.append(
                TeamTask(
                    id: id, specialist: "Root Cause Analyst",
                    input: TaskInput(
                        title: "why \(suspect.file) fails",
                        shared: prompts.shared(for: suspect, cause: cause, longest: longestContext),
                        text: "Say in at most three sentences which line is wrong and why."),
                    policy: TaskPolicy(retries: 1, priority: 1),
                    sampling: Sampling(temperature: 0.2, seed: round * 1000, maxTokens: 160)))
        }
        for sample in 1...max(1, samples) {
            guard let suspect = suspects.isEmpty ? nil : suspects[(sample - 1) / 4 % suspects.count],
                let text = files[suspect.file]
            else { continue }
            let windows = CodeWindow.windows(for: suspect, in: text, longest: longestContext / 2)
            // A logic error needs its whole function; a slip that a tool points at is mended in a few lines, and every other
            // sample sees the whole in case it isn't.
            let window = isAssertion || windows.isEmpty ? windows.last : windows[(sample - 1) % windows.count]
            guard let window, let range = text.range(ofLines: window.lines) else { continue }
            let explains = isAssertion && sample % 2 == 0
            let id = "r\(round)-\(prefix)coder-\(sample)"
            briefs[id] = TaskBrief(
                suspect: suspect, window: window, causes: [cause.fingerprint], isAssertion: isAssertion)
            result.append(
                TeamTask(
                    id: id, specialist: "Coder",
                    input: TaskInput(
                        title: "mend \(suspect.file):\(suspect.line ?? suspect.lines.lowerBound)",
                        shared: prompts.shared(for: suspect, cause: cause, longest: longestContext),
                        text: prompts.request(
                            for: window, suspect: suspect, isAssertion: isAssertion, hint: hint, explains: explains,
                            longest: longestContext)),
                    // Only half of the samples wait for the analysis: it may be wrong, and it takes time.
                    dependencies: analysis.map { sample % 2 == 1 ? [$0] : [] } ?? [],
                    // First samples first: no file waits for another one's eighth, and the likeliest answers come soonest.
                    policy: TaskPolicy(retries: 1, priority: -sample),
                    sampling: Sampling(
                        temperature: Self.temperatures[(sample - 1 + (round - 1) * 3) % Self.temperatures.count],
                        seed: round * 1000 + sample,
                        maxTokens: min(2048, range.count / 2 + 160))))
        }
        return result
    }

    /// The first answer is the model's best guess; the others look around it.
    private static let temperatures = [0.1, 0.5, 0.8, 0.8, 0.9, 1.0, 0.7, 1.0]
}
