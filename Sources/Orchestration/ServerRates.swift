import Inference

/// How fast a server has been in this run: exponentially weighted means, so that later answers count more.
struct ServerRates: Sendable, Equatable {
    /// Seconds a prompt token; nil until known.
    private(set) var prompt: Double?
    /// Seconds an answer token; nil until known.
    private(set) var answer: Double?
    /// Seconds a request took.
    private(set) var latency: Double?
    private static let weight = 0.3

    mutating func learn(_ usage: Usage) {
        if let tokens = usage.promptTokens, let seconds = usage.promptDuration, tokens >= 16, seconds > 0 {
            let rate = seconds / Double(tokens)
            // Cached tokens are counted but take no time: a rate far below the known one is a prefix hit, not speed.
            if prompt.map({ rate > $0 / 4 }) ?? true { prompt = Self.mean(prompt, rate) }
        }
        if let tokens = usage.answerTokens, let seconds = usage.answerDuration, tokens >= 4, seconds > 0 {
            answer = Self.mean(answer, seconds / Double(tokens))
        }
        latency = Self.mean(latency, usage.elapsed)
    }

    private static func mean(_ old: Double?, _ new: Double) -> Double {
        old.map { $0 + weight * (new - $0) } ?? new
    }

    /// Seconds that a request would take; nil while the rates are unknown.
    func predicted(promptTokens: Int, answerTokens: Int) -> Double? {
        guard let answer else { return latency }
        return Double(promptTokens) * (prompt ?? 0) + Double(answerTokens) * answer
    }
}
