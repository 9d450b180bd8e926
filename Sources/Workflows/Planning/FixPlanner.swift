import Diagnostics
import Orchestration

/// What a task of a fix's plan is about: needed again when its answer comes.
package struct TaskBrief: Sendable, Equatable {
    package var suspect: Suspect
    package var window: CodeWindow
    package var causes: [String]
    package var isAssertion: Bool
    /// How the change is to be written.
    package var format: EditFormat
    /// The files that the answer may change.
    package var scope: Set<String>
}

/// Plans the models' part of a round, by rules.
///
/// Several files with errors of their own make a divide-and-conquer plan: coders a file, who are judged by the build as they
/// answer, and an integrator, who sees what they wrote when that didn't do. One tangled failure (nothing points to a place that may
/// be edited, or an earlier round found no fix) makes a pipeline: analysis, implementation, and the build as the validation. A
/// stage that the problem doesn't need isn't planned.
package struct FixPlanner: Sendable {
    package var files: WorkingFiles
    package var gate: Gate
    package var command: String
    /// The most answers about one file.
    package var candidates: Int
    /// How much code a prompt may show.
    package var budget: PromptBudget
    package var pattern: Pattern?
    /// How changes are to be written; nil asks for windows and functions in turn.
    package var format: EditFormat?
    package var definitions = DefinitionIndex()

    /// A plan and what its tasks are about.
    package struct Planned: Sendable {
        package var plan: OrchestrationPlan
        package var briefs: [String: TaskBrief]

        /// The same failure for a planner that doesn't know code windows: the suspect files, with what the tasks read of them.
        var context: PlanContext {
            var context = PlanContext(kind: .failure)
            var causes: [String: Set<String>] = [:]
            for task in plan.tasks where !task.input.shared.isEmpty {
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

    /// One file's part of the problem.
    struct Group {
        var suspects: [Suspect]
        /// What those call, and what calls them: looked at when the suspects themselves weren't it.
        var neighbours: [Suspect] = []
        var cause: RootCause
        /// Whether the code does the wrong thing, where else it is wrong as it is written.
        var isAssertion: Bool
    }

    /// The most files that one round works on.
    static let mostGroups = 12
    /// The most failures of one round whose place is searched for by names.
    static let mostSearched = 100

    /// Whether one of the likeliest failures names nothing that is known.
    func lacksDefinitions(_ causes: [RootCause]) -> Bool {
        let localization = localization
        return causes.prefix(Self.mostGroups).contains(where: localization.findsNothing)
    }

    private var localization: Localization {
        Localization(files: files, command: command, definitions: definitions, isEditable: gate.mayEdit)
    }

    /// The plan of one round; nil when nothing that may be edited is suspect.
    /// - Parameters:
    ///   - hints: what earlier rounds learned about a file's failure.
    ///   - tried: what was tried for single lines (see `LearnedInRound`).
    package func plan(
        _ observation: BuildObservation, round: Int, hints: [String: String], tried: [String: [String]] = [:],
        base: String?
    ) -> Planned? {
        let prompts = FixPrompts(command: command, observation: observation, files: files, budget: budget)
        let groups = groups(observation.causes, self.localization, isFirst: round == 1)
        guard !groups.isEmpty else { return nil }
        let chosen = pattern ?? (groups.count > 1 ? .divideAndConquer : .pipeline)
        let analyses = chosen == .pipeline && (round > 1 || pattern == .pipeline) || chosen == .parallelAnalysis
        var tasks: [TeamTask] = []
        var briefs: [String: TaskBrief] = [:]
        let perGroup = groups.count == 1 ? candidates : max(1, min(candidates, 2 * candidates / groups.count + 1))
        for (number, group) in groups.enumerated() {
            let name = groups.count == 1 ? "" : "\(number + 1)-"
            let lines = lineTasks(group, prompts, prefix: name, round: round, tried: tried, briefs: &briefs)
            tasks += self.tasks(
                group, prompts, samples: samples(perGroup, of: group, besides: lines), prefix: name,
                round: round, analyses: analyses && number == 0,
                hint: hints[group.suspects.first?.file ?? ""], briefs: &briefs)
            tasks += lines
        }
        guard tasks.contains(where: { briefs[$0.id] != nil }) else { return nil }
        if chosen == .divideAndConquer, groups.count > 1,
            let integrator = integrator(groups, prompts, round: round, coders: tasks, briefs: &briefs)
        {
            tasks.append(integrator)
        }
        let problem = groups.map { $0.cause.diagnostic.message }.prefix(3).joined(separator: "; ")
        return Planned(
            plan: OrchestrationPlan(
                problem: "Fix: \(sanitized(problem))", pattern: chosen, tasks: tasks, synthesis: .useFirstResult,
                success: .verified, base: base),
            briefs: briefs)
    }

    private func groups(_ causes: [RootCause], _ localization: Localization, isFirst: Bool) -> [Group] {
        var groups: [Group] = []
        var searched = 0
        for cause in causes where groups.count < Self.mostGroups {
            // One place at a time in each file: what is mended there shifts and explains the rest.
            if let file = localization.certainFile(of: cause) {
                if groups.contains(where: { $0.suspects.first?.file == file }) { continue }
            } else {
                searched += 1
                guard searched <= Self.mostSearched else { continue }
            }
            let suspects = localization.suspects(for: cause)
            guard let first = suspects.first else { continue }
            if groups.contains(where: { $0.suspects.first?.file == first.file }) { continue }
            let isAssertion =
                cause.diagnostic.test != nil
                || Localization.looksLikeAssertion(cause.diagnostic.message, code: cause.diagnostic.code)
                || first.line == nil
            var group = Group(suspects: suspects, cause: cause, isAssertion: isAssertion)
            if isAssertion, !isFirst { group.neighbours = localization.neighbours(of: first, besides: suspects) }
            groups.append(group)
        }
        return groups
    }

    private func tasks(
        _ group: Group, _ prompts: FixPrompts, samples: Int, prefix: String, round: Int, analyses: Bool,
        hint: String?, briefs: inout [String: TaskBrief]
    ) -> [TeamTask] {
        let (suspects, cause, isAssertion) = (group.suspects, group.cause, group.isAssertion)
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
                        shared: prompts.shared(for: suspect, cause: cause),
                        text: "Say in at most three sentences which line is wrong and why."),
                    policy: TaskPolicy(retries: 1, priority: 1),
                    sampling: Sampling(temperature: 0.2, seed: round * 1000, maxTokens: 160)))
        }
        for sample in 0..<samples {
            let sample = sample + 1
            guard let suspect = group.suspect(for: sample, of: samples, round: round), let text = files[suspect.file],
                let (window, form) = window(for: suspect, sample, isAssertion: isAssertion, in: text),
                let range = text.range(ofLines: window.lines)
            else { continue }
            let explains = isAssertion && sample % 2 == 0
            let id = "r\(round)-\(prefix)coder-\(sample)"
            briefs[id] = TaskBrief(
                suspect: suspect, window: window, causes: [cause.fingerprint], isAssertion: isAssertion, format: form,
                scope: form == .searchReplace || form == .file ? Set(suspects.map(\.file)) : [window.file])
            result.append(
                TeamTask(
                    id: id, specialist: "Coder",
                    input: TaskInput(
                        title: "mend \(suspect.file):\(suspect.line ?? suspect.lines.lowerBound)",
                        shared: prompts.shared(for: suspect, cause: cause),
                        text: prompts.request(
                            for: window, suspect: suspect, format: form, isAssertion: isAssertion, hint: hint,
                            explains: explains)),
                    // Only half of the samples wait for the analysis: it may be wrong, and it takes time.
                    dependencies: analysis.map { sample % 2 == 1 ? [$0] : [] } ?? [],
                    policy: TaskPolicy(retries: 1, priority: Self.priority(ofSample: sample)),
                    sampling: Sampling(
                        temperature: Self.temperatures[(sample - 1 + (round - 1) * 3) % Self.temperatures.count],
                        seed: round * 1000 + sample,
                        maxTokens: min(2048, range.count / 2 + (form == .searchReplace ? 480 : 160)))))
        }
        return result
    }

    /// The lines that a sample is asked about, and the form of its answer.
    private func window(
        for suspect: Suspect, _ sample: Int, isAssertion: Bool, in text: SourceText
    ) -> (CodeWindow, EditFormat)? {
        let half = budget.longest / 2
        let windows = CodeWindow.windows(for: suspect, in: text, longest: half)
        guard let narrow = windows.first, let wide = windows.last else { return nil }
        switch format {
        case .window, .line: return windows.count > 1 ? (narrow, .window) : (wide, .function)
        case .function: return (wide, .function)
        case .searchReplace: return (wide, .searchReplace)
        case .file:
            // What is too long to be written again is written in part.
            guard text.bytes.count <= half else { return (wide, .function) }
            return (CodeWindow(file: suspect.file, lines: 1...text.lineCount), .file)
        case nil:
            // A logic error needs its whole function; a slip that a tool points at is mended in a few lines, and every other
            // sample sees the whole in case it isn't.
            let index = isAssertion ? windows.count - 1 : (sample - 1) % windows.count
            return (windows[index], index == 0 && windows.count > 1 ? .window : .function)
        }
    }

    /// Whoever puts together what the coders wrote, when none of it made the build pass.
    private func integrator(
        _ groups: [Group], _ prompts: FixPrompts, round: Int, coders: [TeamTask], briefs: inout [String: TaskBrief]
    ) -> TeamTask? {
        let ids = coders.map(\.id).filter { briefs[$0] != nil }
        let places = groups.compactMap { group -> (Group, first: String)? in
            let file = group.suspects.first?.file
            let ofFile = ids.filter { briefs[$0]?.suspect.file == file }
            return (ofFile.first { briefs[$0]?.format != .line } ?? ofFile.first).map { (group, $0) }
        }
        guard let first = places.first, let brief = briefs[first.first],
            let text = prompts.integration(places.map { ($0.0.suspects, $0.0.cause, $0.first) })
        else { return nil }
        let id = "r\(round)-integrator"
        var suspect = brief.suspect
        suspect.line = nil
        briefs[id] = TaskBrief(
            suspect: suspect, window: brief.window, causes: groups.map(\.cause.fingerprint), isAssertion: false,
            format: .searchReplace, scope: Set(groups.flatMap(\.suspects).map(\.file)))
        return TeamTask(
            id: id, specialist: "Integrator",
            input: TaskInput(title: "put \(places.count) files together", prompt: [.init(.user, text)]),
            dependencies: ids, policy: TaskPolicy(retries: 0, priority: -100_000),
            sampling: Sampling(temperature: 0.2, seed: round * 1000 + 999, maxTokens: 1536))
    }

    /// The first answer is the model's best guess; the others look around it.
    private static let temperatures = [0.1, 0.5, 0.8, 0.8, 0.9, 1.0, 0.7, 1.0]
}

