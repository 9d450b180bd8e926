/// An event with its place in its run: what is stored, printed as JSON lines, and replayed.
public struct RunRecord: Codable, Sendable, Equatable {
    /// The version of the events' shape. It rises when a reader of the old shape would misread the new one.
    public static let currentVersion = 1

    /// The version that it was written with.
    public var version: Int
    /// The run's id.
    public var run: String
    /// 1 for a run's first event, without gaps; a sample that isn't kept has the number of the next event that is.
    public var sequence: Int
    /// Seconds since the run began, on a clock that never goes back.
    public var elapsed: Double
    /// What happened.
    public var event: RunEvent

    /// Creates a record.
    public init(
        version: Int = Self.currentVersion, run: String, sequence: Int, elapsed: Double, event: RunEvent
    ) {
        self.version = version
        self.run = run
        self.sequence = sequence
        self.elapsed = elapsed
        self.event = event
    }

    /// Whether it belongs in the history: progress samples don't.
    public var isDurable: Bool {
        if case .taskProgress = event { false } else { true }
    }
}
