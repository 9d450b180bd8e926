import Diagnostics
import Events
import Git
import Orchestration
import Specialists

/// The experts' patches for a failing command: each is verified as a fix's is, and votes decide between verified ones only.
package struct ConsensusPatch: Sendable {
    package var question: String
    package var place: Workplace
    package var request: FixRequest
    package var panel: Panel
    package var options: Consensus.Options
    package var orchestrator: TeamOrchestrator
    /// The statistics of a run so far, for the last commit's message.
    package var summarize: @Sendable ([RunRecord]) -> String?
    /// Told which files are kept from models, and why.
    package var noteWithheld: (@Sendable ([String: String]) -> Void)?

    package init(
        question: String, place: Workplace, request: FixRequest, panel: Panel, options: Consensus.Options,
        orchestrator: TeamOrchestrator, summarize: @escaping @Sendable ([RunRecord]) -> String?
    ) {
        self.question = question
        self.place = place
        self.request = request
        self.panel = panel
        self.options = options
        self.orchestrator = orchestrator
        self.summarize = summarize
    }

    /// What came of it: the vote, and the same as a fix tells it.
    package struct Outcome: Sendable {
        package var report: Consensus.Report
        package var fix: FixReport
    }

    private struct Search: Sendable {
        var failure: BuildObservation
        var proposals: [PatchHearing.Proposal] = []
        var missing: [String] = []
        var unheard: [String] = []
        var ballots: Consensus.Ballots?
        var ranks: [Double]?
        /// Why there is nothing to vote on.
        var ended: (outcome: FixReport.Outcome, reason: String)?
    }

    /// Sees the command fail, asks, verifies what is proposed, lets the votes decide between what passes, verifies that afresh,
    /// and publishes it.
    package func run() async throws -> Outcome {
        try await Publisher.rehearse(request.branch ?? "fix", in: place.repository, environment: place.environment)
        let snapshot = try await place.repository.snapshot { CarriedFolders.refusal(of: $0) != nil }
        let search = try await place.withBench(tree: snapshot.tree, request: request) { bench in
            try await self.search(bench, snapshot)
        }
        let tally = self.tally(search)
        var fix = FixReport(
            outcome: search.ended?.outcome ?? .notFixed,
            reason: search.ended?.reason ?? "no expert's patch made `\(command)` pass", command: request.command,
            causes: search.failure.causes, remaining: search.failure.causes, steps: [], branch: nil, commit: nil,
            patch: "", logTail: search.failure.log.tail)
        fix.failedInCheck = search.failure.isCheck && !search.failure.passed
        if search.ended == nil, left == 0 {
            fix.outcome = .outOfTime
            fix.reason = "the budget of \(Int(request.budget ?? 0)) s ended before a patch passed"
        }
        if let winner = tally.winner.first.map({ search.proposals[$0] }), winner.isVerified {
            fix.steps = winner.steps
            fix = try await conclude(fix, snapshot)
        }
        return Outcome(report: report(search, tally, fix), fix: fix)
    }

    private var command: String { request.command ?? "" }

    /// What is left of the run's budget, in seconds; nil for no end.
    private var left: Double? { request.budget.map { max(0, $0 - place.log.elapsed) } }

    private func search(_ bench: Bench, _ snapshot: Snapshot) async throws -> Search {
        var search = Search(failure: try await bench.observe(.reproduce, contents: [:]))
        let failure = search.failure
        if failure.passed {
            search.ended = (.alreadyGreen, "`\(command)` passes as things are")
        } else if failure.timedOut {
            search.ended = (.notReproducible, "`\(command)` didn't end within \(Int(request.buildTimeout)) s")
        } else if failure.exitCode == 126 || failure.exitCode == 127 {
            search.ended = (
                .notReproducible,
                "`\(command)` can't be run here: \(failure.causes.first?.diagnostic.message ?? failure.ending)"
            )
        }
        guard search.ended == nil else { return search }
        let nothing: @Sendable (String) -> Bool = { _ in false }
        let stand = PatchStand(
            place: place, request: request, snapshot: snapshot, failure: failure, bench: bench,
            holdsKnown: orchestrator.options.screen?.holdsKnown ?? nothing, noteWithheld: noteWithheld)
        let briefs = try await PatchBriefs.make(question, stand, panel, orchestrator)
        guard !briefs.tasks.isEmpty else {
            search.ended = (.notFixed, "nothing that may be edited is suspect")
            return search
        }
        let hearing = PatchHearing(
            panel: panel, briefs: briefs, stand: stand, records: orchestrator.options.records,
            models: orchestrator.servers.flatMap { [$0.model] + $0.otherModels.map(\.name) },
            hearsAll: options.hearsAll || options.ranks)
        let result = try await orchestrator.execute(
            OrchestrationPlan(
                problem: question, pattern: .consensus, tasks: briefs.tasks, synthesis: .useFirstResult,
                success: .anyTaskComplete, base: snapshot.base?.hex), budget: left
        ) { await hearing.take($0) }
        try Task.checkCancellation()
        if let problem = await hearing.problem { throw problem }
        (search.proposals, search.missing, search.unheard) = await hearing.conclusion(result.results)
        if options.ranks { (search.ranks, search.ballots) = try await ranks(search.proposals) }
        return search
    }

    /// How the experts rank the verified patches, by proposal; no ranks when there is nothing to choose between.
    private func ranks(
        _ proposals: [PatchHearing.Proposal]
    ) async throws -> (ranks: [Double]?, ballots: Consensus.Ballots) {
        let groups = Self.groups(proposals).filter { proposals[$0[0]].isVerified }
        let ranking = BlindRanking(
            options: groups.map { group in
                .init(
                    holders: group,
                    texts: Dictionary(
                        uniqueKeysWithValues: group.map {
                            ($0, String(proposals[$0].text.prefix(min(1_500, 6_000 / groups.count))))
                        })
                )
            })
        let counted = try await BallotBox.count(
            ranking, voters: proposals.map { (seat: panel.seats[$0.seat], model: $0.model) },
            weights: proposals.map(\.weight), isPinned: proposals.contains { panel.seats[$0.seat].model != nil },
            question: "\(question)\n`\(command)` failed. With each of these patches it passes.", material: "",
            specialist: "Expert", orchestrator, budget: left)
        guard let ranks = counted.ranks else { return counted }
        var byProposal = proposals.map { _ in 0.0 }
        for (group, rank) in zip(groups, ranks) { for member in group { byProposal[member] = rank } }
        return (byProposal, counted.ballots)
    }

    /// Experts whose patches leave the same files; by their first member.
    static func groups(_ proposals: [PatchHearing.Proposal]) -> [[Int]] {
        var groups: [[Int]] = []
        for index in proposals.indices {
            if let home = groups.firstIndex(where: { proposals[$0[0]].contents == proposals[index].contents }) {
                groups[home].append(index)
            } else {
                groups.append([index])
            }
        }
        return groups
    }

    /// The votes, with those for verified patches first, whatever the others got. Among equals the smaller change leads.
    private func tally(_ search: Search) -> Tally {
        Self.tally(search.proposals, ranks: search.ranks)
    }

    static func tally(_ proposals: [PatchHearing.Proposal], ranks: [Double]?) -> Tally {
        let groups = groups(proposals).sorted { a, b in
            let (one, two) = (proposals[a[0]], proposals[b[0]])
            return (one.changedLines, a[0]) < (two.changedLines, b[0])
        }
        func ordered(_ isVerified: Bool) -> [[Int]] {
            let own = groups.filter { proposals[$0[0]].isVerified == isVerified }
            let weights = proposals.map(\.weight)
            let ranked = isVerified ? ranks.map { ranks in own.map { ranks[$0[0]] } } : nil
            return Tally(groups: own, weights: weights, ranks: ranked, breaksTiesByOrder: true).groups
        }
        return Tally(ordered: ordered(true) + ordered(false), weights: proposals.map(\.weight))
    }

    /// What passed beside others must pass in a checkout that no other patch has been in.
    private func conclude(_ fix: FixReport, _ snapshot: Snapshot) async throws -> FixReport {
        var fix = fix
        let contents = fix.steps.reduce(into: [String: SourceText]()) { $0.merge($1.candidate.contents) { $1 } }
        let final = try await place.withBench(tree: snapshot.tree, request: request) { bench in
            try await bench.observe(.verify, contents: contents)
        }
        fix.remaining = final.causes
        guard final.passed else {
            fix.reason =
                "it passed once, but not in a fresh checkout: \(final.causes.first?.diagnostic.message ?? final.ending)"
            return fix
        }
        return try await place.publish(
            fix, fix.steps, snapshot, request, verified: true, summarize: summarize)
    }

    private func report(_ search: Search, _ tally: Tally, _ fix: FixReport) -> Consensus.Report {
        let proposals = search.proposals
        let homes = tally.groups.enumerated().flatMap { number, group in group.map { ($0, number + 1) } }
        let home = Dictionary(homes, uniquingKeysWith: { first, _ in first })
        let isFixed = fix.outcome == .fixed
        let opinions = proposals.enumerated().map { number, proposal in
            let seat = panel.seats[proposal.seat]
            return Consensus.Opinion(
                expert: seat.name, role: seat.role, server: proposal.server, model: proposal.model,
                temperature: seat.temperature, answer: proposal.text, reasons: [], evidence: [], confidence: nil,
                wouldChange: [], weight: proposal.weight, group: home[number] ?? 1,
                agrees: isFixed && home[number] == 1)
        }
        let groups = tally.groups.enumerated().map { number, members in
            let first = proposals[members[0]]
            let rank = search.ranks.flatMap { first.isVerified ? $0[members[0]] : nil }
            return Consensus.Group(
                claim: first.text, experts: members.map { opinions[$0].expert }, share: tally.share(members),
                rank: rank, support: Tally.support(share: tally.share(members), rank: rank), reasons: [],
                verdict: first.verdict, isVerified: first.isVerified)
        }
        let winners = isFixed ? tally.winner : []
        var report = Consensus.Report(
            question: question, answer: fix.reason, reasons: [], agreement: tally.share(winners),
            confidence: Confidence(
                agreeing: winners.count, independent: proposals.count, evidence: isFixed ? .verified : .unchecked,
                record: orchestrator.options.records.best(
                    of: winners.map { ("Coder", proposals[$0].model ?? "") })),
            opinions: opinions, missing: search.missing, isSynthesized: false, groups: groups, dissent: [],
            wouldChange: isFixed ? ["`\(command)` failing with the patch"] : [], unheard: search.unheard, strayed: nil,
            files: Array(Set(proposals.flatMap { $0.contents.keys })).sorted(), leftOut: [],
            patched: Consensus.Patched(
                outcome: fix.outcome, reason: fix.reason, command: command, branch: fix.branch, commit: fix.commit,
                snapshot: fix.snapshotCommit,
                patch: fix.patch))
        report.ballots = search.ballots
        return report
    }
}
