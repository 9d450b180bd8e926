import Inference

/// Makes a task's prompt, fitted to a server's window. A pure function of its values.
///
/// What tasks share stands first, word for word, so that a server evaluates it once; the role follows it. Dependency results
/// are the first to be shortened. A task with a prompt of its own gets exactly that (see ``TaskInput``). Tokens are estimated as bytes ÷ 3, which is more than real tokenizers make of code or prose.
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
    /// Tokens that a chat template puts around a message.
    private static let messageTokens = 8
    /// Stands before what tasks share. A prompt of its own that begins with it, too, is evaluated from there on only.
    package static let opening =
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

    /// The tokens of window with which the task gets the whole answer that it asks for.
    static func wantedTokens(_ task: TeamTask, _ specialist: Specialist) -> Int {
        fixedTokens(task, specialist) + (task.sampling.maxTokens ?? specialist.maxTokens)
    }

    /// An estimate of the tokens of the task's own prompt, without the results that it reads.
    static func promptTokens(_ task: TeamTask, _ specialist: Specialist) -> Int {
        guard let own = task.input.prompt else {
            return [specialist.instructions, task.input.shared, task.input.text].reduce(0) { $0 + estimatedTokens($1) }
        }
        return own.reduce(0) { $0 + estimatedTokens($1.content) + messageTokens }
    }

    private static func fixedTokens(_ task: TeamTask, _ specialist: Specialist) -> Int {
        overheadTokens + shownResults(task) * leastDependencyBytes / 3 + promptTokens(task, specialist)
    }

    /// How many results the prompt shows.
    private static func shownResults(_ task: TeamTask) -> Int {
        task.input.prompt == nil ? task.dependencies.count : ResultPlaces.count(in: task)
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
        let least = Self.shownResults(task) * Self.leastDependencyBytes
        let (messages, shown) = Self.messages(
            task, specialist, dependencies, bytes: max(0, spare - answer) * 3 + least)
        let used = fixed - least / 3 + shown

        var timeouts = timeouts
        timeouts.total = min(timeouts.total, .seconds(timeout))
        timeouts.firstByte = min(timeouts.firstByte, timeouts.total)
        timeouts.connect = min(timeouts.connect, timeouts.total)
        let shift = vary ? attempt - 1 : 0
        let temperature = task.sampling.temperature ?? specialist.temperature
        return Prompt(
            model: model, messages: messages, contextLength: contextLength,
            maxTokens: max(1, min(wanted, contextLength - used)),
            temperature: shift == 0 ? temperature : min(1.2, max(temperature, 0.2) + 0.15 * Double(shift)),
            seed: task.sampling.seed.map { $0 &+ shift }, stop: task.sampling.stop ?? [],
            schema: task.input.schema ?? specialist.schema,
            timeouts: timeouts)
    }

    /// The messages, and the tokens of the results in them.
    ///
    /// - Parameter bytes: what the dependencies' results may take.
    private static func messages(
        _ task: TeamTask, _ specialist: Specialist, _ dependencies: [TaskResult], bytes: Int
    ) -> (messages: [Prompt.Message], shown: Int) {
        if let own = task.input.prompt {
            // Without dependencies nothing is a placeholder: what looks like one is the author's own text.
            guard !task.dependencies.isEmpty else { return (own, 0) }
            let filled = ResultPlaces.fill(own, with: dependencies, bytes: bytes)
            func tokens(_ messages: [Prompt.Message]) -> Int {
                messages.reduce(0) { $0 + estimatedTokens($1.content) }
            }
            return (filled, max(0, tokens(filled) - tokens(own)))
        }
        let sections = sections(dependencies, bytes: bytes)
        let shown = estimatedTokens(sections)
        if task.input.shared.isEmpty {
            let parts = [sections, task.input.text].filter { !$0.isEmpty }
            return (
                [.init(.system, specialist.instructions), .init(.user, parts.joined(separator: "\n\n"))], shown
            )
        }
        let parts = [task.input.shared, specialist.instructions, sections, task.input.text].filter { !$0.isEmpty }
        return ([.init(.system, opening), .init(.user, parts.joined(separator: "\n\n"))], shown)
    }

    /// The dependencies' results in the bytes that there are: short ones whole, what they leave goes to the longer ones.
    static func sections(_ results: [TaskResult], bytes: Int) -> String {
        guard !results.isEmpty else { return "" }
        let bodies = results.map(body)
        let headings = results.map(heading)
        let framing = headings.reduce(0) { $0 + $1.utf8.count + 4 }
        let limits = shares(of: bodies.map(\.utf8.count), bytes: bytes - framing)
        return bodies.indices.map { "\(headings[$0])\n\n\(shortened(bodies[$0], to: limits[$0]))" }
            .joined(separator: "\n\n")
    }

    static func heading(_ result: TaskResult) -> String {
        guard result.task.specialist != Specialist.verbatim.name else {
            return "## Result of \(result.task.input.title)"
        }
        return "## Result of \(result.task.specialist) (\(result.task.input.title))"
    }

    static func body(_ result: TaskResult) -> String {
        result.text ?? "This task brought no result: \(result.reason ?? "unknown reason")"
    }

    /// What texts of these lengths get of so many bytes: short ones all, what they leave goes to the longer ones.
    static func shares(of lengths: [Int], bytes: Int) -> [Int] {
        var left = max(0, bytes)
        var shares = [Int](repeating: 0, count: lengths.count)
        let byLength = lengths.indices.sorted { lengths[$0] < lengths[$1] }
        for (rank, index) in byLength.enumerated() {
            shares[index] = min(left / (byLength.count - rank), lengths[index], mostDependencyBytes)
            left -= shares[index]
        }
        return shares
    }

    /// The text, or its head and tail around a mark that says how much is left out. It is cut between lines where they are
    /// short: a word that is cut in two is told for nothing any more, and least for a secret.
    static func shortened(_ text: String, to bytes: Int) -> String {
        let count = text.utf8.count
        guard count > bytes else { return text }
        let mark = "\n[… \(count - bytes) bytes left out …]\n"
        let room = bytes - mark.utf8.count
        guard room > 0 else { return String(decoding: text.utf8.prefix(max(0, bytes)), as: UTF8.self) }
        var head = text.utf8.prefix(room * 2 / 3)
        if let end = head.suffix(longestCutLine).lastIndex(of: lineFeed) { head = head[..<end] }
        var tail = text.utf8.suffix(room - room * 2 / 3)
        if let end = tail.prefix(longestCutLine).firstIndex(of: lineFeed) { tail = tail[tail.index(after: end)...] }
        return String(decoding: head, as: UTF8.self) + mark + String(decoding: tail, as: UTF8.self)
    }

    /// The most bytes that are given up to cut between lines.
    private static let longestCutLine = 200
    private static let lineFeed = UInt8(ascii: "\n")
}
