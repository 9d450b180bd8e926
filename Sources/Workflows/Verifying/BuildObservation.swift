import Diagnostics

/// What one run of the build, and of the check after it, showed.
package struct BuildObservation: Sendable, Equatable {
    package var exitCode: Int32?
    package var signal: Int32?
    package var timedOut: Bool
    package var log: BuildLog
    /// Seconds.
    package var duration: Double
    /// Whether the build passed and the check after it is what this is about.
    package var isCheck = false

    package init(exitCode: Int32?, signal: Int32? = nil, timedOut: Bool = false, log: BuildLog, duration: Double) {
        self.exitCode = exitCode
        self.signal = signal
        self.timedOut = timedOut
        self.log = log
        self.duration = duration
    }

    package var passed: Bool { exitCode == 0 && !timedOut }

    /// How it ended, in words.
    package var ending: String {
        if timedOut { return "ran out of time" }
        if let signal { return "was ended by signal \(signal)" }
        return "exited with \(exitCode ?? -1)"
    }

    /// The root causes; when the output names none, the way it ended is the cause.
    package var causes: [RootCause] {
        if passed { return [] }
        if !log.rootCauses.isEmpty { return log.rootCauses }
        let last = log.tail.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
        return [
            RootCause(
                diagnostic: Diagnostic(severity: .error, message: last ?? "the command \(ending)", tool: .generic))
        ]
    }
}

/// How a build after a candidate compares with the one before.
package enum Progress: Sendable, Equatable {
    case passed
    case improved(String)
    case none(String)

    /// - Parameters:
    ///   - targets: fingerprints of the causes that the candidate is meant to mend.
    ///   - touched: the lines that it changed, in the new contents.
    package static func compare(
        before: BuildObservation, after: BuildObservation, targets: [String], touched: [String: [ClosedRange<Int>]]
    ) -> Progress {
        if after.passed { return .passed }
        let old = counts(before)
        let new = counts(after)
        if after.timedOut, !before.timedOut { return .none("the build then ran out of time") }
        let left = targets.filter { (new[$0] ?? 0) >= (old[$0] ?? 1) }
        guard left.isEmpty else { return .none("the error is still there") }
        let fresh = after.causes.filter { (new[$0.fingerprint] ?? 0) > (old[$0.fingerprint] ?? 0) }
        for cause in fresh {
            guard let location = cause.diagnostic.location, let line = location.line else { continue }
            if touched[location.file]?.contains(where: { $0 ~= line }) == true {
                return .none("line \(line) is wrong in another way: \(cause.diagnostic.message)")
            }
        }
        if after.causes.count < before.causes.count {
            return .improved("\(after.causes.count) of \(before.causes.count) errors are left")
        }
        // A compiler that gets further sees what it couldn't see before; one that stumbles earlier was led astray.
        let oldFirst = before.causes.first { touched[$0.diagnostic.location?.file ?? ""] != nil }?.diagnostic.location
        let newFirst = after.causes.first { touched[$0.diagnostic.location?.file ?? ""] != nil }?.diagnostic.location
        let further = newFirst == nil || oldFirst == nil || (newFirst?.line ?? 0) > (oldFirst?.line ?? 0)
        let isTest = before.causes.contains {
            $0.diagnostic.test != nil
                || Localization.looksLikeAssertion($0.diagnostic.message, code: $0.diagnostic.code)
        }
        if further, !isTest {
            return .improved("the build gets further: \(after.causes.first?.diagnostic.message ?? "")")
        }
        return .none("other errors took its place: \(after.causes.first?.diagnostic.message ?? "")")
    }

    /// How often each complaint occurs among the errors, cascades included.
    private static func counts(_ observation: BuildObservation) -> [String: Int] {
        var result: [String: Int] = [:]
        let errors = observation.log.errors.isEmpty ? observation.causes.map(\.diagnostic) : observation.log.errors
        for error in errors { result[error.fingerprint, default: 0] += 1 }
        return result
    }
}
