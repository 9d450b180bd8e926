import Synchronization

/// The one ordered stream of a run's events.
///
/// Everything that happens is appended here, from any task; sinks see the events in their order, one at a time.
public final class RunLog: Sendable {
    /// Receives the events in order. It is called while the log is locked: it must be quick and not append.
    public typealias Sink = @Sendable (RunRecord) -> Void

    /// The run's id.
    public let run: String
    private let clock: @Sendable () -> Double
    private let state: Mutex<(records: [RunRecord], sequence: Int, sinks: [Sink])>

    /// Creates the log of a run that begins now.
    ///
    /// - Parameters:
    ///   - run: the run's id.
    ///   - clock: seconds since the run began; the default is the continuous clock.
    ///   - sinks: what sees the events.
    public init(run: String, clock: (@Sendable () -> Double)? = nil, sinks: [Sink] = []) {
        self.run = run
        let start = ContinuousClock.now
        self.clock = clock ?? { start.duration(to: .now).inSeconds }
        state = Mutex(([], 0, sinks))
    }

    /// Adds an event to the run.
    public func append(_ event: RunEvent) {
        state.withLock { state in
            let record = RunRecord(run: run, sequence: state.sequence + 1, elapsed: clock(), event: event)
            // A sample takes no number: what is kept has no gaps.
            if record.isDurable {
                state.sequence += 1
                state.records.append(record)
            }
            for sink in state.sinks { sink(record) }
        }
    }

    /// The durable events so far, in order.
    public var records: [RunRecord] { state.withLock { $0.records } }

    /// Seconds since the run began.
    public var elapsed: Double { clock() }
}

extension Duration {
    /// This duration in seconds.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
