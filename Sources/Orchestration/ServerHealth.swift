import Inference

/// Whether a server gets tasks: a circuit that opens on server faults and closes again after a probe and a good answer.
///
/// ```
/// closed ──fault──► open ──time──► probing ──answers──► halfOpen ──good answer──► closed
///                    ▲                └──silent──┐          └──fault──┐
///                    └───────────────────────────┴───────────────────┘   (each time twice as long)
/// ```
struct ServerHealth: Sendable, Equatable {
    enum State: Sendable, Equatable {
        /// It gets tasks.
        case closed
        /// It gets none until then.
        case open(until: Double)
        /// It is being asked whether it is there.
        case probing
        /// It answered the probe, and gets one task.
        case halfOpen
        /// It can't do this team's work, whatever its state: the model is missing, or it wants credentials.
        case unusable(String)
    }

    /// Faults in a row that open the circuit; a refused connection needs only one.
    static let faultsToOpen = 2
    static let firstWait = 1.0
    static let longestWait = 30.0

    private(set) var state: State = .closed
    /// No task before then: the server said that it is busy.
    private(set) var heldUntil = 0.0
    private var faults = 0
    private var openings = 0

    var isUp: Bool { state == .closed || state == .halfOpen }

    var isUsable: Bool {
        if case .unusable = state { false } else { true }
    }

    /// - Returns: whether the circuit just opened.
    mutating func failed(_ error: InferenceError, now: Double, jitter: Double) -> Bool {
        switch error.code {
        case .modelNotFound, .unauthorized:
            guard isUsable else { return false }
            state = .unusable(error.message)
            return true
        case .cancelled:
            return false
        default:
            break
        }
        guard error.isServerFault else {
            faults = 0  // a wrong answer is an answer
            return false
        }
        faults += 1
        if error.code == .busy {
            heldUntil = max(heldUntil, now + min(error.retryAfter ?? Self.firstWait * jitter, Self.longestWait))
        }
        switch state {
        case .closed where error.code == .unreachable || faults >= Self.faultsToOpen, .halfOpen:
            open(now: now, jitter: jitter)
            return true
        default:
            return false
        }
    }

    /// An answer stood still until another server's was there: the server is asked how it is before it gets more.
    ///
    /// - Returns: whether the circuit just opened.
    mutating func stalled(now: Double, jitter: Double) -> Bool {
        guard isUp else { return false }
        open(now: now, jitter: jitter)
        return true
    }

    private mutating func open(now: Double, jitter: Double) {
        let wait = min(Self.firstWait * Double(1 << min(openings, 10)), Self.longestWait)
        openings += 1
        state = .open(until: now + wait * jitter)
    }

    /// - Returns: whether a server that was lost is back.
    mutating func succeeded() -> Bool {
        faults = 0
        openings = 0
        let wasLost = !isUp
        if isUsable { state = .closed }
        return wasLost && state == .closed
    }

    /// - Returns: whether it is time to ask; then it counts as being asked.
    mutating func beginProbe(now: Double) -> Bool {
        guard case .open(let until) = state, until <= now else { return false }
        state = .probing
        return true
    }

    /// - Parameter answered: nil when the probe was abandoned.
    /// - Returns: whether the server is back.
    mutating func probed(answered: Bool?, now: Double, jitter: Double) -> Bool {
        guard state == .probing else { return false }
        switch answered {
        case true?:
            faults = 0
            state = .halfOpen
            return true
        case false?:
            open(now: now, jitter: jitter)
            return false
        case nil:
            state = .open(until: now)
            return false
        }
    }
}
