import Inference
import Orchestration
import Specialists
import Synchronization

/// Asks models about findings once more, each by itself: whether the claim is true, or its line is right as it is.
///
/// Asked whether a claim is true, a small model says yes. So it has to choose between the claim and its contrary, twice, with
/// the two in either order; what it says counts only when it chooses the same both times.
struct SecondLook: Sendable {
    enum Outcome: String, Sendable {
        case affirmed, refuted
        /// The answers contradict each other, or one is missing.
        case undecided
    }

    /// The most findings of a run that are looked at again.
    static let mostFindings = 8
    /// Who is asked.
    static let specialist = "QA"
    /// The shortest time in which asking makes sense, in seconds.
    private static let shortest = 1.0

    var orchestrator: TeamOrchestrator
    /// A file's change as the analysts saw it: that a server has evaluated it already makes the questions cheap.
    var shown: @Sendable (_ file: String) -> String
    /// The models that reported on a file.
    var models: @Sendable (_ file: String) -> Set<String>

    /// What came of it.
    struct Report: Sendable {
        /// By the findings' index.
        var outcomes: [Int: Outcome] = [:]
        /// Why not everything was asked or answered; nil when it was.
        var problem: String?
    }

    /// Looks at the first findings again, the least certain being last.
    ///
    /// - Parameters:
    ///   - left: the seconds that the run has left; nil sets no end.
    ///   - answerTime: the shortest time that an answer of this run took: with less than that left nothing is asked.
    func look(at findings: [Finding], left: Double?, answerTime: Double) async throws -> Report {
        guard !findings.isEmpty else { return Report() }
        if let left, left < max(Self.shortest, answerTime) {
            return Report(problem: "no second look: the time is used up")
        }
        let asked = findings.prefix(Self.mostFindings)
        let tasks = asked.indices.flatMap { index in
            [true, false].map { task(index, findings[index], isClaimFirst: $0) }
        }
        let plan = OrchestrationPlan(
            problem: "Take a second look at \(asked.count) findings", tasks: tasks, success: .anyTaskComplete)
        let ballots = Mutex(Ballots())
        let result = try await orchestrator.execute(plan, budget: left) { result in
            guard let text = result.text else { return .goOn }
            return ballots.withLock { ballots in
                ballots.take(text, of: result.task.id)
                return ballots.areBlind ? .settled(Self.blindness) : .goOn
            }
        }
        var report = Report()
        ballots.withLock { ballots in
            for index in asked.indices { report.outcomes[index] = ballots.outcome(of: index) }
        }
        let silent = result.results.filter { !$0.succeeded }
        if result.early == Self.blindness {
            report.problem = "the second look was ended: " + Self.blindness
        } else if let reason = silent.first?.reason {
            report.problem = "second look: \(silent.count) of \(tasks.count) questions weren't answered: \(reason)"
        }
        return report
    }

    private static let blindness = "the model chooses statements by their place"

    /// The choices so far.
    private struct Ballots {
        private var choices: [String: Bool] = [:]
        /// So many findings are asked about before a model is given up.
        private static let trial = 2

        mutating func take(_ answer: String, of task: String) {
            choices[task] = SecondLook.choosesClaim(answer, isClaimFirst: task.hasSuffix("a"))
        }

        func outcome(of index: Int) -> Outcome {
            let both = [true, false].map { choices[SecondLook.id(index, $0)] }
            return both == [true, true] ? .affirmed : both == [false, false] ? .refuted : .undecided
        }

        /// Whether whatever stands in one place was chosen each time: more questions would bring no more.
        var areBlind: Bool {
            let pairs = (0..<SecondLook.mostFindings).map { index in
                [true, false].compactMap { choices[SecondLook.id(index, $0)] }
            }.filter { $0.count == 2 }
            return pairs.count >= Self.trial && pairs.allSatisfy { $0[0] != $0[1] }
        }
    }

    private static func id(_ index: Int, _ isClaimFirst: Bool) -> String {
        "second-look-\(index + 1)\(isClaimFirst ? "a" : "b")"
    }

    private func task(_ index: Int, _ finding: Finding, isClaimFirst: Bool) -> TeamTask {
        let text = shown(finding.file) + "\n\n" + Self.question(finding, isClaimFirst: isClaimFirst)
        // The same model would say the same again, wherever it runs; another one may know better.
        let others = orchestrator.servers.filter { !models(finding.file).contains($0.model) }
        let isThere = orchestrator.team.contains { $0.name == Self.specialist }
        return TeamTask(
            id: Self.id(index, isClaimFirst), specialist: isThere ? Self.specialist : Specialist.verbatim.name,
            input: TaskInput(
                title: finding.file,
                prompt: [.init(.system, PromptBuilder.opening), .init(.user, text)]),
            server: others.isEmpty ? nil : others[index % others.count].name,
            policy: TaskPolicy(retries: 0), sampling: Sampling(temperature: 0, maxTokens: 8))
    }

    static func question(_ finding: Finding, isClaimFirst: Bool) -> String {
        let line = finding.line.map { "line \($0)" } ?? "the line"
        let claim = finding.message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let contrary = "\(line.prefix(1).uppercased())\(line.dropFirst()) is right as it is."
        let statements = isClaimFirst ? [claim, contrary] : [contrary, claim]
        return """
            Look at \(line): \(finding.evidence)
            One of these two statements about it is true, the other one is wrong:
            A: \(statements[0])
            B: \(statements[1])
            Which one is true of the code above? Answer with the letter A or B, nothing else.
            """
    }

    /// Whether an answer chooses the claim; nil when it chooses neither statement.
    static func choosesClaim(_ answer: String, isClaimFirst: Bool) -> Bool? {
        // What is more than a letter and a reason behind it is no choice.
        let words = answer.split { !$0.isLetter }
        guard let letter = words.first(where: { !["the", "answer", "is", "statement"].contains($0.lowercased()) })
        else {
            return nil
        }
        return letter == "A" ? isClaimFirst : letter == "B" ? !isClaimFirst : nil
    }
}
