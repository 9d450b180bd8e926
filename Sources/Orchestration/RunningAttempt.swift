/// An attempt that a server works on, and what its stream has shown so far.
struct RunningAttempt: Sendable {
    /// Prompt tokens that the server has to evaluate: those that it has not evaluated before.
    let promptTokens: Int
    /// The answer's tokens, as estimated.
    let answerTokens: Int
    /// Seconds of load that come first.
    let load: Double
    let started: Double
    /// The most requests that the server had at once while this one had no text yet.
    private(set) var company: Int
    /// When the first text came.
    private(set) var first: Double?
    /// When the last text came.
    private(set) var last: Double
    /// About the tokens so far.
    private(set) var tokens = 0
    /// How many of them came with the first text.
    private var head = 0

    private static let tokensToTrust = 2
    /// An answer that is longer than estimated has, by its age, about so much of it before it.
    private static let overrun = 0.3
    /// Seconds of silence in the middle of an answer that every server may have.
    static let leastStall = 1.0
    private static let stallTokens = 20.0
    private static let stallPrompts = 4.0
    private static let unknownSilence = 30.0

    init(promptTokens: Int, answerTokens: Int, load: Double, started: Double, company: Int = 1) {
        self.company = company
        self.promptTokens = promptTokens
        self.answerTokens = answerTokens
        self.load = load
        self.started = started
        last = started
    }

    /// Another request was sent to the server, which has so many now.
    mutating func joined(by count: Int) {
        if first == nil { company = max(company, count) }
    }

    mutating func progressed(tokens: Int, now: Double) {
        if first == nil {
            first = now
            head = tokens
        }
        if tokens > self.tokens { last = now }
        self.tokens = max(self.tokens, tokens)
    }

    /// Seconds a token, as seen; nil while too little was seen.
    var observed: Double? {
        guard let first, tokens - head >= Self.tokensToTrust, last > first else { return nil }
        return (last - first) / Double(tokens - head)
    }

    /// When silence from now on is a stall.
    func stallsAt(_ rates: ServerRates) -> Double {
        if first != nil {
            guard let token = observed ?? rates.answer else { return last + Self.unknownSilence }
            return last + max(Self.leastStall, Self.stallTokens * token)
        }
        guard let prompt = rates.prompt else { return started + Self.unknownSilence }
        // A request of someone else's may be in front of ours, and takes about as long as ours do.
        return started + Self.stallPrompts * (load + Double(promptTokens) * prompt)
            + max(rates.latency ?? 0, Self.leastStall)
    }

    /// When it ends, as far as can be told; infinite when it stalls, nil when nothing is known.
    func expectedEnd(_ rates: ServerRates, now: Double) -> Double? {
        if now >= stallsAt(rates) { return .infinity }
        guard let token = observed ?? rates.answer else {
            return rates.latency.map { max(started + $0, now + Self.overrun * (now - started)) }
        }
        let begin = first ?? max(now, started + load + Double(promptTokens) * (rates.prompt ?? 0))
        let sofar = max(Double(tokens), (now - begin) / max(token, 1e-9))
        let left = max(Double(answerTokens) - sofar, Self.overrun * sofar, 1)
        return max(now, begin) + left * token
    }
}
