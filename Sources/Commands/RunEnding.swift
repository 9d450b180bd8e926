import Events
import Foundation
import History
import Synchronization

/// What a run shows when it has ended goes to where its events went, as its last one: so a run can be shown again.
///
/// A result is shown by whoever called the journey, after the journey's log has been closed; this remembers where the log
/// ended.
package final class RunEnding: Sendable {
    /// Where a run's events went.
    struct Target: Sendable {
        var run: String
        var sequence: Int
        var elapsed: Double
        var started: Date
        var store: RunStore?
        var stream: EventStream?
        var ended = ContinuousClock.now
    }

    private struct State {
        var target: Target?
        var ownsOutput = false
        var isRecorded = true
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether standard output belongs to the events, so that a result goes there as one.
    var ownsOutput: Bool { state.withLock { $0.ownsOutput } }

    /// From now on standard output belongs to the events.
    func takeOutput() { state.withLock { $0.ownsOutput = true } }

    /// False once a history that took the run's beginning has failed, which was said then.
    var isRecorded: Bool {
        get { state.withLock { $0.isRecorded } }
        set { state.withLock { $0.isRecorded = newValue } }
    }

    /// A run has ended, and its result is still to be shown.
    func expect(_ target: Target) { state.withLock { $0.target = target } }

    /// Notes what was shown; the first result after a run counts as its.
    ///
    /// - Parameters:
    ///   - text: in the form that was asked for.
    ///   - json: the same as JSON; nil when `text` is that.
    /// - Returns: why the history doesn't have it; nil when it does, or doesn't take part.
    func note(_ text: String, format: String, json: () -> String?) -> String? {
        note { ResultRecord(format: format, stream: .output, text: text, json: json()) }
    }

    /// Notes what is said of a run that was prevented.
    func note(_ failure: Failure, format: OutputFormat) -> String? {
        note {
            let json = jsonText(failure.json)
            guard format != .json else {
                return ResultRecord(format: format.rawValue, stream: .output, text: json, json: nil)
            }
            return ResultRecord(
                format: OutputFormat.text.rawValue, stream: .error, text: failure.text(style: Style(.plain)), json: json
            )
        }
    }

    private func note(_ result: () -> ResultRecord) -> String? {
        guard
            let target = state.withLock({ state in
                defer { state.target = nil }
                return state.target
            })
        else { return nil }
        let record = RunRecord(
            run: target.run, sequence: target.sequence + 1,
            elapsed: target.elapsed + target.ended.duration(to: .now).inSeconds,
            event: .resultShown(result()))
        var problem: String?
        do throws(HistoryError) {
            try target.store?.append([record], started: target.started)
        } catch {
            problem = error.description
        }
        target.stream?.write([record])
        return problem
    }
}

extension Invocation {
    /// The stream of the run's events, when it was asked for.
    func eventStream() throws(Failure) -> EventStream? {
        guard let path = common.events else { return nil }
        let stream = try EventStream(path, surroundings: surroundings)
        if stream.ownsOutput { ending.takeOutput() }
        return stream
    }
}
