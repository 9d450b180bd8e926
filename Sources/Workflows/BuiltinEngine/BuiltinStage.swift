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
                    Self.peers(open.compactMap { entry in entry.proposals.first.map { (entry.cause, $0) } }))
                repair.note(batch.refused)
                tried.formUnion(batch.entries.flatMap(\.proposals))
                builds += 1
                if let candidate = try await Self.candidate(batch.entries, repair) {
                    let trial = try await repair.consider(
                        candidate, scope: Set(candidate.files), acceptsImprovement: true)
                    if trial.progress == .passed { return }
                    if case .improved = trial.progress { continue }
                }
                // Company may have spoilt it: each gets its own try, below and in the next rounds.
                if batch.entries.count > 1 { tried.subtract(batch.entries.flatMap(\.proposals)) }
            }
            guard let entry = open.first else { return }
            var bestSoFar: Repair.Trial?
            for proposal in entry.proposals where builds < mostBuilds {
                guard tried.insert(proposal).inserted,
                    let candidate = try await Self.candidate(
                        [.init(causes: [entry.cause], proposals: [proposal])], repair)
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

    /// Proposals that can stand beside each other, each with all the causes that it was proposed for, and those that gave way.
    struct Batch {
        struct Entry {
            var causes: [RootCause]
            /// The same edits, proposed for each of the causes.
            var proposals: [Proposal]
            var edits: [Edit] { proposals.first?.edits ?? [] }
            var title: String { proposals.first?.title ?? "" }
            /// Whether the edits come from a tool that isn't a compiler: anything that a build runs can print such a line.
            var isForeign: Bool {
                proposals.contains { $0.grounds == .fixIt }
                    && causes.contains { ![.gcc, .clang, .swiftc].contains($0.diagnostic.tool) }
            }
        }

        var entries: [Entry] = []
        var refused: [EditConflicts.Refusal] = []
    }

    /// Those of the choices that may go together: what explains everything goes alone, and what is known isn't spoilt by the
    /// company of guesses, which may be about its echoes.
    static func peers(_ choices: [(cause: RootCause, proposal: Proposal)]) -> [(cause: RootCause, proposal: Proposal)] {
        guard let best = choices.map(\.proposal.grounds).min() else { return [] }
        let worst: Proposal.Grounds = best == .explainsAll ? best : best <= .suggestion ? .suggestion : .resemblance
        return choices.filter { $0.proposal.grounds <= worst }
    }

    /// At most one edit a place: of proposals that contend, the one on better grounds is taken, then the smaller one.
    static func compatible(_ choices: [(cause: RootCause, proposal: Proposal)]) -> Batch {
        let conflicts = EditConflicts(
            choices.map { cause, proposal in
                let place = cause.diagnostic.location.map { " (\($0.file):\($0.line ?? 0))" } ?? ""
                return EditConflicts.Proposal(
                    source: "\(proposal.title)\(place)", edits: proposal.edits, confidence: proposal.grounds.standing)
            })
        let byEdits = Dictionary(grouping: choices) { Set($0.proposal.edits) }
        return Batch(
            entries: conflicts.chosen.map { chosen in
                let same = byEdits[Set(chosen.edits)] ?? []
                return Batch.Entry(causes: same.map(\.cause), proposals: same.map(\.proposal))
            }, refused: conflicts.refused)
    }

    private static func candidate(
        _ batch: [Batch.Entry], _ repair: Repair
    ) async throws -> Candidate? {
        var edits: [Edit] = []
        var parts: [Candidate] = []
        let id = await repair.nextID()
        var before: [String: SourceText] = [:]
        for entry in batch {
            edits += entry.edits
            guard let contents = try? repair.files.contents(applying: edits) else { return nil }
            let touched = Set(entry.edits.map(\.file))
            let origins = touched.reduce(into: [String: SourceText]()) { $0[$1] = before[$1] ?? repair.files[$1] }
            var part = Candidate(
                id: id, title: entry.title, source: "builtin", causes: entry.causes.map(\.fingerprint),
                contents: contents.filter { touched.contains($0.key) }, origins: origins)
            part.isForeign = entry.isForeign
            parts.append(part)
            before.merge(contents) { $1 }
        }
        guard !before.isEmpty else { return nil }
        if parts.count == 1 { return parts[0] }
        var whole = Candidate(
            id: id, title: batch.map(\.title).joined(separator: "\n"), source: "builtin",
            causes: batch.flatMap(\.causes).map(\.fingerprint),
            contents: before, origins: before.keys.reduce(into: [:]) { $0[$1] = repair.files[$1] })
        whole.parts = parts
        whole.isForeign = parts.contains(where: \.isForeign)
        return whole
    }
}
