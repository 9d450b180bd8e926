import Events
import Orchestration
import Specialists

/// A question to several experts, and one answer with its dissent.
package struct Consensus: Sendable {
    package var question: String
    /// What the experts may look at: files, changes; empty for none.
    package var material: String
    package var experts: Int
    package var orchestrator: TeamOrchestrator

    package init(question: String, material: String = "", experts: Int = 3, orchestrator: TeamOrchestrator) {
        self.question = question
        self.material = material
        self.experts = experts
        self.orchestrator = orchestrator
    }

    /// What one expert said.
    package struct Opinion: Sendable, Codable, Equatable {
        package var expert: String
        package var server: String?
        package var model: String?
        package var answer: String
        package var reasons: [String]
        /// What the expert itself says, 0 to 1; nil when it says nothing. Models are sure of much that isn't so.
        package var confidence: Double?
        /// Whether it agrees with the answer that most gave.
        package var agrees: Bool
    }

    /// The outcome.
    package struct Report: Sendable, Codable {
        package var question: String
        /// The synthesizer's answer; the majority's when it gave none.
        package var answer: String
        package var reasons: [String]
        /// The share of experts who agree with the majority, 0 to 1: agreement, not correctness.
        package var agreement: Double
        /// How much speaks for the majority's answer: from how many agree, and how they have fared before.
        package var confidence: Confidence
        package var opinions: [Opinion]
        /// Experts that gave no answer, and why.
        package var missing: [String]
        package var isSynthesized: Bool
    }

    /// The plan that `run` runs.
    package var plan: OrchestrationPlan {
        var plan = orchestrator.plan(
            question, context: PlanContext(kind: .question, shared: material, pattern: .consensus, experts: experts))
        plan.success = .anyTaskComplete
        // Different servers where there are several: the same model twice tells less than two.
        let names = orchestrator.servers.map(\.name)
        var number = 0
        for index in plan.tasks.indices where plan.tasks[index].dependencies.isEmpty && names.count > 1 {
            plan.tasks[index].policy.retries = 2
            number += 1
        }
        return plan
    }

    /// Asks, waits for all, and puts the answers together; nil when no expert answered.
    package func run() async throws -> Report? {
        let plan = plan
        let experts = Set(plan.tasks.filter(\.dependencies.isEmpty).map(\.id))
        let result = try await orchestrator.execute(plan)
        try Task.checkCancellation()
        let answered = result.results.filter { experts.contains($0.task.id) && $0.succeeded }
        guard !answered.isEmpty else { return nil }
        let replies = answered.map { (result: $0, reply: ConsensusReply($0.text ?? "")) }
        let groups = Self.groups(replies.map { $0.reply.answer })
        // Of two groups of one size the one whose first member answered first.
        let largest = groups.map(\.count).max() ?? 0
        let majority = groups.first { $0.count == largest } ?? []
        let opinions = replies.enumerated().map { number, entry in
            Opinion(
                expert: entry.result.task.input.title, server: entry.result.server, model: entry.result.model,
                answer: entry.reply.answer, reasons: entry.reply.reasons, confidence: entry.reply.confidence,
                agrees: majority.contains(number))
        }
        let synthesized = result.results.first { !experts.contains($0.task.id) && $0.succeeded }.map {
            ConsensusReply($0.text ?? "")
        }
        let leader = majority.first.map { replies[$0].reply }
        let missing = result.results.filter { experts.contains($0.task.id) && !$0.succeeded }
        return Report(
            question: question, answer: synthesized?.answer ?? leader?.answer ?? "",
            reasons: synthesized?.reasons ?? leader?.reasons ?? [],
            agreement: Double(majority.count) / Double(replies.count),
            confidence: Confidence(
                agreeing: majority.count, independent: replies.count,
                record: orchestrator.options.records.best(
                    of: majority.map { (answered[$0].task.specialist, answered[$0].model ?? "") })),
            opinions: opinions,
            missing: missing.map { "\($0.task.input.title): \($0.reason ?? "no answer")" },
            isSynthesized: synthesized != nil)
    }

    /// Answers that say the same: by the share of words that two have in common (Jaccard's index of at least 0.5), or one
    /// short verdict that both begin with.
    static func groups(_ answers: [String]) -> [[Int]] {
        let words = answers.map { Self.words($0) }
        var groups: [[Int]] = []
        for (number, set) in words.enumerated() {
            let home = groups.firstIndex { group in
                group.contains { alike(words[$0], set, answers[$0], answers[number]) }
            }
            if let home { groups[home].append(number) } else { groups.append([number]) }
        }
        return groups
    }

    private static func alike(_ a: Set<String>, _ b: Set<String>, _ first: String, _ second: String) -> Bool {
        let verdicts: Set<String> = ["yes", "no", "accept", "reject", "true", "false"]
        if let one = leading(first), let other = leading(second), verdicts.contains(one) || verdicts.contains(other) {
            return one == other
        }
        let all = a.union(b).count
        return all == 0 || Double(a.intersection(b).count) / Double(all) >= 0.5
    }

    private static func leading(_ text: String) -> String? {
        text.lowercased().split { !$0.isLetter }.first.map(String.init)
    }

    private static func words(_ text: String) -> Set<String> {
        let common: Set<String> = [
            "the", "a", "an", "is", "are", "be", "to", "of", "and", "or", "in", "on", "for", "with", "it", "that",
            "this", "should", "use",
        ]
        return Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)).subtracting(common)
    }
}
