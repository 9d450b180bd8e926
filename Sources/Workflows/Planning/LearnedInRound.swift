import Diagnostics

/// What a round's failures teach the next one, and the parts that weren't enough alone.
actor LearnedInRound {
    private let before: BuildObservation
    private(set) var hints: [String: String] = [:]
    private var tries: [String: (sample: Int, candidate: Candidate)] = [:]
    private(set) var problem: (any Error)?
    /// What was tried in a line's place; see `key`.
    private(set) var triedLines: [String: [String]] = [:]

    /// - Parameter before: what the round's prompts told of.
    init(before: BuildObservation) { self.before = before }

    /// Of several failures of one file the plan's first counts, not the one that came last: the next round's prompts don't
    /// depend on which server was faster.
    func saw(_ observation: BuildObservation, of candidate: Candidate, about file: String, sample: Int) {
        guard sample <= tries[file]?.sample ?? .max, let text = candidate.contents[file],
            let origin = candidate.origins[file]
        else { return }
        tries[file] = (sample, candidate)
        guard !observation.causes.isEmpty else { return }
        let hunks = lineHunks(origin.allLines, text.allLines).prefix(3)
        let lines = text.allLines
        let changed = hunks.map { lines[$0.new].joined() }.joined().prefix(400)
        hints[file] = "This was tried and is wrong, \(said(observation)):\n\(changed)"
    }

    /// What stands for a line from round to round, although its number may change.
    static func key(_ file: String, _ line: String) -> String { "\(file)\n\(line)" }

    /// Remembers what was put in a line's place.
    func saw(_ candidate: Candidate, inPlaceOf window: CodeWindow) {
        guard let text = candidate.contents[window.file], let origin = candidate.origins[window.file] else { return }
        let lines = text.allLines
        let new = lineHunks(origin.allLines, lines).prefix(1).map { lines[$0.new].joined() }.joined()
        let key = Self.key(window.file, origin.line(window.lines.lowerBound))
        let tried = String(new.trimmingWhitespace.prefix(200))
        if !tried.isEmpty, triedLines[key]?.contains(tried) != true { triedLines[key, default: []].append(tried) }
    }

    /// What the build said that it hadn't said before: the rest stands in the prompt already.
    private func said(_ observation: BuildObservation) -> String {
        let known = Set(before.causes.map { Self.complaint($0.diagnostic) })
        let news = observation.causes.map(\.diagnostic).filter { !known.contains(Self.complaint($0)) }
        guard !news.isEmpty else { return "the command then says the same" }
        return "the command then says "
            + news.prefix(2).map { "'\(sanitized(steadied(String($0.message.prefix(200)))))'" }.joined(
                separator: " and ")
    }

    private static func complaint(_ diagnostic: Diagnostic) -> String {
        "\(diagnostic.location?.file ?? "") \(diagnostic.test ?? "") \(steadied(diagnostic.message))"
    }

    /// The first candidate of each file that changes that file alone, in the files' order.
    var firstTries: [Candidate] {
        tries.sorted { $0.key < $1.key }.map(\.value.candidate).filter { $0.contents.count == 1 }
    }

    func failed(_ error: any Error) { problem = error }
}
