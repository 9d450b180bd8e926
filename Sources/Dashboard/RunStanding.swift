import Events
import Foundation
import History

/// How a recorded run stands, as far as the history can tell: a killed process leaves a run without an end.
enum RunStanding: Sendable, Equatable {
    case running
    /// Nothing has been recorded for so many seconds.
    case silent(Double)
    /// It ended with exit code 0.
    case succeeded
    case interrupted
    case failed

    /// A task may take long, but not usually so long.
    static let patience = 600.0

    /// - Parameter last: when the run's last event was, in seconds since it began.
    init(_ run: StoredRun, last: Double, now: Date) {
        if let code = run.exitCode {
            self = code == 0 ? .succeeded : code == 130 ? .interrupted : .failed
            return
        }
        let silence = now.timeIntervalSince(run.started) - last
        // In whole minutes, so that the page of a run that was killed keeps still.
        self = silence > Self.patience ? .silent((silence / 60).rounded(.down) * 60) : .running
    }

    var isOpen: Bool {
        switch self {
        case .running, .silent: true
        case .succeeded, .interrupted, .failed: false
        }
    }

    /// The state as a task's, for its shape and colour.
    var look: RunPicture.TaskState {
        switch self {
        case .running: .running
        case .silent: .waiting
        case .succeeded: .succeeded
        case .interrupted: .skipped
        case .failed: .failed
        }
    }

    /// The state in words, with the outcome that the run gave itself.
    func words(outcome: String?) -> String {
        switch self {
        case .running: "running"
        case .silent(let seconds): "no news for \(shownDuration(seconds)); it may have been killed"
        case .succeeded, .interrupted, .failed: outcome ?? "ended"
        }
    }

    func badge(outcome: String?) -> HTML {
        """
        <span class="badge \(look.rawValue)"><svg width="20" height="20" aria-hidden="true">\
        \(StateMark(look).drawing(x: 10, y: 10))</svg> \(words(outcome: outcome))</span>
        """
    }
}
