/// Plans by rules: pure, and the same every time.
///
/// | the problem | the pattern |
/// | --- | --- |
/// | a question | `consensus` |
/// | one failure that is tangled over files | `pipeline` |
/// | several independent files | `divide-and-conquer` |
/// | one file with several errors, or with changes | `parallel-analysis` |
/// | one plain error | `pipeline` of the one stage that it needs |
struct RulePlanner: Sendable {
    /// The names of the specialists there are; roles that are missing are stood in for, or left out.
    var team: [String]

    func plan(_ problem: String, context: PlanContext) -> OrchestrationPlan {
        switch context.pattern ?? Self.pattern(for: context) {
        case .parallelAnalysis: parallelAnalysis(problem, context)
        case .divideAndConquer: divideAndConquer(problem, context)
        case .pipeline: pipeline(problem, context)
        case .consensus: consensus(problem, context)
        }
    }

    static func pattern(for context: PlanContext) -> Pattern {
        switch context.kind {
        case .question: return .consensus
        case .failure where context.tangled: return .pipeline
        case .failure, .changes:
            if context.files.count > 1 { return .divideAndConquer }
            let errors = context.errors.values.reduce(0, +)
            return context.kind == .changes || errors > 1 ? .parallelAnalysis : .pipeline
        }
    }

    // MARK: - Patterns

    private func parallelAnalysis(_ problem: String, _ context: PlanContext) -> OrchestrationPlan {
        let pattern = context.kind == .failure ? "Pattern Analyst" : "Logic Analyst"
        let roles = ["Syntax Analyst", "Whitespace Analyst", pattern, "Root Cause Analyst"].filter(team.contains)
        let material = context.material(context.files)
        let tasks = (roles.isEmpty ? [standIn(["Code Analyst"])] : roles).map { role in
            TeamTask(
                id: Self.id(role), specialist: role,
                input: TaskInput(
                    title: context.files.first ?? problem.line, shared: material,
                    text: "The problem: \(problem)\n\nReport what your role finds."))
        }
        return OrchestrationPlan(
            problem: problem, pattern: .parallelAnalysis, tasks: tasks, synthesis: .mergeAll,
            success: .allTasksComplete)
    }

    private func divideAndConquer(_ problem: String, _ context: PlanContext) -> OrchestrationPlan {
        let role = context.kind == .failure ? standIn(["Coder", "Code Analyst"]) : standIn(["Code Analyst", "Coder"])
        var tasks = parts(context).enumerated().map { number, file in
            TeamTask(
                id: "\(Self.id(role))-\(number + 1)", specialist: role,
                input: TaskInput(
                    title: file.isEmpty ? problem.line : file, shared: context.shared,
                    text: Self.join([
                        "The problem: \(problem)", file.isEmpty ? "" : "Your part: \(file)", context.texts[file] ?? "",
                    ])))
        }
        if tasks.count > 1, team.contains("Integrator") {
            tasks.append(
                TeamTask(
                    id: "integrator", specialist: "Integrator",
                    input: TaskInput(
                        title: "Combine \(tasks.count) parts",
                        text: "The problem: \(problem)\n\nCombine the results above into one."),
                    dependencies: tasks.map(\.id)))
        }
        return OrchestrationPlan(
            problem: problem, pattern: .divideAndConquer, tasks: tasks, synthesis: .mergeAll,
            success: .allTasksComplete)
    }

