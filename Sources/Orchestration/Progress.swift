import Events
import Inference
import Synchronization

/// Where attempts post how far they are, and the plan's loop reads it: the latest of each attempt, at moments that grow apart.
final class ProgressBoard: Sendable {
    private struct State {
        var notes: [Int: Execution.Progress] = [:]
        var due: [Int: Double] = [:]
    }

    /// Seconds after an attempt's beginning; then it is twice as long each time, up to a second.
    private static let firstNote = 0.03
    private static let longestGap = 1.0
    private let state = Mutex(State())
    private let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    func post(_ note: Execution.Progress, elapsed: Double) {
        let key = note.task &* 64 &+ note.attempt
        let isDue = state.withLock { state in
            guard elapsed >= state.due[key] ?? 0 else { return false }
            state.due[key] = elapsed + min(max(Self.firstNote, elapsed), Self.longestGap)
            state.notes[key] = note
            return true
        }
        if isDue { wake.continuation.yield() }
    }

    /// Waits for notes; none when the waiting task is cancelled.
    func next() async -> [Execution.Progress] {
        for await _ in wake.stream { break }
        return state.withLock { state in
            defer { state.notes = [:] }
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
