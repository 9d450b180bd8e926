/// What to do about something that a run's figures show.
public struct RunAdvice: Codable, Sendable, Equatable {
    /// What it is about; the raw values are for programs.
    public enum Code: String, Codable, Sendable, CaseIterable {
        /// Many attempts failed, in one place or everywhere.
        case manyFailures = "many-failures"
        /// Attempts ran out of time.
        case timeouts = "time-outs"
        /// Little ran in parallel since tasks wait for one another.
        case chain
        /// Little ran in parallel since one task takes most of the time.
        case longTask = "long-task"
        /// A slow server kept everybody waiting at the end.
        case slowServer = "slow-server"
        /// Fewer tasks ran at once than there were tasks and slots.
        case fewWorkers = "few-workers"
        /// Most slots had nothing to do.
        case moreSlotsThanTasks = "more-slots-than-tasks"
        /// One server was busy all the time, another one hardly.
        case unbalanced
        /// A server did nothing.
        case idleServer = "idle-server"
        /// Loading models took a large part of the time.
        case modelLoads = "model-loads"
        /// Evaluating prompts took most of the time.
        case promptHeavy = "prompt-heavy"
    }

    /// What it is about.
    public var code: Code
    /// The server or specialist that it concerns; nil when it concerns the whole run.
    public var subject: String?
    /// A sentence that says what was seen and what to do.
    public var text: String
    /// The figures that it rests on, by name: seconds, shares from 0 to 1, or counts.
    public var numbers: [String: Double]

    /// Creates an advice.
    public init(_ code: Code, subject: String? = nil, text: String, numbers: [String: Double]) {
        self.code = code
        self.subject = subject
        self.text = text
        self.numbers = numbers
    }
}
