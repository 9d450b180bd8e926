import Inference

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The prompt that asks a model to plan: it teaches patterns, balancing and the form of the reply. The model chooses the
/// structure alone; what the tasks read is put in afterwards, so that a small model can do it.
struct PlannerPrompt: Sendable {
    var problem: String
    var context: PlanContext
    var team: [Specialist]
    var servers: [TeamServer]
    var strategy: BalancingStrategy

    /// The most tasks that a model may plan.
    static let mostTasks = 64
    private static let mostProblemBytes = 3_000
    private static let mostExcerptBytes = 1_500
    private static let mostFiles = 100
    private static let mostSpecialists = 60

    /// The files that are shown, and may be named in the reply.
    var files: [String] { Array(context.files.prefix(Self.mostFiles)) }

    var messages: [Prompt.Message] {
        let parts = [patterns, balancing, people, situation, form]
        return [
            .init(
                .system,
                "You plan the work of a team of language models. You don't solve the problem: you say how it is cut into "
                    + "tasks, who does each, and which task needs the results of which. Answer with one JSON object."),
            .init(.user, parts.joined(separator: "\n\n")),
        ]
    }

    /// What is said when a reply can't be used.
    static func correction(_ reply: String, _ fault: String) -> [Prompt.Message] {
        let shown = PromptBuilder.shortened(reply, to: 4_000)
        return (shown.trimmingSpaces.isEmpty ? [] : [.init(.assistant, shown)]) + [
            .init(
                .user,
                "This plan can't be used: \(fault)\nWrite the whole JSON object again, corrected, and nothing else.")
        ]
    }

    private var patterns: String {
        """
        # Patterns
        - parallel-analysis: several specialists look at the same thing at once, each from another side; no dependencies. \
        For one file or one failure with many aspects.
        - divide-and-conquer: a task for each file or part, all at once, then one Integrator that depends on all of them. \
        For a large problem with independent parts.
        - pipeline: analysis, then design, then implementation, then validation; each task depends on the tasks of the \
        stage before it. For a tangled problem. Leave out stages that the problem doesn't need.
        - consensus: two to five experts answer the same question, independently of each other, then one Synthesizer that \
        depends on all of them. For a choice or a question.
        """
    }

    private var balancing: String {
        let names = servers.map { server in
            let strengths = server.strengths.isEmpty ? "" : ", strong in: \(server.strengths.joined(separator: " "))"
            return "- \(server.name): \(server.slots) at once\(strengths)"
        }
        return """
            # Servers
            \(names.joined(separator: "\n"))
            Tasks that don't depend on each other run at the same time. A task gets its server when it starts, by the \
            strategy of this run, \(strategy.rawValue). The strategies: round-robin takes one after the other; capability \
            gives heavy work to the strong and quick work to the fast; load-aware takes the least busy; predictive takes \
            the earliest expected finish. So say "any" for the server unless a task needs the strength of one of them. \
            A dependency that isn't needed makes everybody wait; work that is split too finely, too.
            """
    }

    private var people: String {
        let roles = team.prefix(Self.mostSpecialists).map { "- \($0.name): \($0.summary)" }
        return "# Specialists\n" + roles.joined(separator: "\n")
    }

    private var situation: String {
        let kind =
            switch context.kind {
            case .question: "a question to answer"
            case .failure: "something fails and should be mended"
            case .changes: "changes to review"
            }
        var lines = ["# Problem", "\(kind): \(PromptBuilder.shortened(problem, to: Self.mostProblemBytes))"]
        if !context.files.isEmpty {
            lines.append("Files:")
            lines += files.map { file in
                let errors = context.errors[file].map { ", \($0) errors" } ?? ""
                return "- \(file): \(context.texts[file]?.utf8.count ?? 0) bytes\(errors)"
            }
            let rest = context.files.count - files.count
            if rest > 0 { lines.append("- and \(rest) more") }
            let window = servers.map(\.contextLength).max() ?? 0
            lines.append("One task can read \(max(0, window - 1_000) * 3) bytes at most.")
        }
        if !context.shared.isEmpty {
            lines += [
                "What all of them will read begins so:",
                PromptBuilder.shortened(context.shared, to: Self.mostExcerptBytes),
            ]
        }
        if context.tangled { lines.append("The errors seem to have one cause.") }
        if context.kind == .question { lines.append("Plan \(context.experts) experts.") }
        if context.isVerifiedElsewhere { lines.append("A build checks the outcome: plan no validation.") }
        if let pattern = context.pattern { lines.append("Use the pattern \(pattern.rawValue).") }
        return lines.joined(separator: "\n")
    }

    private var form: String {
        let fields = context.files.isEmpty ? "" : ", \"files\": [names of the files that it reads; empty for all]"
        return """
            # Your reply
            {"pattern": "...", "tasks": [{"id": "short-name", "specialist": "one of the specialists", "title": "what it \
            is about, in a line", "focus": "what this task alone looks for or does, in one or two sentences"\(fields), \
            "dependencies": [ids of the tasks whose results it reads], "server": "any"}]}
            1 to \(Self.mostTasks) tasks, as few as do the job. Ids are unique; dependencies name ids of this plan and \
            form no circle. The tasks get the problem and the files' texts by themselves: don't repeat them.
            """
    }

    // MARK: - Schema

    /// The reply's JSON schema. Names are enumerated, so that a server which keeps to it can't misspell them.
    var schema: String {
        var task = [
            #""id":{"type":"string"}"#,
            #""specialist":{"type":"string","enum":\#(Self.list(team.prefix(Self.mostSpecialists).map(\.name)))}"#,
            #""title":{"type":"string"}"#, #""focus":{"type":"string"}"#,
        ]
        if !files.isEmpty {
            task.append(#""files":{"type":"array","items":{"type":"string","enum":\#(Self.list(files))}}"#)
        }
        task.append(#""dependencies":{"type":"array","items":{"type":"string"}}"#)
        task.append(#""server":{"type":"string","enum":\#(Self.list(["any"] + servers.map(\.name)))}"#)
        let patterns = context.pattern.map { [$0] } ?? Pattern.allCases
        return #"{"type":"object","properties":{"pattern":{"type":"string","enum":"#
            + Self.list(patterns.map(\.rawValue))
            + #"},"tasks":{"type":"array","items":{"type":"object","properties":{"# + task.joined(separator: ",")
            + #"},"required":["id","specialist","title","focus","dependencies"]}}},"required":["pattern","tasks"]}"#
    }

    private static func list(_ names: [String]) -> String {
        // Strings can always be written as JSON.
        (try? JSONEncoder().encode(names)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}

extension Specialist {
    /// Who is asked for a plan.
    static let planner = Specialist(
        name: "Planner", summary: "Plans the work of the team", instructions: "", temperature: 0.2, maxTokens: 3_000,
        needs: ["heavy"])
}
