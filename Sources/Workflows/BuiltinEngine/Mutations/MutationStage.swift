import Diagnostics
import Events

/// Where a check fails, tries small changes of the suspects' lines, one after the other, until one makes it pass.
///
/// No model is asked: what it takes is builds, and the scratch checkout has nothing else to do while servers think.
struct MutationStage: Sendable {
    /// The command that fails, for the files that it names.
    var command: String
    /// The most changes that are tried, and the most seconds that they may take together.
    var most: (trials: Int, seconds: Double)
    var log: RunLog
    /// Whether the run's time is up.
    var isOutOfTime: @Sendable () -> Bool

    /// The most lines that are changed.
    private static let mostLines = 60
    /// The most lines of a function that are looked at for names and values.
    private static let longestScope = 600
    /// The most failures whose place is searched for.
    private static let mostCauses = 3

    func run(_ repair: Repair, load: @Sendable ([RootCause]) async -> Void) async throws {
        let latest = await repair.latest
        guard !latest.passed else { return }
        await load(latest.causes)
        let causes = latest.causes.filter { Localization.isAssertion($0.diagnostic) }.prefix(Self.mostCauses)
        let mutations = mutations(for: Array(causes), repair)
        guard !mutations.isEmpty else { return }
        let texts = Set(mutations.map(\.file)).reduce(into: [String: SourceText]()) { $0[$1] = repair.files[$1] }
        let began = ContinuousClock.now
        var (tried, passed) = (0, false)
        for mutation in mutations.prefix(most.trials) {
            let spent = began.duration(to: .now).inSeconds
            let present = await repair.latest
            // What somebody else has mended in the meantime is another failure, for another search.
            guard !present.passed, present.causes.map(\.fingerprint) == latest.causes.map(\.fingerprint),
                texts.allSatisfy({ repair.files[$0.key] == $0.value }),
                !isOutOfTime(), spent < most.seconds
            else { break }
            guard let contents = try? repair.files.contents(applying: mutation.edits) else { continue }
            var candidate = Candidate(
                id: await repair.nextID(), title: mutation.title, source: "builtin",
                causes: causes.map(\.fingerprint), contents: contents,
                origins: contents.keys.reduce(into: [:]) { $0[$1] = repair.files[$1] })
            candidate.guessEnds = max(1, most.seconds - spent)
            tried += 1
            let trial = try await repair.consider(candidate, scope: [mutation.file], acceptsImprovement: false)
            if trial.progress == .passed {
                passed = true
                break
            }
        }
        let lines = Set(mutations.prefix(tried).map { "\($0.file):\($0.line)" }).count
        log.append(
            .notice(
                level: .info,
                text:
                    "\(tried) small change\(tried == 1 ? "" : "s") of \(lines) line\(lines == 1 ? "" : "s") tried, \(passed ? "the last one passed" : "none passed")"
            ))
    }

    /// The changes of the suspects' lines, the likeliest first.
    private func mutations(for causes: [RootCause], _ repair: Repair) -> [Mutation] {
        let files = repair.files
        let gate = repair.gate
        let localization = Localization(files: files, command: command, isEditable: gate.mayEdit)
        var suspects: [Suspect] = []
        for suspect in causes.flatMap({ localization.suspects(for: $0) })
        where !suspects.contains(where: { $0.file == suspect.file && $0.lines.overlaps(suspect.lines) })
            && !checks(suspect, causes, files)
        {
            suspects.append(suspect)
        }
        if let first = suspects.first {
            suspects += localization.neighbours(of: first, besides: suspects, limit: 2).filter {
                !checks($0, causes, files)
            }
        }
        var lines: [(suspect: Suspect, lines: [Int])] = []
        for (suspect, line) in LineSamples.lines(of: suspects, in: files, most: Self.mostLines) {
            if let index = lines.firstIndex(where: { $0.suspect == suspect }) {
                lines[index].lines.append(line)
            } else {
                lines.append((suspect, [line]))
            }
        }
        let all = lines.flatMap { suspect, lines -> [Mutation] in
            guard let text = files[suspect.file] else { return [] }
            let first = max(1, suspect.lines.lowerBound)
            let scope = first...max(first, min(suspect.lines.upperBound, text.lineCount, first + Self.longestScope))
            let lines = lines.filter { scope.contains($0) && !text.line($0).lowercased().contains("assert") }
            return Mutations.of(lines, in: TokenizedFile(path: suspect.file, text: text), scope: scope)
        }
        return all.enumerated().sorted { ($0.element.tier, $0.offset) < ($1.element.tier, $1.offset) }.map(\.element)
    }

    /// Whether a suspect is what checks, and not what is checked: a change at random that makes a check pass is nothing worth
    /// there. So it is for the function in which an assertion fails, or the whole file where it stands in none; for one that raises
    /// such errors; and for a script that the command names.
    private func checks(_ suspect: Suspect, _ causes: [RootCause], _ files: WorkingFiles) -> Bool {
        if command.split(whereSeparator: { " ;&|()<>='\"".contains($0) }).contains(where: { $0 == suspect.file }) {
            return true
        }
        guard let text = files[suspect.file] else { return true }
        let lines = max(1, suspect.lines.lowerBound)...max(1, min(suspect.lines.upperBound, text.lineCount))
        if text.range(ofLines: lines).map({ String(decoding: text.bytes[$0], as: UTF8.self).contains("AssertionError") }
        )
            ?? true
        {
            return true
        }
        let blocks = CodeBlocks(TokenizedFile(path: suspect.file, text: text))
        return causes.contains { cause in
            guard let place = cause.diagnostic.location, place.file == suspect.file, let line = place.line else {
                return false
            }
            return blocks.enclosingFunction(of: line).map { $0.overlaps(suspect.lines) } ?? true
        }
    }
}
