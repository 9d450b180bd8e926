/// An attempt that a server works on, and what its stream has shown so far.
struct RunningAttempt: Sendable {
    /// Prompt tokens that the server has to evaluate: those that it has not evaluated before.
    let promptTokens: Int
    /// Whether that is less than the whole prompt.
    let sharesPrefix: Bool
    /// The answer's tokens, as estimated.
    let answerTokens: Int
    /// Seconds of load that come first.
    let load: Double
    /// Whether it is done by the server's own model, whose rates are known and learned.
    let isOwnModel: Bool
    /// The prompt's shared part, for those who come after; 0 when there is none.
    let prefix: Int
    /// When its request left.
    private(set) var started: Double
    /// Whether its request has left.
    private(set) var hasLeft: Bool
    /// The most requests that the server had at once while this one had no text yet.
    private(set) var company: Int
    /// When the first text came.
    private(set) var first: Double?
    /// When the last text came.
    private(set) var last: Double
    /// The pieces so far.
    private(set) var pieces = 0
    /// About the tokens so far.
    private(set) var tokens = 0
    /// How many of them came with the first text.
    private var head = 0

    private static let tokensToTrust = 2
    /// An answer that is longer than estimated has, by its age, about so much of it before it; a silence, too.
    private static let overrun = 0.3
    /// Seconds of silence in the middle of an answer that every server may have.
    private static let leastStall = 3.0
    private static let stallTokens = 20.0
    /// A first text that is so many times later than predicted, and so many seconds, isn't coming.
    private static let silentPrompts = 4.0
    private static let leastSilence = 10.0
    private static let unknownSilence = 60.0

    init(
        promptTokens: Int, sharesPrefix: Bool = false, answerTokens: Int, load: Double, prefix: Int = 0,
        started: Double,
        hasLeft: Bool = true, company: Int = 1, isOwnModel: Bool = true
    ) {
        self.isOwnModel = isOwnModel
        self.promptTokens = promptTokens
        self.sharesPrefix = sharesPrefix
        self.answerTokens = answerTokens
        self.load = load
        self.prefix = prefix
        self.started = started
        self.hasLeft = hasLeft
        self.company = company
        last = started
    }

    /// Another request was sent to the server, which has so many now.
    mutating func joined(by count: Int) {
        if first == nil { company = max(company, count) }
    }

    /// - Parameters:
    ///   - pieces: the pieces of the answer so far; nil when the request has left.
    ///   - tokensPerPiece: as the server's earlier answers came.
    mutating func noted(pieces: Int?, tokensPerPiece: Double = 1, time: Double) {
        guard let pieces else {
            if !hasLeft { started = max(started, time) }
            hasLeft = true
            return
        }
        hasLeft = true
        self.pieces = max(self.pieces, pieces)
        let tokens = Int((Double(self.pieces) * tokensPerPiece).rounded())
        if first == nil {
            first = time
            head = tokens
        }
        last = max(last, time)
        self.tokens = max(self.tokens, tokens)
    }

    /// Seconds a token, as seen; nil while too little was seen.
    var observed: Double? {
        guard let first, tokens - head >= Self.tokensToTrust, last > first else { return nil }
        return (last - first) / Double(tokens - head)
    }

    private func firstText(_ rates: ServerRates) -> Double {
        started + load + Double(promptTokens) * (rates.prompt ?? 0)
    }

    /// When silence in the middle of the answer is a stall; nil before the first text: a model that is loaded, a long prompt and
    /// somebody else's request may take any time.
    ///
    /// - Parameter evaluation: seconds of prompts that the server evaluates beside it, which holds up every answer.
    func stallsAt(_ rates: ServerRates, evaluation: Double) -> Double? {
        guard first != nil else { return nil }
        let token = observed ?? rates.answer ?? 0
        return last + max(Self.leastStall, Self.stallTokens * token) + 2 * evaluation
    }

    /// Whether it stayed without any text for so long that its server had better be asked how it is.
    func isSilent(_ rates: ServerRates, now: Double) -> Bool {
        guard hasLeft, first == nil else { return false }
        guard let prompt = rates.prompt else { return now - started > Self.unknownSilence }
        let expected = load + Double(promptTokens) * prompt
        return now - started > Self.silentPrompts * expected + max(Self.leastSilence, rates.latency ?? 0)
    }

    /// When it ends, as far as can be told; nil when nothing is known.
    func expectedEnd(_ rates: ServerRates, now: Double) -> Double? {
        guard hasLeft else { return nil }
        guard let token = observed ?? rates.answer else {
            return rates.latency.map { max(started + $0, now + Self.overrun * (now - started)) }
        }
        var begin = first ?? firstText(rates)
        if first == nil, now > begin { begin = now + Self.overrun * (now - started) }
        let sofar = max(Double(tokens), (now - begin) / max(token, 1e-9))
        let left = max(Double(answerTokens) - sofar, Self.overrun * sofar, 1)
        return max(now, begin) + left * token
    }
}
