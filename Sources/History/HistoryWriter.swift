import Events
import Foundation
import Synchronization

/// Writes a run's events to the history as the run goes.
///
/// `sink` only puts a record into a bounded buffer, so that the run never waits for a disk. `during` writes the buffer in
/// the background, in the order of the events, each batch one transaction, and the rest at the end, also when the run is
/// cancelled or fails. A process that is killed loses what wasn't written yet, usually some milliseconds of events, and
/// always the last ones: what the history has is a run's beginning without gaps.
package final class HistoryWriter: Sendable {
    private struct State {
        var waiting: [RunRecord] = []
        var failure: HistoryError?
    }

    private let store: RunStore
    private let started: Date
    private let capacity: Int
    private let state = Mutex(State())
    private let writing = Mutex(())
    private let (news, announce): (AsyncStream<Void>, AsyncStream<Void>.Continuation)

    /// - Parameters:
    ///   - started: when the run began.
    ///   - capacity: how many records wait at most. When the disk is so slow that more would, recording ends: a history
    ///     with gaps would replay wrongly.
    package init(store: RunStore, started: Date, capacity: Int = 50_000) {
        self.store = store
        self.started = started
        self.capacity = capacity
        (news, announce) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes records from a run's log.
    package var sink: RunLog.Sink {
        { [self] record in take(record) }
    }

    /// Why recording ended early; nil if it didn't.
    package var failure: HistoryError? { state.withLock { $0.failure } }

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
        state.withLock { state in
            guard state.failure == nil else { return }
            guard state.waiting.count < capacity else {
                state.failure = .busy(path: store.path)
                return
            }
            state.waiting.append(record)
        }
        announce.yield()
    }

    /// Writes what waits. One at a time, so that batches keep their order.
    package func flush() {
        writing.withLock { _ in
            let batch = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            do throws(HistoryError) {
                try store.append(batch, started: started)
            } catch {
                state.withLock { if $0.failure == nil { $0.failure = error } }
            }
        }
    }
}
