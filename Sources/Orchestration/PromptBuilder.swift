import Inference

/// Makes a task's prompt, fitted to a server's window. A pure function of its values.
///
/// What tasks share stands first, word for word, so that a server evaluates it once; the role follows it. Dependency results
/// are the first to be shortened. Tokens are estimated as bytes ÷ 3, which is more than real tokenizers make of code or prose.
public struct PromptBuilder: Sendable {
    /// The task doesn't fit into the window.
    public struct TooLong: Error, Sendable, Equatable {
        /// Tokens that the parts need that are never shortened.
        public var needed: Int
        /// The window.
        public var contextLength: Int
    }

    /// The least answer that a fitted prompt leaves room for, in tokens (a task that asks for less gets what it asks for).
    static let leastAnswer = 256
    /// The most bytes of one dependency's result.
    static let mostDependencyBytes = 48 << 10
    private static let leastDependencyBytes = 240
    private static let overheadTokens = 64
    private static let opening =
        "You are one of a team of software specialists. The material comes first, then your role and your task."

    /// The deadlines of the request.
    public var timeouts: Timeouts

    /// Creates a builder.
    public init(timeouts: Timeouts = Timeouts()) { self.timeouts = timeouts }

    /// An upper estimate of a text's tokens.
    public static func estimatedTokens(_ text: String) -> Int { (text.utf8.count + 2) / 3 }

    /// The tokens of window that the task needs at least, its answer included.
    public static func requiredTokens(_ task: TeamTask, _ specialist: Specialist) -> Int {
        let answer = min(leastAnswer, task.sampling.maxTokens ?? specialist.maxTokens)
        return fixedTokens(task, specialist) + answer
    }

    private static func fixedTokens(_ task: TeamTask, _ specialist: Specialist) -> Int {
        let texts = [specialist.instructions, task.input.shared, task.input.text]
        let least = task.dependencies.count * leastDependencyBytes / 3
        return texts.reduce(overheadTokens + least) { $0 + estimatedTokens($1) }
    }

    /// Makes the prompt.
    ///
    /// - Parameters:
    ///   - dependencies: the results that the task's specialist sees, failures included, in the task's order.
    ///   - attempt: 1 for the first; later ones vary seed and temperature a little, since the same request would get the
    ///     same bad answer.
    ///   - vary: whether this attempt varies them.
    public func prompt(
        for task: TeamTask, specialist: Specialist, dependencies: [TaskResult], model: String, contextLength: Int,
        timeout: Double, attempt: Int = 1, vary: Bool = false
    ) throws(TooLong) -> Prompt {
        let required = Self.requiredTokens(task, specialist)
        guard required <= contextLength else { throw TooLong(needed: required, contextLength: contextLength) }
        let wanted = max(1, task.sampling.maxTokens ?? specialist.maxTokens)
        let fixed = Self.fixedTokens(task, specialist)
        let spare = contextLength - fixed
        // Where both can't have what they want, the answer and the dependencies' results get half of the window each.
        let answer = min(wanted, max(Self.leastAnswer, spare / 2))
        let least = task.dependencies.count * Self.leastDependencyBytes
        let sections = Self.sections(dependencies, bytes: max(0, spare - answer) * 3 + least)
        let used = fixed - least / 3 + Self.estimatedTokens(sections)

        var timeouts = timeouts
        timeouts.total = min(timeouts.total, .seconds(timeout))
        timeouts.firstByte = min(timeouts.firstByte, timeouts.total)
        timeouts.connect = min(timeouts.connect, timeouts.total)
        let shift = vary ? attempt - 1 : 0
        let temperature = task.sampling.temperature ?? specialist.temperature
        return Prompt(
            model: model, messages: Self.messages(task, specialist, sections), contextLength: contextLength,
            maxTokens: max(1, min(wanted, contextLength - used)),
            temperature: shift == 0 ? temperature : min(1.2, max(temperature, 0.2) + 0.15 * Double(shift)),
            seed: task.sampling.seed.map { $0 &+ shift }, stop: task.sampling.stop ?? [], schema: specialist.schema,
            timeouts: timeouts)
    }

    private static func messages(_ task: TeamTask, _ specialist: Specialist, _ sections: String) -> [Prompt.Message] {
        if task.input.shared.isEmpty {
            let parts = [sections, task.input.text].filter { !$0.isEmpty }
            return [.init(.system, specialist.instructions), .init(.user, parts.joined(separator: "\n\n"))]
        }
        let parts = [task.input.shared, specialist.instructions, sections, task.input.text].filter { !$0.isEmpty }
        return [.init(.system, opening), .init(.user, parts.joined(separator: "\n\n"))]
    }

    /// The dependencies' results in the bytes that there are: short ones whole, what they leave goes to the longer ones.
    static func sections(_ results: [TaskResult], bytes: Int) -> String {
        guard !results.isEmpty else { return "" }
        let bodies = results.map { result in
            result.text ?? "This task brought no result: \(result.reason ?? "unknown reason")"
        }
        let headings = results.map { "## Result of \($0.task.specialist) (\($0.task.input.title))" }
        let framing = headings.reduce(0) { $0 + $1.utf8.count + 4 }
        var left = max(0, bytes - framing)
        var limits = [Int](repeating: 0, count: bodies.count)
        let byLength = bodies.indices.sorted { bodies[$0].utf8.count < bodies[$1].utf8.count }
        for (rank, index) in byLength.enumerated() {
            let share = left / (byLength.count - rank)
            limits[index] = min(share, bodies[index].utf8.count, mostDependencyBytes)
            left -= limits[index]
        }
        return bodies.indices.map { "\(headings[$0])\n\n\(shortened(bodies[$0], to: limits[$0]))" }
            .joined(separator: "\n\n")
    }

    /// The text, or its head and tail around a mark that says how much is left out.
    static func shortened(_ text: String, to bytes: Int) -> String {
        let count = text.utf8.count
        guard count > bytes else { return text }
        let mark = "\n[… \(count - bytes) bytes left out …]\n"
        let room = bytes - mark.utf8.count
        guard room > 0 else { return String(decoding: text.utf8.prefix(max(0, bytes)), as: UTF8.self) }
        let head = String(decoding: text.utf8.prefix(room * 2 / 3), as: UTF8.self)
        let tail = String(decoding: text.utf8.suffix(room - room * 2 / 3), as: UTF8.self)
        return head + mark + tail
    }
}
