/// How many tokens a prompt has, before a server has counted them.
public enum PromptEstimate {
    /// Bytes of code per token, on the low side, so that estimates are rather high.
    public static let bytesPerToken = 3.0
    /// More bytes per token than this is unusual for code and prose.
    static let usualMostBytesPerToken = 5.5
    /// More bytes per token than this, ordinary text doesn't have.
    static let mostBytesPerToken = 7.0
    /// Tokens that a chat template puts around a message.
    static let tokensPerMessage = 8

    /// The bytes of all messages.
    public static func bytes(of prompt: Prompt) -> Int {
        prompt.messages.reduce(0) { $0 + $1.content.utf8.count }
    }

    /// Tokens of a text, rounded up.
    ///
    /// - Parameter ratio: what was learned about the model; without it ``bytesPerToken`` counts.
    public static func tokens(bytes: Int, ratio: TokenRatio = TokenRatio()) -> Int {
        Int((Double(max(0, bytes)) / ratio.bytesPerToken).rounded(.up))
    }

    /// Tokens of a prompt, its template included.
    public static func tokens(of prompt: Prompt, ratio: TokenRatio = TokenRatio()) -> Int {
        tokens(bytes: bytes(of: prompt), ratio: ratio) + prompt.messages.count * tokensPerMessage
    }
}

/// Bytes per token of one model, learned from the counts that a server reported.
///
/// Start with a cautious guess; every answer moves it towards what was seen. It never leaves 1.5 to 6 bytes per token, so
/// that one odd report (a cut prompt, a cached count) can't spoil the estimates.
public struct TokenRatio: Codable, Sendable, Hashable {
    /// The present ratio.
    public private(set) var bytesPerToken: Double
    /// How many reports made it.
    public private(set) var samples: Int

    /// Creates a ratio that has seen nothing.
    public init() {
        bytesPerToken = PromptEstimate.bytesPerToken
        samples = 0
    }

    /// Learns from a prompt of `bytes` bytes that a server counted as `tokens`. Short prompts, whose template outweighs
    /// their text, and impossible reports are ignored.
    public mutating func learn(bytes: Int, tokens: Int) {
        guard bytes >= 400, tokens > 0 else { return }
        let seen = Double(bytes) / Double(tokens)
        guard (1...7).contains(seen) else { return }
        let weight = samples == 0 ? 0.7 : 0.3
        // A little below what was seen: an estimate that is too low is the worse mistake.
        let cautious = seen * 0.95
        bytesPerToken = min(6, max(1.5, bytesPerToken * (1 - weight) + cautious * weight))
        samples += 1
    }

    /// Learns from an answer to `prompt`.
    public mutating func learn(from prompt: Prompt, usage: Usage) {
        guard let tokens = usage.promptTokens else { return }
        let template = prompt.messages.count * PromptEstimate.tokensPerMessage
        learn(bytes: PromptEstimate.bytes(of: prompt), tokens: max(1, tokens - template))
    }

    /// Whether it is one that can have been learned: a stored ratio is data from outside.
    public var isPlausible: Bool { (1.5...6).contains(bytesPerToken) && samples >= 0 }
}
