/// Whether a model's reply to a request for code could be used: how well it writes the format that it was asked for.
public struct ReplyRecord: Codable, Sendable, Equatable {
    /// What became of it.
    public enum Outcome: String, Codable, Sendable {
        /// It changes files, whatever the build says of it.
        case applied
        /// It is well-formed, and says what is there already.
        case unchanged
        /// Nothing can be done with it.
        case malformed
    }

    /// The task's id.
    public var task: String
    /// The model that wrote it.
    public var model: String
    /// The format that was asked for: `window`, `function`, `search-replace` or `file`.
    public var format: String
    /// What became of it.
    public var outcome: Outcome
    /// Why it can't be used, in words; nil when it can.
    public var reason: String?

    /// Creates a record.
    public init(task: String, model: String, format: String, outcome: Outcome, reason: String? = nil) {
        self.task = task
        self.model = model
        self.format = format
        self.outcome = outcome
        self.reason = reason
    }
}
