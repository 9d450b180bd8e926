import Events
import Foundation
import Synchronization

/// Writes a run's events to the history as the run goes.
///
/// `sink` only puts a record into a bounded buffer, so that the run never waits for a disk. `during` writes the buffer in
/// the background, in the order of the events, each batch one transaction, and the rest at the end, also when the run is
/// cancelled or fails. A process that is killed loses what wasn't written yet, usually some milliseconds of events, and
/// always the last ones: what the history has is a run's beginning without gaps.
///
/// An event is *acknowledged* when it was passed to `committed`: its transaction has ended by then, so that no death of the
/// process, however sudden, takes it back.
package final class HistoryWriter: Sendable {
    private struct State {
        var waiting: [RunRecord] = []
        var failure: HistoryError?
        /// The history took a batch not: what follows would leave a gap.
        var isBroken = false
        /// More would have waited than is allowed: nothing is taken any more.
        var isOver = false
    }

    private let store: RunStore?
    private let started: Date
    private let capacity: Int
    private let committed: (@Sendable ([RunRecord]) -> Void)?
    private let state = Mutex(State())
    private let writing = Mutex(())
    private let (news, announce): (AsyncStream<Void>, AsyncStream<Void>.Continuation)

    /// - Parameters:
    ///   - store: nil passes the records on without keeping them.
    ///   - started: when the run began.
    ///   - capacity: how many records wait at most. When the disk is so slow that more would, recording ends: a history
    ///     with gaps would replay wrongly.
    ///   - committed: gets every batch in order once it is in the history. When the history fails, it gets the rest all the
    ///     same: the run goes on, and `failure` says that it isn't recorded.
    package init(
        store: RunStore?, started: Date, capacity: Int = 50_000, committed: (@Sendable ([RunRecord]) -> Void)? = nil
    ) {
        self.store = store
        self.started = started
        self.capacity = capacity
        self.committed = committed
        (news, announce) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes records from a run's log.
    package var sink: RunLog.Sink {
        { [self] record in take(record) }
    }

    /// Why recording ended early; nil if it didn't.
    package var failure: HistoryError? { state.withLock { $0.failure } }

    /// Whether records were refused: whatever is written now would stand behind a gap.
    package var hasGap: Bool { state.withLock { $0.isOver } }

    /// Runs `body`, and writes what the sink takes meanwhile. When this returns, everything is written or `failure` is set.
    package func during<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure>
        do {
            async let writing: Void = writeAsItComes()
            do throws(Failure) {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            announce.finish()
            await writing
        }
        flush()
        return try result.get()
    }

    private func writeAsItComes() async {
        for await _ in news { flush() }
    }

    private func take(_ record: RunRecord) {
        guard record.isDurable else { return }
        let isTaken = state.withLock { state in
            guard !state.isOver, !state.isBroken || committed != nil else { return false }
            guard state.waiting.count < capacity else {
                state.isOver = true
                state.failure = state.failure ?? .busy(path: store?.path ?? "")
                return false
            }
            state.waiting.append(record)
            return true
        }
        if isTaken { announce.yield() }
    }

    /// Writes what waits. One at a time, so that batches keep their order.
    package func flush() {
        writing.withLock { _ in
            let (batch, isRecording) = state.withLock { state in
                defer { state.waiting = [] }
                return (state.waiting, !state.isBroken)
            }
            guard !batch.isEmpty else { return }
            if let store, isRecording {
                do throws(HistoryError) {
                    try store.append(batch, started: started)
                } catch {
                    state.withLock { state in
                        state.isBroken = true
                        state.failure = state.failure ?? error
                    }
                }
            }
            committed?(batch)
        }
    }
}