extension FixPlanner.Group {
    /// Four samples a suspect; of those, one for what stands around it once the suspects weren't it. Where there are fewer, they are
    /// spread.
    func suspect(for sample: Int, of samples: Int, round: Int) -> Suspect? {
        if samples < 4 {
            if sample == samples, samples > 1, !neighbours.isEmpty { return neighbours[(round - 1) % neighbours.count] }
            return suspects.isEmpty ? nil : suspects[(sample - 1) % suspects.count]
        }
        if sample % 4 == 0, !neighbours.isEmpty { return neighbours[(sample / 4 - 1) % neighbours.count] }
        return suspects.isEmpty ? nil : suspects[(sample - 1) / 4 % suspects.count]
    }
}

extension FixPlanner {
    /// The planner for a request and the team that works on it.
    init(
        _ files: WorkingFiles, _ gate: Gate, _ request: FixRequest, team: TeamOrchestrator?,
        definitions: DefinitionIndex = DefinitionIndex()
    ) {
        let models = (team?.servers ?? []).map { FormatSkills.Model(name: $0.model, isSmall: $0.isSmall) }
        self.init(
            files: files, gate: gate, command: request.command ?? "", candidates: max(1, request.candidates),
            budget: PromptBudget(of: team), pattern: request.pattern.flatMap(Pattern.init(rawValue:)),
            format: request.editFormat ?? request.skills.format(for: models), definitions: definitions)
    }
}
