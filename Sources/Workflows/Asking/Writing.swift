import Diagnostics
import Orchestration
import Specialists

/// What the synthesizer is given: the groups with their votes, the winner named.
struct Writing: Sendable {
    var question: String
    var groups: [Consensus.Group]
    var missing: [String]
    /// The bytes that the groups may take.
    var room: Int

    private static let mostReasons = 6

    var task: TeamTask {
        TeamTask(
            id: "synthesizer", specialist: "Synthesizer", input: TaskInput(title: "Build consensus", text: text),
            sampling: Sampling(seed: 1))
    }

    private var text: String {
        var parts = ["The question: \(question)"]
        let share = max(300, room / max(1, groups.count))
        for (number, group) in groups.enumerated() {
            let who = group.experts.count == 1 ? "1 expert" : "\(group.experts.count) experts"
            let rank = group.rank.map { ", ranked \(Self.percent($0)) by the others" } ?? ""
            var lines = ["## Answer \(number + 1), of \(who), \(Self.percent(group.share)) of the votes\(rank)", ""]
            lines += ["ANSWER: \(group.claim)"]
            lines += group.reasons.prefix(Self.mostReasons).map { "- \($0)" }
            parts.append(String(decoding: lines.joined(separator: "\n").utf8.prefix(share), as: UTF8.self))
        }
        if !missing.isEmpty { parts.append("No answer from: " + missing.joined(separator: "; ")) }
        parts.append(
            groups.count > 1
                ? "Answer 1 has won the vote: word it. Under DISSENT say what the others hold, and why that didn't win."
                : "All who answered agree: word their answer.")
        return parts.joined(separator: "\n\n")
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

/// Asks a model which claims say the same where words alone can't tell.
struct SameClaims: Sendable {
    /// Each group's claim.
    var claims: [String]
    var question: String

    /// The most pairs that are asked about: five groups make ten.
    static let mostPairs = 10

    var pairs: [(Int, Int)] {
        Array(
            claims.indices.flatMap { one in claims.indices.filter { $0 > one }.map { (one, $0) } }.prefix(
                Self.mostPairs))
    }

    func tasks(specialist: String) -> [TeamTask] {
        pairs.enumerated().map { number, pair in
            TeamTask(
                id: "same-\(number + 1)", specialist: specialist,
                input: TaskInput(
                    title: "Whether two answers are one",
                    prompt: [
                        .init(
                            .user,
                            """
                            The question: \(question)

                            One answer: \(claims[pair.0])

                            Another answer: \(claims[pair.1])

                            Do both say the same thing? Answer with one word, yes or no.
                            """)
                    ]),
                policy: TaskPolicy(retries: 1), sampling: Sampling(temperature: 0, seed: 1, maxTokens: 8))
        }
    }

    /// The pairs of which the answer is yes.
    func same(_ results: [TaskResult]) -> [(Int, Int)] {
        zip(pairs, results).filter { _, result in
            result.text?.split { !$0.isLetter }.first?.lowercased() == "yes"
        }.map(\.0)
    }
}
