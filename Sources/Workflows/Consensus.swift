import Diagnostics
import Events
import Orchestration
import Specialists

/// A question to several experts, and one answer with its dissent.
package struct Consensus: Sendable {
    /// How answers that say the same are found.
    package enum Clustering: String, Sendable, CaseIterable {
        /// By their words and the places that they name.
        case words
        /// The same, and then a model is asked about those that remain apart.
        case model
    }

    /// How the experts' answers become one.
    package struct Options: Sendable {
        /// Whether the experts rank one another's answers, not knowing whose they are.
        package var ranks = false
        /// Whether everybody is heard, also when the vote is settled.
        package var hearsAll = false
        /// Whether a synthesizer words the answer.
        package var synthesizes = true
        package var clustering = Clustering.words

        package init() {}
    }

    package var question: String
    package var material: Material
    package var panel: Panel
    package var options: Options
    package var orchestrator: TeamOrchestrator

    package init(
        question: String, material: Material = Material(), panel: Panel, options: Options = Options(),
        orchestrator: TeamOrchestrator
    ) {
        self.question = question
        self.material = material
        self.panel = panel
        self.options = options
        self.orchestrator = orchestrator
    }

    /// A panel of the roster's own roles, over the models that the team's servers run.
    package init(question: String, experts: Int = 3, orchestrator: TeamOrchestrator) {
        self.init(
            question: question,
            panel: Panel(
                experts: experts, models: Panel.models([], servers: orchestrator.servers), team: orchestrator.team),
            orchestrator: orchestrator)
    }

    /// The plan of the vote and the synthesis, as one: what is asked after the vote depends on how it goes.
    package var plan: OrchestrationPlan {
        var plan = vote
        if options.synthesizes, hasSynthesizer {
            var last = Writing(question: question, groups: [], missing: [], room: 0).task
            last.input.text = "The question: \(question)"
            last.dependencies = plan.tasks.map(\.id)
            plan.tasks.append(last)
        }
        return plan
    }

    private var vote: OrchestrationPlan {
        OrchestrationPlan(
            problem: question, pattern: .consensus,
            tasks: panel.tasks(question: question, material: material.text, specialist: expert), synthesis: .consensus,
            success: .anyTaskComplete)
    }

    private var expert: String {
        let names = orchestrator.team.map(\.name)
        return ["Expert", "Code Analyst"].first(where: names.contains) ?? names.first ?? "Expert"
    }

    private var hasSynthesizer: Bool { orchestrator.team.contains { $0.name == "Synthesizer" } }

    /// Asks, groups, ranks, and puts the answers together; nil when no expert answered.
    package func run() async throws -> Report? {
        let vote = vote
        let began = orchestrator.options.clock.now()
        let hearing = Hearing(
            panel: panel, tasks: vote.tasks, material: material, records: orchestrator.options.records,
            models: orchestrator.servers.flatMap { [$0.model] + $0.otherModels.map(\.name) },
            // What a ranking or a model's eye for sameness may still change isn't settled by the votes.
            hearsAll: options.hearsAll || options.ranks || options.clustering == .model)
        let result = try await orchestrator.execute(vote) { await hearing.take($0) }
        try Task.checkCancellation()
        let (voices, missing, unheard) = await hearing.conclusion(result.results)
        guard !voices.isEmpty else { return nil }
        var tally = Tally(groups: try await groups(of: voices, since: began), weights: voices.map(\.weight))
        var ballots: Ballots?
        if options.ranks {
            let ranked = try await ranks(tally, voices, since: began)
            if let ranks = ranked.ranks { tally = Tally(groups: tally.groups, weights: tally.weights, ranks: ranks) }
            ballots = ranked.ballots
        }
        var report = self.report(tally, voices)
        report.ballots = ballots
        (report.missing, report.unheard) = (missing, unheard)
        if options.synthesizes, hasSynthesizer, voices.count > 1 {
            try await write(into: &report, tally, voices, since: began)
        }
        return report
    }

    private func groups(of voices: [Hearing.Voice], since began: Double) async throws -> [[Int]] {
        let claims = voices.map(\.claim)
        let groups = ClaimGroups.of(claims)
        guard options.clustering == .model, groups.count > 1 else { return groups }
        let same = SameClaims(claims: groups.map { voices[$0[0]].reply.answer }, question: question)
        let result = try await orchestrator.execute(
            OrchestrationPlan(
                problem: question, pattern: .consensus, tasks: same.tasks(specialist: expert),
                success: .anyTaskComplete), budget: orchestrator.budget(since: began))
        try Task.checkCancellation()
        return ClaimGroups.joined(groups, same.same(result.results), claims: claims)
    }

    /// Each group's rank by the others; no ranks when there is nothing to rank, or nobody did.
    private func ranks(
        _ tally: Tally, _ voices: [Hearing.Voice], since began: Double
    ) async throws -> (ranks: [Double]?, ballots: Ballots) {
        let ranking = BlindRanking(
            options: tally.groups.map { group in
                BlindRanking.Option(
                    holders: group,
                    texts: Dictionary(
                        uniqueKeysWithValues: group.map {
                            ($0, Self.shown(voices[$0].reply, atMost: 4_000 / tally.groups.count))
                        }))
            })
        let pinned = voices.contains { panel.seats[$0.seat].model != nil }
        return try await BallotBox.count(
            ranking, voters: voices.indices.map { (seat: panel.seats[voices[$0].seat], model: voices[$0].model) },
            weights: tally.weights, isPinned: pinned, question: question, material: material.text, specialist: expert,
            orchestrator, budget: orchestrator.budget(since: began))
    }

    private static func shown(_ reply: ConsensusReply, atMost longest: Int) -> String {
        let reasons = reply.reasons.prefix(2).joined(separator: "; ")
        return String((reply.answer + (reasons.isEmpty ? "" : " (\(reasons))")).prefix(min(longest, 600)))
    }

    private func report(_ tally: Tally, _ voices: [Hearing.Voice]) -> Report {
        let homes = tally.groups.enumerated().flatMap { number, group in group.map { ($0, number + 1) } }
        let group = Dictionary(homes, uniquingKeysWith: { first, _ in first })
        let opinions = voices.enumerated().map { number, voice in
            let seat = panel.seats[voice.seat]
            return Opinion(
                expert: seat.name, role: seat.role, server: voice.server, model: voice.model,
                temperature: seat.temperature, answer: voice.reply.answer, reasons: voice.reply.reasons,
                evidence: voice.quoted, confidence: voice.reply.confidence, wouldChange: voice.reply.wouldChange,
                weight: voice.weight, group: group[number] ?? 1, agrees: group[number] == 1)
        }
        let groups = tally.groups.enumerated().map { number, members in
            Group(
                claim: opinions[members[0]].answer, experts: members.map { opinions[$0].expert },
                share: tally.share(members), rank: tally.ranks.map { $0[number] }, support: tally.support(at: number),
                reasons: Self.once(members.flatMap { opinions[$0].reasons }))
        }
        let winners = tally.winner
        let quoted = winners.flatMap { voices[$0].quoted }.filter { $0.check != .unchecked }
        let evidence: Confidence.Evidence =
            quoted.isEmpty ? .unchecked : quoted.contains { $0.check == .found } ? .found : .refuted
        return Report(
            question: question, answer: groups.first?.claim ?? "", reasons: groups.first?.reasons ?? [],
            agreement: tally.share(winners),
            confidence: Confidence(
                agreeing: winners.count, independent: voices.count, evidence: evidence,
                record: orchestrator.options.records.best(
                    of: winners.map { (panel.seats[voices[$0].seat].role, voices[$0].model ?? "") })),
            opinions: opinions, missing: [], isSynthesized: false, groups: groups, dissent: [],
            wouldChange: Self.once(winners.flatMap { opinions[$0].wouldChange }), unheard: [], strayed: nil,
            files: material.files.map(\.path), leftOut: material.leftOut)
    }

    /// Lets the synthesizer word the answer. One that says what a losing group says is told, and not followed: the experts
    /// decide.
    private func write(
        into report: inout Report, _ tally: Tally, _ voices: [Hearing.Voice], since began: Double
    ) async throws {
        let writing = Writing(
            question: question, groups: report.groups, missing: report.missing,
            room: Material.room(in: orchestrator.servers))
        let result = try await orchestrator.execute(
            OrchestrationPlan(
                problem: question, pattern: .consensus, tasks: [writing.task], synthesis: .useFirstResult,
                success: .anyTaskComplete), budget: orchestrator.budget(since: began))
        try Task.checkCancellation()
        guard let text = result.results.lazy.compactMap(\.text).first else { return }
        let reply = ConsensusReply(sanitized(text))
        guard !reply.answer.allSatisfy(\.isWhitespace) else { return }
        let claim = Claim(reply.answer)
        let homes = tally.groups.map { $0.contains { voices[$0].claim.agrees(with: claim) } }
        report.dissent = reply.dissent
        // Nobody has to have lost: a synthesizer that says no to a yes of all is wrong as well.
        let turnsRound =
            claim.verdict.map { said in tally.winner.allSatisfy { voices[$0].claim.verdict == !said } } ?? false
        // Nor may it say what none of those who won said, even when it is what nobody said.
        let said = tally.winner.flatMap { [voices[$0].reply.answer] + voices[$0].reply.reasons }.map { Claim($0) }
        let isTheirs = homes.first == true || !homes.contains(true) && claim.share(in: said) >= Self.leastShare
        if turnsRound || !isTheirs {
            report.strayed = reply.answer
            report.dissent = []
            return
        }
        report.answer = reply.answer
        if !reply.reasons.isEmpty { report.reasons = reply.reasons }
        if !reply.wouldChange.isEmpty { report.wouldChange = reply.wouldChange }
        report.isSynthesized = true
    }

    private static let mostItems = 12
    /// A synthesizer words what won anew, and with others' reasons: most of its telling words must still be theirs.
    private static let leastShare = 0.5

    private static func once(_ texts: [String]) -> [String] {
        var seen: Set<[Substring]> = []
        return Array(
            texts.filter { seen.insert($0.lowercased().split { !$0.isLetter && !$0.isNumber }).inserted }
                .prefix(mostItems))
    }
}

extension TeamOrchestrator {
    /// What a whole run's budget leaves for a plan that is one of several, in seconds; nil for no end.
    func budget(since began: Double) -> Double? {
        options.budget.map { max(0, $0 - (options.clock.now() - began)) }
    }
}
