import Events
import Inference
import Synchronization

/// Where attempts post how far they are, and the plan's loop reads it. The latest note of each is there whenever something is
/// decided; the loop is woken for them at moments that grow apart.
final class ProgressBoard: Sendable {
    private struct State {
        var notes: [AttemptKey: Scheduler.Note] = [:]
        var due: [AttemptKey: Double] = [:]
    }

    /// Seconds after an attempt's beginning; then it is twice as long each time, up to a second.
    private static let firstWake = 0.03
    private static let longestGap = 1.0
    private let state = Mutex(State())
    private let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    func post(_ note: Scheduler.Note, elapsed: Double) {
        let key = AttemptKey(task: note.task, attempt: note.attempt)
        let isDue = state.withLock { state in
            state.notes[key] = note
            guard elapsed >= state.due[key] ?? 0 else { return false }
            state.due[key] = elapsed + min(max(Self.firstWake, elapsed), Self.longestGap)
            return true
        }
        if isDue { wake.continuation.yield() }
    }

    /// Waits until something new is worth a look, or the waiting task is cancelled.
    func next() async {
        for await _ in wake.stream { break }
    }

    /// What was posted since the last time, the latest note of each attempt.
    func take() -> [Scheduler.Note] {
        state.withLock { state in
            defer { state.notes.removeAll(keepingCapacity: true) }
            return Array(state.notes.values)
        }
    }
}

/// Turns an answer's progress into a few events a second.
final class ProgressSample: Sendable {
    private static let interval = 0.25
    private let log: RunLog
    private let task: String
    private let attempt: Int
    private let server: String
    private let last = Mutex(-Double.infinity)

    init(log: RunLog, task: String, attempt: Int, server: String) {
        self.log = log
        self.task = task
        self.attempt = attempt
        self.server = server
    }

    func take(_ progress: AnswerProgress) {
        let isDue = last.withLock { last in
            guard progress.elapsed - last >= Self.interval else { return false }
            last = progress.elapsed
            return true
        }
        guard isDue else { return }
        log.append(.taskProgress(task: task, attempt: attempt, server: server, pieces: progress.pieces))
    }
}
