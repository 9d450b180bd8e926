/// One request to a model: the conversation, and every limit that binds the answer.
public struct Prompt: Codable, Sendable, Hashable {
    /// One message of the conversation.
    public struct Message: Codable, Sendable, Hashable {
        /// Who speaks.
        public enum Role: String, Codable, Sendable { case system, user, assistant }
        /// Who speaks.
        public var role: Role
        /// What is said.
        public var content: String

        /// Creates a message.
        public init(_ role: Role, _ content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The model's name on the server.
    public var model: String
    /// The conversation, oldest first. What several prompts share stands first, so that a server evaluates it once.
    public var messages: [Message]
    /// The context window to ask for, in tokens. One value per server and model: a change reloads the model.
    public var contextLength: Int
    /// The most tokens that the answer may have; always sent.
    public var maxTokens: Int
    /// Sampling temperature, 0 (greedy) to 2.
    public var temperature: Double
    /// Sampling seed; nil leaves it to the server.
    public var seed: Int?
    /// Texts that end the answer.
    public var stop: [String]
    /// A JSON schema (as JSON text) that the answer should follow; servers may ignore it, so validate what comes back.
    public var schema: String?
    /// How long the model stays loaded afterwards, in seconds.
    public var keepAlive: Int
    /// The deadlines of this request.
    public var timeouts: Timeouts
    /// The most bytes of answer text that are kept; a longer answer is an error.
    public var maxAnswerBytes: Int

    /// Creates a prompt.
    public init(
        model: String, messages: [Message], contextLength: Int = 8192, maxTokens: Int = 1024, temperature: Double = 0,
        seed: Int? = nil, stop: [String] = [], schema: String? = nil, keepAlive: Int = 1800,
        timeouts: Timeouts = Timeouts(), maxAnswerBytes: Int = 1 << 20
    ) {
        self.model = model
        self.messages = messages
        self.contextLength = contextLength
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.seed = seed
        self.stop = stop
        self.schema = schema
        self.keepAlive = keepAlive
        self.timeouts = timeouts
        self.maxAnswerBytes = maxAnswerBytes
    }
}

/// The deadlines of one request. Waiting for the first byte differs from waiting between two: a server is silent while it
/// loads a model and evaluates a prompt.
public struct Timeouts: Codable, Sendable, Hashable {
    /// To connect.
    public var connect: Duration
    /// From the request to the first byte of the answer: queue, model load and prompt evaluation.
    public var firstByte: Duration
    /// Between two pieces of an answer.
    public var idle: Duration
    /// For the whole request.
    public var total: Duration

    /// Creates deadlines; the defaults suit a cold model on a slow machine.
    public init(
        connect: Duration = .seconds(4), firstByte: Duration = .seconds(600), idle: Duration = .seconds(120),
        total: Duration = .seconds(1800)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}

/// A sample of an answer that is still coming.
public struct AnswerProgress: Sendable {
    /// Pieces of text received so far: about the number of tokens.
    public var pieces: Int
    /// Time since the request, in seconds.
    public var elapsed: Double

    /// Creates a sample.
    public init(pieces: Int, elapsed: Double) {
        self.pieces = pieces
        self.elapsed = elapsed
    }
}

/// A whole answer.
public struct Answer: Codable, Sendable, Equatable {
    /// The model's text, without its thinking.
    public var text: String
    /// The thinking trace, when the server keeps it apart; nil when there was none.
    public var thinking: String?
    /// Why it ended.
    public var finish: Finish
    /// What it took.
    public var usage: Usage
    /// Things to tell the user, such as a prompt that the server seems to have cut.
    public var warnings: [String]

    /// Why an answer ended.
    public enum Finish: String, Codable, Sendable {
        /// The model stopped by itself, or at a stop text.
        case stop
        /// The token limit or the window's end cut it.
        case length
    }

    /// Creates an answer.
    public init(text: String, thinking: String? = nil, finish: Finish, usage: Usage, warnings: [String] = []) {
        self.text = text
        self.thinking = thinking
        self.finish = finish
        self.usage = usage
        self.warnings = warnings
    }
}

/// What an answer took, as the server reports it; nil is unknown, not zero. Durations are in seconds.
public struct Usage: Codable, Sendable, Equatable {
    /// Prompt tokens, those already evaluated (cached) included.
    public var promptTokens: Int?
    /// Bytes of the prompt's messages, as they were sent; nil when nobody counted them.
    public var promptBytes: Int?
    /// Answer tokens, thinking included.
    public var answerTokens: Int?
    /// Waiting for the scheduler and loading the model.
    public var loadDuration: Double?
    /// Evaluating the part of the prompt that was not cached.
    public var promptDuration: Double?
    /// Writing the answer.
    public var answerDuration: Double?
    /// From the request's arrival to the answer's end.
    public var totalDuration: Double?
    /// From our request to the first piece of text, on our own clock.
    public var timeToFirstToken: Double?
    /// The whole request on our own clock.
    public var elapsed: Double

    /// Creates a usage record.
    public init(
        promptTokens: Int? = nil, answerTokens: Int? = nil, loadDuration: Double? = nil, promptDuration: Double? = nil,
        answerDuration: Double? = nil, totalDuration: Double? = nil, timeToFirstToken: Double? = nil, elapsed: Double
    ) {
        self.promptTokens = promptTokens
        self.answerTokens = answerTokens
        self.loadDuration = loadDuration
        self.promptDuration = promptDuration
        self.answerDuration = answerDuration
        self.totalDuration = totalDuration
        self.timeToFirstToken = timeToFirstToken
        self.elapsed = elapsed
    }

    /// What the server spent on the request: load, prompt and answer time, never a client's latency. Where the server
    /// reports no durations (OpenAI's protocol), the time since the request.
    public var serviceTime: Double {
        guard promptDuration != nil || answerDuration != nil else { return elapsed }
        return (loadDuration ?? 0) + (promptDuration ?? 0) + (answerDuration ?? 0)
    }
}
