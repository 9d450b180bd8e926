import Diagnostics
import Events

/// Tries what the built-in engine proposes, until the build passes or nothing is left to try.
///
/// Several causes are mended together in one build, as long as that works; what fails in company is tried in other company,
/// or alone.
package struct BuiltinStage: Sendable {
    package var engine = BuiltinEngine()
    /// The most builds that it may cost.
    package var mostBuilds: Int

    package init(mostBuilds: Int) {
        self.mostBuilds = mostBuilds
    }

    /// Runs the stage on the repair as it stands.
    package func run(_ repair: Repair, load: @Sendable ([RootCause]) async -> Void) async throws {
        var tried: Set<Proposal> = []
        var builds = 0
        while builds < mostBuilds {
            let latest = await repair.latest
            if latest.passed { return }
            await load(latest.causes)
            let open = latest.causes.prefix(40).compactMap { cause -> (cause: RootCause, proposals: [Proposal])? in
                let proposals = engine.proposals(for: cause, in: repair.files).filter { proposal in
                    !tried.contains(proposal) && proposal.edits.allSatisfy { repair.gate.mayEdit($0.file) }
                }
                return proposals.isEmpty ? nil : (cause, proposals)
            }
            guard !open.isEmpty else { return }
            if open.count > 1 {
                let batch = Self.compatible(
                    open.compactMap { entry in entry.proposals.first.map { (entry.cause, $0) } })
                batch.forEach { tried.insert($0.proposal) }
                builds += 1
                if let candidate = try await Self.candidate(batch, repair) {
                    let trial = try await repair.consider(
                        candidate, scope: Set(candidate.files), acceptsImprovement: true)
                    if trial.progress == .passed { return }
                    if case .improved = trial.progress { continue }
                }
                // Company may have spoilt it: each gets its own try, below and in the next rounds.
                batch.dropFirst().forEach { tried.remove($0.proposal) }
                if batch.count > 1, let first = batch.first { tried.remove(first.proposal) }
            }
            guard let entry = open.first else { return }
            var bestSoFar: Repair.Trial?
            for proposal in entry.proposals where builds < mostBuilds {
                guard tried.insert(proposal).inserted,
                    let candidate = try await Self.candidate([(entry.cause, proposal)], repair)
                else { continue }
                builds += 1
                let trial = try await repair.consider(candidate, scope: Set(candidate.files), acceptsImprovement: false)
                if trial.progress == .passed { return }
                if case .improved = trial.progress, bestSoFar == nil { bestSoFar = trial }
                // What the compiler itself said, and what got it further, isn't compared with guesses.
                if bestSoFar != nil, proposal.grounds <= .suggestion { break }
            }
            if let bestSoFar { await repair.accept(bestSoFar) }
        }
    }

    /// The proposals that can stand beside each other: at most one edit a place.
    static func compatible(_ choices: [(RootCause, Proposal)]) -> [(cause: RootCause, proposal: Proposal)] {
        var taken: [String: [Range<Int>]] = [:]
        var result: [(cause: RootCause, proposal: Proposal)] = []
        for (cause, proposal) in choices {
            let clashes = proposal.edits.contains { edit in
                taken[edit.file]?.contains {
                    $0.lowerBound <= edit.range.upperBound && edit.range.lowerBound <= $0.upperBound
                } == true
            }
            if clashes { continue }
            for edit in proposal.edits { taken[edit.file, default: []].append(edit.range) }
            result.append((cause, proposal))
        }
        return result
    }

    private static func candidate(
        _ batch: [(cause: RootCause, proposal: Proposal)], _ repair: Repair
    ) async throws -> Candidate? {
        var edits: [Edit] = []
        var parts: [Candidate] = []
        let id = await repair.nextID()
        var before: [String: SourceText] = [:]
        for (cause, proposal) in batch {
            edits += proposal.edits
            guard let contents = try? repair.files.contents(applying: edits) else { return nil }
            let touched = Set(proposal.edits.map(\.file))
            let origins = touched.reduce(into: [String: SourceText]()) { $0[$1] = before[$1] ?? repair.files[$1] }
            parts.append(
                Candidate(
                    id: id, title: proposal.title, source: "builtin", causes: [cause.fingerprint],
                    contents: contents.filter { touched.contains($0.key) }, origins: origins))
            before.merge(contents) { $1 }
        }
        guard !before.isEmpty else { return nil }
        if parts.count == 1 { return parts[0] }
        var whole = Candidate(
            id: id, title: batch.map(\.proposal.title).joined(separator: "\n"), source: "builtin",
            causes: batch.map(\.cause.fingerprint),
            contents: before, origins: before.keys.reduce(into: [:]) { $0[$1] = repair.files[$1] })
        whole.parts = parts
        return whole
    }
}
