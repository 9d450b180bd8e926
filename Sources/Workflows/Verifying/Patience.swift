import Diagnostics

/// How long a candidate may run at first where the failure is that the command doesn't end.
///
/// Most wrong candidates hang as long as the failure itself did, and the few seconds that a right one needs would come after all of
/// theirs. So each is given a part of that time; who hasn't ended by then waits until the others have been seen, and gets all of it.
struct Patience: Sendable {
    /// Shorter hangs aren't worth two runs, in seconds.
    private static let leastHang = 4.0
    private static let least = 2.0
    /// Candidates in a row that were put off.
    private var putOff = 0
    /// The longest run that ended by itself, in seconds.
    private var longestEnd = 0.0

    /// The time that a candidate gets at first, in seconds; nil when it gets all the time there is.
    func deadline(after failure: BuildObservation) -> Double? {
        guard failure.hangs, failure.duration >= Self.leastHang else { return nil }
        // When nobody ends, the time is too short: a compiler may need most of it before anything can hang.
        let part = max(Self.least, failure.duration / 8, 3 * longestEnd) * Double(1 << min(putOff / 3, 8))
        return part < failure.duration ? part : nil
    }

    /// The time that a guess gets, in seconds: one that loops for ever must not hold up the next.
    static func endOfGuess(after failure: BuildObservation) -> Double {
        failure.hangs ? max(least, min(10, failure.duration / 4)) : max(least, 4 * failure.duration + 1)
    }

    mutating func saw(_ run: BuildObservation, wasPutOff: Bool) {
        putOff = wasPutOff ? putOff + 1 : 0
        if !run.hangs { longestEnd = max(longestEnd, run.duration) }
    }
}

extension BuildObservation {
    /// Whether it was ended because it took too long: by teamfix, by an alarm of its own, by `timeout`, or as its runner says.
    var hangs: Bool {
        if timedOut || signal == 14 || exitCode == 128 + 14 || exitCode == 124 { return true }
        guard exitCode != 0 else { return false }
        return causes.contains { cause in
            let message = cause.diagnostic.message.lowercased()
            return ["timed out", "timeout", "time limit", "alarm clock"].contains(where: message.contains)
        }
    }
}