    /// Analysis, design, implementation, validation, without the stages that the problem doesn't need: one plain error goes
    /// straight to the coder; design is for several files; requirements matter where something is asked for, not where
    /// something fails; what is verified elsewhere isn't validated here.
    private func pipeline(_ problem: String, _ context: PlanContext) -> OrchestrationPlan {
        let material = context.material(context.files)
        let isPlain = context.kind == .failure && !context.tangled && context.files.count < 2
        var waves: [[TeamTask]] = []
        func stage(_ roles: [String], _ text: String) {
            let wave = roles.map { role in
                TeamTask(
                    id: Self.id(role), specialist: role,
                    input: TaskInput(
                        title: problem.line, shared: material, text: "The problem: \(problem)\n\n\(text)"))
            }
            if !wave.isEmpty { waves.append(wave) }
        }
        if !isPlain {
            let analysts =
                context.kind == .failure ? ["Root Cause Analyst"] : ["Code Analyst", "Requirements Analyst"]
            stage(analysts.filter(team.contains), "Analyse it. Name the cause and where it is.")
            if context.files.count > 1 || context.kind != .failure {
                stage(["Architect"].filter(team.contains), "Say what has to change in which file, and in which order.")
            }
        }
        let coder = standIn(["Coder"])
        let files = parts(context)
        waves.append(
            files.enumerated().map { number, file in
                TeamTask(
                    id: files.count == 1 ? Self.id(coder) : "\(Self.id(coder))-\(number + 1)", specialist: coder,
                    input: TaskInput(
                        title: file.isEmpty ? problem.line : file, shared: material,
                        text: Self.join(["The problem: \(problem)", file.isEmpty ? "" : "Your part: \(file)"])))
            })
        if !context.isVerifiedElsewhere, team.contains("QA") {
            let coders = waves[waves.count - 1]
            waves.append(
                coders.enumerated().map { number, coder in
                    TeamTask(
                        id: coders.count == 1 ? "qa" : "qa-\(number + 1)", specialist: "QA",
                        input: TaskInput(
                            title: coder.input.title, shared: material,
                            text: "The problem: \(problem)\n\nCheck the result above for \(coder.input.title)."),
                        dependencies: [coder.id], policy: TaskPolicy(acceptsPartialInput: false))
                })
        }
        var plan = OrchestrationPlan(
            problem: problem,
            waves: waves.enumerated().map { ExecutionWave(number: $0.offset + 1, tasks: $0.element) },
            synthesis: .mergeAll, success: .allTasksComplete)
        plan.pattern = .pipeline
        return plan
    }

    private func consensus(_ problem: String, _ context: PlanContext) -> OrchestrationPlan {
        let expert = standIn(["Expert", "Code Analyst"])
        let count = min(max(context.experts, 1), Self.letters.count)
        let material = context.material(context.files)
        var tasks = (0..<count).map { number in
            TeamTask(
                id: "expert-\(Self.letters[number])", specialist: expert,
                input: TaskInput(
                    title: "Expert \(Self.letters[number].uppercased())", shared: material,
                    text: "The question: \(problem)\n\n\(Self.stances[number % Self.stances.count])"),
                sampling: Sampling(temperature: 0.2 + 0.3 * Double(number % 4), seed: number + 1))
        }
        if count > 1, team.contains("Synthesizer") {
            tasks.append(
                TeamTask(
                    id: "synthesizer", specialist: "Synthesizer",
                    input: TaskInput(title: "Build consensus", text: "The question: \(problem)"),
                    dependencies: tasks.map(\.id)))
        }
        return OrchestrationPlan(
            problem: problem, pattern: .consensus, tasks: tasks, synthesis: .consensus, success: .anyTaskComplete)
    }

    // MARK: - Parts

    private static let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    private static let stances = [
        "Look at it from the side of correctness: what is true, and what follows?",
        "Look at it from the side of simplicity: what is the least that does the job, and is easy to maintain?",
        "Look at it from the side of risk: what can go wrong, and which choice can be undone?",
        "Look at it from the side of performance and operation: what does each choice cost when it runs?",
    ]

    private func parts(_ context: PlanContext) -> [String] { context.files.isEmpty ? [""] : context.files }

    private func standIn(_ roles: [String]) -> String {
        roles.first(where: team.contains) ?? team.first ?? roles[0]
    }

    private static func join(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func id(_ role: String) -> String { PlainName.canonical(role) }
}

extension String {
    /// The first line, for a title.
    fileprivate var line: String { String((split(whereSeparator: \.isNewline).first ?? "").prefix(100)) }
}
