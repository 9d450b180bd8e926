import Synchronization

/// The phases of a request that have a deadline of their own. Connecting is watched by the HTTP client.
enum RequestPhase: Sendable {
    case firstByte
    case idle
    case total
}

/// A deadline that passed.
struct DeadlinePassed: Sendable, Equatable {
    var phase: RequestPhase
    var limit: Duration
}

/// Tells the watch of a request that bytes came.
final class Liveness: Sendable {
    private let lastByte: Mutex<ContinuousClock.Instant?> = Mutex(nil)

    /// Notes that bytes came now: from here on the idle deadline counts.
    func bytesCame() {
        lastByte.withLock { $0 = .now }
    }

    fileprivate var lastByteTime: ContinuousClock.Instant? { lastByte.withLock { $0 } }
}

private enum WatchedEvent<Value: Sendable>: Sendable {
    case finished(Value)
    case watchEnded(DeadlinePassed?)
}

/// Runs `body`, and cancels it when one of its deadlines passes.
///
/// `body` must answer cancellation by returning soon; what it returns then is handed out beside the deadline that passed,
/// so that the part of an answer that came is not lost.
func withDeadlines<Value: Sendable>(
    _ timeouts: Timeouts, _ body: @escaping @Sendable (Liveness) async -> Value
) async -> (value: Value, passed: DeadlinePassed?) {
    let liveness = Liveness()
    return await withTaskGroup(of: WatchedEvent<Value>.self) { group in
        group.addTask { .finished(await body(liveness)) }
        group.addTask { .watchEnded(await watch(liveness, timeouts)) }
        var passed: DeadlinePassed?
        while let event = await group.next() {
            switch event {
            case .finished(let value):
                group.cancelAll()
                return (value, passed)
            case .watchEnded(let deadline):
                passed = deadline
                group.cancelAll()
            }
        }
        preconditionFailure("the body's task always reports")
    }
}

/// Waits until a deadline passes; nil when the waiting was cancelled.
private func watch(_ liveness: Liveness, _ timeouts: Timeouts) async -> DeadlinePassed? {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
        let now = clock.now
        var next = DeadlinePassed(phase: .firstByte, limit: timeouts.firstByte)
        var instant = start + timeouts.firstByte
        if let last = liveness.lastByteTime {
            next = DeadlinePassed(phase: .idle, limit: timeouts.idle)
            instant = last + timeouts.idle
        }
        if start + timeouts.total <= instant {
            next = DeadlinePassed(phase: .total, limit: timeouts.total)
            instant = start + timeouts.total
        }
        if now >= instant { return next }
        // A byte that comes while this sleeps sets a deadline of its own, never before now + idle: so no sleep longer than
        // idle, and none is missed.
        let wake = min(instant, now + max(timeouts.idle, .milliseconds(1)))
        do { try await clock.sleep(until: wake) } catch { return nil }
    }
}
