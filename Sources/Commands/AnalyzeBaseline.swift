import Workflows

/// The baselines that the options of `analyze` name: one that is read, one that is written, maybe the same.
struct BaselineFiles: Sendable {
    private var known: Baseline
    private var target: PatchFile?

    /// Reads the one, and finds the other writable.
    init(_ options: AnalyzeArguments, _ invocation: Invocation) throws(Failure) {
        known = Baseline()
        if let name = options.baseline {
            known = try Self.read(
                name, at: invocation.surroundings.absolute(name), mayBeMissing: name == options.writeBaseline)
        }
        if let name = options.writeBaseline {
            target = try PatchFile(name, at: invocation.surroundings.absolute(name), holding: "baseline")
        }
    }

    /// The findings, filtered; with a baseline to be written, everything is in it.
    func judged(_ report: Analyze.Report, minConfidence: Double) -> [JudgedFinding] {
        let filter = FindingFilter.standard(minConfidence: minConfidence, baseline: known.fingerprints)
        let judged = filter.judged(report.findings)
        guard target != nil else { return judged }
        return FindingFilter.standard(minConfidence: 0, baseline: known.adding(judged).fingerprints)
            .judged(report.findings)
    }

    /// Writes the baseline that was asked for.
    func write(_ judged: [JudgedFinding]) throws(Failure) {
        try target?.write(jsonText(known.adding(judged)))
    }

    private static func read(_ name: String, at path: String, mayBeMissing: Bool) throws(Failure) -> Baseline {
        let hint = "write one: teamfix analyze --write-baseline \(name)"
        guard let bytes = try BoundedFile.read(path, limit: Baseline.mostBytes) else {
            if mayBeMissing { return Baseline() }
            throw Failure(.usage, "there is no baseline \(name)", hints: [hint], status: .usage)
        }
        do throws(Baseline.Problem) {
            return try Baseline(bytes)
        } catch {
            throw Failure(
                .usage, "\(name) can't be used as a baseline", causes: [error.text], hints: [hint], status: .usage)
        }
    }
}
