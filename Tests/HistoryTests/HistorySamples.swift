import Events
import Foundation
import History

/// A folder that goes with its test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "history-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var history: String { path + "/state/teamfix/history.sqlite" }
}

let someDay = Date(timeIntervalSince1970: 1_700_000_000)

/// A run's events: its start, `count` notices, and, if it ended, its end.
func events(of run: String, repository: String = "/r", count: Int = 3, isFinished: Bool = true) -> [RunRecord] {
    let start = RunStart(command: "fix", repository: repository, head: "abc", problem: "it fails", version: "1.2.3")
    var all: [RunEvent] = [.runStarted(start)]
    for number in 0..<count { all.append(.notice(level: .info, text: "note \(number)")) }
    if isFinished { all.append(.runFinished(outcome: "fixed", exitCode: 0, duration: 4.5)) }
    return all.enumerated().map { index, event in
        RunRecord(run: run, sequence: index + 1, elapsed: Double(index) / 3, event: event)
    }
}
