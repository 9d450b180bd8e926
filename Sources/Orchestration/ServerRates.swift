import Inference

/// How fast a server is: exponentially weighted means, so that later answers count more.
struct ServerRates: Sendable, Equatable {
    /// Seconds a prompt token; nil until known.
    private(set) var prompt: Double?
    /// Seconds an answer token; nil until known.
    private(set) var answer: Double?
    /// Seconds that the model's load took; nil until one was seen.
    private(set) var load: Double?
    /// Seconds a request took.
    private(set) var latency: Double?
    /// Seconds that a request waited there, though it was our only one: somebody else works on that server, or it doesn't say
    /// what it does. Nil until known; not kept between runs.
    private(set) var wait: Double?
    private(set) var answers = 0
    /// Some servers send several tokens at once.
    private(set) var tokensPerPiece = 1.0
    /// The bytes of text that the model makes a token of.
    private(set) var tokens = TokenRatio()
    /// Prompt rates in a row that were far below the known one.
    private var lowPrompts = 0
    private static let weight = 0.3
    private static let lowPromptsToBelieve = 3
    /// A shorter load is the server's own bookkeeping.
    private static let leastLoad = 0.25

    init() {}

    init(_ profile: ServerProfile) {
        prompt = profile.promptToken
        answer = profile.answerToken
        load = profile.load
        latency = profile.latency
        answers = profile.answers
        tokens = profile.tokens ?? TokenRatio()
    }

    /// - Parameters:
    ///   - sharesPrefix: whether a part of the prompt was evaluated before, which is counted but takes no time.
    ///   - wasAlone: whether the server had no other request of ours meanwhile.
    ///   - pieces: in how many pieces the answer came; nil when nobody counted.
    mutating func learn(
        _ usage: Usage, sharesPrefix: Bool = false, wasAlone: Bool = false, pieces: Int? = nil
    ) {
        if let tokens = usage.answerTokens, let pieces, pieces >= 4, tokens >= pieces {
            tokensPerPiece = Self.mean(tokensPerPiece, min(64, Double(tokens) / Double(pieces)))
        }
        answers = min(answers, 1 << 30) + 1
        if let bytes = usage.promptBytes, let counted = usage.promptTokens, !sharesPrefix {
            // A server that leaves out what it had cached would count too few.
            tokens.learn(bytes: bytes, tokens: counted)
        }
        if !sharesPrefix, let tokens = usage.promptTokens, let seconds = usage.promptDuration, tokens >= 16, seconds > 0
        {
            let rate = seconds / Double(tokens)
            // Cached tokens are counted but take no time: a rate far below the known one is a prefix hit, not speed. Unless it
            // always is: then the known one was wrong.
            let isLow = prompt.map { rate <= $0 / 4 } ?? false
            lowPrompts = isLow ? lowPrompts + 1 : 0
            if !isLow {
                prompt = Self.mean(prompt, rate)
            } else if lowPrompts >= Self.lowPromptsToBelieve {
                prompt = rate
                lowPrompts = 0
            }
        }
        if let tokens = usage.answerTokens, tokens >= 4 {
            // A protocol without durations shows the time behind the first token, which is the answer's.
            let seconds = usage.answerDuration ?? usage.timeToFirstToken.map { usage.elapsed - $0 }
            if let seconds, seconds > 0 { answer = Self.mean(answer, seconds / Double(tokens)) }
        }
        if let seconds = usage.loadDuration, seconds >= Self.leastLoad { load = Self.mean(load, seconds) }
        latency = Self.mean(latency, usage.elapsed)
        if wasAlone, let prompt = usage.promptDuration, let answer = usage.answerDuration {
            wait = Self.mean(wait, max(0, usage.elapsed - (usage.loadDuration ?? 0) - prompt - answer))
        }
    }

    /// - Parameter attempt: one that was given up before its answer was whole.
    mutating func learn(givenUp attempt: RunningAttempt, now: Double) {
        if let token = attempt.observed, answer == nil || attempt.tokens >= Self.leastTokens {
            answer = Self.mean(answer, token)
        } else if answer == nil {
            // It takes at least as long as was waited.
            latency = max(latency ?? 0, now - attempt.started)
        }
        if prompt == nil, let first = attempt.first, attempt.company == 1, attempt.load == 0, !attempt.sharesPrefix,
            attempt.promptTokens >= 16
        {
            prompt = max(0, first - attempt.started) / Double(attempt.promptTokens)
        }
    }
    /// Of a stream that was cut, so many tokens change what is known of its rate.
    private static let leastTokens = 8

    /// Whether anything is known.
    var isKnown: Bool { answer != nil || latency != nil }

    private static func mean(_ old: Double?, _ new: Double) -> Double {
        old.map { $0 + weight * (new - $0) } ?? new
    }

    /// Seconds that a request would take on a warm server, with what it usually waits there; nil while the rates are unknown.
    func predicted(promptTokens: Int, answerTokens: Int) -> Double? {
        guard let answer else { return latency }
        return (wait ?? 0) + Double(promptTokens) * (prompt ?? 0) + Double(answerTokens) * answer
    }

    /// The same with another rate of answers, which was seen but isn't learned yet.
    func with(answer observed: Double) -> ServerRates {
        var rates = self
        rates.answer = observed
        return rates
    }

    func profile(server: String, model: String, search: SlotSearch?) -> ServerProfile {
        ServerProfile(
            server: server, model: model, promptToken: prompt, answerToken: answer, load: load, latency: latency,
            answers: answers, slots: search?.slots, slotLimit: search?.limit, tokens: tokens.samples > 0 ? tokens : nil)
    }
}
