/// The text of an answer as it comes, within its bounds.
struct AnswerText: Sendable {
    private(set) var text = ""
    private(set) var thinking = ""
    private(set) var pieces = 0
    private(set) var firstPiece: ContinuousClock.Instant?

    private let server: String
    private let limit: Int
    private let maxTokens: Int
    private var chunks = 0
    private var textGuard = RepetitionGuard()
    private var thinkingGuard = RepetitionGuard()

    /// A piece is usually one token or more: a server that sends four times what was asked for doesn't count, and needn't end.
    private var mostPieces: Int { 4 * maxTokens + 64 }
    /// Behind a proxy that cuts tokens up, so many bytes may still be what was asked for.
    private var usualBytes: Int { 16 * maxTokens + 64 }
    /// Some send empty pieces to keep the connection alive.
    private static let mostEmpty = 10_000

    init(server: String, prompt: Prompt) {
        self.server = server
        limit = prompt.maxAnswerBytes
        maxTokens = min(max(1, prompt.maxTokens), 1 << 40)
    }

    /// Adds a piece of text and of thinking, either of which may be empty.
    ///
    /// - Returns: whether anything was added.
    mutating func add(text piece: String, thinking thought: String) throws(InferenceError) -> Bool {
        chunks += 1
        guard !piece.isEmpty || !thought.isEmpty else {
            guard chunks - pieces <= Self.mostEmpty else {
                throw InferenceError(
                    .limitExceeded, server: server, message: "the server sends empty pieces without end; it was cut off"
                )
            }
            return false
        }
        firstPiece = firstPiece ?? .now
        pieces += 1
        text += piece
        thinking += thought
        guard text.utf8.count <= limit, thinking.utf8.count <= limit else {
            throw InferenceError(
                .limitExceeded, server: server, message: "the answer is longer than \(limit) bytes; it was cut off")
        }
        guard pieces <= mostPieces || text.utf8.count + thinking.utf8.count <= usualBytes else {
            throw InferenceError(
                .limitExceeded, server: server,
                message:
                    "the server doesn't end its answer at the \(maxTokens) tokens that were asked for; it was cut off")
        }
        if let repeated = textGuard.add(piece) ?? thinkingGuard.add(thought) {
            throw InferenceError(
                .limitExceeded, server: server,
                message: "the model repeats itself without end (\(repeated)); it was cut off")
        }
        return true
    }

    /// What came so far, for an error.
    var partial: String? { text.isEmpty ? nil : text }

    /// The text as an answer.
    ///
    /// - Throws: `empty` when the model said nothing.
    func answer(finish: Answer.Finish, usage: Usage, warnings: [String]) throws(InferenceError) -> Answer {
        guard text.contains(where: { !$0.isWhitespace }) else {
            let message =
                switch (thinking.isEmpty, finish) {
                case (false, .length):
                    "the model spent all \(maxTokens) tokens on thinking and gave no answer: allow more tokens, or use a "
                        + "model that doesn't think"
                case (false, .stop): "the model thought, but gave no answer"
                case (true, .length): "the model gave no text within \(maxTokens) tokens: allow more tokens"
                case (true, .stop): "the model gave an empty answer"
                }
            throw InferenceError(.empty, server: server, message: message)
        }
        return Answer(
            text: text, thinking: thinking.isEmpty ? nil : thinking, finish: finish, usage: usage, warnings: warnings)
    }
}
