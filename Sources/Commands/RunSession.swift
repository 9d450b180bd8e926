import Events
import Foundation

/// How a run ended, and what came of it.
package struct RunOutcome<Value: Sendable>: Sendable {
    package var value: Value
    /// The outcome in a word or two, for the record.
    package var outcome: String
    package var status: ExitStatus

    package init(_ value: Value, outcome: String, status: ExitStatus) {
        self.value = value
        self.outcome = outcome
        self.status = status
    }
}

extension Invocation {
    /// Runs a journey with its log: the live view shows it, `sinks` record it, and its first and last events are written here,
    /// also when it throws or is cancelled.
    ///
    /// - Parameters:
    ///   - sinks: what else sees every record, such as the history's.
    ///   - clock: seconds since the run began; the default is the continuous clock.
    /// - Throws: a `Failure`, whatever `body` threw.
    package func run<Value>(
        _ start: RunStart, id: String, sinks: [RunLog.Sink] = [], clock: (@Sendable () -> Double)? = nil,
        body: (RunLog) async throws -> RunOutcome<Value>
    ) async throws(Failure) -> RunOutcome<Value> {
        let view = liveView()
        let log = RunLog(run: id, clock: clock, sinks: [view.sink] + sinks)
        log.append(.runStarted(start))
        let result: Result<RunOutcome<Value>, Failure> = await view.during {
            do {
                let outcome = try await body(log)
                log.append(
                    .runFinished(
                        outcome: outcome.outcome, exitCode: outcome.status.rawValue, duration: log.elapsed))
                return .success(outcome)
            } catch {
                let failure = Task.isCancelled ? Failure(CancellationError()) : Failure(error)
                log.append(
                    .runFinished(
                        outcome: failure.kind.rawValue, exitCode: failure.status.rawValue, duration: log.elapsed))
                return .failure(failure)
            }
        }
        return try result.get()
    }
}

/// An id for a run: when it began (UTC) and four random letters, so that ids sort by time and read well.
package func newRunID(at date: Date, using random: inout some RandomNumberGenerator) -> String {
    let digits = date.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        .filter { $0.isNumber || $0 == "T" }.split(separator: "T").joined(separator: "-")
    let letters = "abcdefghjkmnpqrstuvwxyz"
    let tail = (0..<4).compactMap { _ in letters.randomElement(using: &random) }
    return "\(digits)-\(String(tail))"
}
