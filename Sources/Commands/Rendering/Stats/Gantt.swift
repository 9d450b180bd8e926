import Events
import Foundation

/// One run on a line of time: what each server did when, and the builds.
package struct Gantt: Codable, Sendable, Equatable {
    /// An attempt at a task, or a build.
    struct Bar: Codable, Sendable, Equatable {
        enum State: String, Codable, Sendable { case running, succeeded, failed, cancelled, cached }

        var lane: String
        /// The task's id, or what the build was for.
        var name: String
        /// 1 for the first; nil for a build.
        var attempt: Int?
        var state: State
        /// Seconds since the run began.
        var start: Double
        var end: Double
    }

    /// What is more isn't drawn.
    private static let mostBars = 5000
    static let buildLane = "builds"

    var bars: [Bar] = []
    /// The lanes in the order in which they appeared, builds last.
    var lanes: [String] = []
    /// Seconds.
    var duration = 0.0

    init(_ records: [RunRecord]) {
        var open: [String: [Bar]] = [:]
        var builds: [String: [Bar]] = [:]
        for record in records {
            // What was shown after the end is no part of the run.
            if case .resultShown = record.event { continue }
            guard record.elapsed.isFinite else { continue }
            duration = max(duration, record.elapsed)
            switch record.event {
            case .serverJoined(let facts) where facts.kind != "builtin": note(facts.name)
            case .taskStarted(let task, let attempt, let server, _):
                note(server)
                open["\(attempt) \(task)", default: []].append(
                    Bar(
                        lane: server, name: task, attempt: attempt, state: .running, start: record.elapsed,
                        end: record.elapsed))
            case .taskFinished(let end):
                note(end.server)
                let key = "\(end.attempt) \(end.task)"
                let start = open[key]?.popLast()?.start ?? Self.begin(of: end.elapsed, until: record.elapsed)
                add(
                    Bar(
                        lane: end.server, name: end.task, attempt: end.attempt, state: Self.state(end), start: start,
                        end: record.elapsed))
            case .buildStarted(let purpose, _):
                builds[purpose.rawValue, default: []].append(
                    Bar(
                        lane: Self.buildLane, name: purpose.rawValue, attempt: nil, state: .running,
                        start: record.elapsed, end: record.elapsed))
            case .buildFinished(let end):
                let name = end.purpose.rawValue
                let start =
                    builds[name].flatMap { $0.first?.start } ?? Self.begin(of: end.duration, until: record.elapsed)
                if builds[name]?.isEmpty == false { builds[name]?.removeFirst() }
                add(
                    Bar(
                        lane: Self.buildLane, name: name, attempt: nil, state: end.exitCode == 0 ? .succeeded : .failed,
                        start: start, end: record.elapsed))
            default: break
            }
        }
        // What has no end was under way when the events end.
        for bar in (open.values.flatMap { $0 } + builds.values.flatMap { $0 }).sorted(by: Self.isBefore) {
            var bar = bar
            bar.end = duration
            add(bar)
        }
        bars.sort(by: Self.isBefore)
        if bars.contains(where: { $0.lane == Self.buildLane }) {
            lanes.removeAll { $0 == Self.buildLane }
            lanes.append(Self.buildLane)
        }
    }

    /// When what took so long and ends then began, as far as that can be.
    private static func begin(of seconds: Double, until end: Double) -> Double { min(end, max(0, end - seconds)) }

    private static func isBefore(_ a: Bar, _ b: Bar) -> Bool {
        (a.start, a.end, a.lane, a.name, a.attempt ?? 0) < (b.start, b.end, b.lane, b.name, b.attempt ?? 0)
    }

    private static func state(_ end: TaskEnd) -> Bar.State {
        switch end.outcome {
        case .succeeded: end.cached ? .cached : .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    private mutating func note(_ lane: String) {
        if !lanes.contains(lane) { lanes.append(lane) }
    }

    private mutating func add(_ bar: Bar) {
        if bars.count < Self.mostBars { bars.append(bar) }
    }
}
