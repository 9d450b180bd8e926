import Inference

/// What a server has shown of its speed with one model. Kept between runs, so that the first task of the next one goes to the
/// right place.
public struct ServerProfile: Codable, Sendable, Equatable {
    /// The server's URL, or its name where it has none to show.
    public var server: String
    /// The model's digest, or its name where the protocol has no digests.
    public var model: String
    /// Seconds a prompt token takes that isn't cached; nil while unknown.
    public var promptToken: Double?
    /// Seconds an answer token takes; nil while unknown.
    public var answerToken: Double?
    /// Seconds that loading the model takes; nil while no load was seen.
    public var load: Double?
    /// Seconds a request takes that reports no tokens; nil while unknown.
    public var latency: Double?
    /// The answers that it has learned from.
    public var answers: Int
    /// The slots that it has shown, where nobody configured them.
    public var slots: Int?
    /// The most slots that it can have, where more made requests wait.
    public var slotLimit: Int?
    /// The bytes of text that its model makes a token of; nil while unknown.
    public var tokens: TokenRatio?

    /// Creates a profile.
    public init(
        server: String, model: String, promptToken: Double? = nil, answerToken: Double? = nil, load: Double? = nil,
        latency: Double? = nil, answers: Int = 0, slots: Int? = nil, slotLimit: Int? = nil,
        tokens: TokenRatio? = nil
    ) {
        self.slotLimit = slotLimit
        self.tokens = tokens
        self.server = server
        self.model = model
        self.promptToken = promptToken
        self.answerToken = answerToken
        self.load = load
        self.latency = latency
        self.answers = answers
        self.slots = slots
    }

    /// Whether every figure is one that a server can have: a stored profile is data from outside.
    var isPlausible: Bool {
        let seconds = [promptToken, answerToken, load, latency].compactMap { $0 }
        return seconds.allSatisfy { $0.isFinite && $0 >= 0 && $0 < 86_400 } && answers >= 0
            && (tokens?.isPlausible ?? true)
            && [slots, slotLimit].allSatisfy { $0.map { (1...64).contains($0) } ?? true }
    }
}
