import ArgumentParser
import Events
import Foundation
import Orchestration
import Workflows

package struct ConsensusCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "consensus",
        abstract: "Puts a question to several experts, and gives one answer with its dissent.",
        discussion: """
            The experts differ in role, model and temperature, and don't see one another's answers. Who quotes what isn't in the \
            files loses weight. With --patch they propose patches for a failing command, which are verified as those of fix are. \
            Needs a model server: there is no built-in opinion.
            """)

    @OptionGroup package var consensus: ConsensusArguments
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation, flags: try consensus.layer())
        let folder = try consensus.adr.map {
            try DecisionFolder($0, workingFolder: invocation.surroundings.workingFolder, workTree: session.workTree)
        }
        return consensus.patch ? try await propose(session, folder) : try await ask(session, folder)
    }

    private func ask(_ session: Session, _ folder: DecisionFolder?) async throws -> ExitStatus {
        try refuseMissingPaths(session)
        if prompts.explainPrompts {
            return try await session.explainPrompts { team, _, found in
                _ = try await journey(session, team, noteWithheld: found.withhold).run()
            }
        }
        let (outcome, records) = try await session.record("consensus", problem: consensus.question) { log in
            guard let team = try await session.team(log: log) else { throw Failure.noServer }
            let journey = try await journey(session, team, noteWithheld: WithheldNotes(log).note)
            guard let report = try await journey.run() else {
                throw Failure(
                    .server, "no expert gave an answer",
                    hints: ["see why: teamfix stats --last", "allow more time with --timeout SECONDS"])
            }
            return RunOutcome(report, outcome: "answered", status: .done)
        }
        return try await show(outcome.value, outcome.status, session, records, folder: folder)
    }

    private func journey(
        _ session: Session, _ team: TeamOrchestrator, noteWithheld: ([String: String]) -> Void
    ) async throws -> Consensus {
        let material = try await material(session, team)
        if !material.withheld.isEmpty { noteWithheld(material.withheld) }
        return Consensus(
            question: consensus.question, material: material, panel: try panel(team), options: consensus.options,
            orchestrator: team)
    }

    private func propose(_ session: Session, _ folder: DecisionFolder?) async throws -> ExitStatus {
        try await session.refuseUnfinishedOperation()
        guard let command = session.configuration.build else {
            throw Failure(
                .usage, "--patch needs the command that fails",
                hints: ["say it: teamfix consensus \"QUESTION\" --patch --build COMMAND"], status: .usage)
        }
        let sandbox = try await session.sandbox()
        var request = FixRequest(
            command: command, directory: session.directory(of: consensus.build), check: session.configuration.check,
            gate: GateRules(protected: session.configuration.protect, allowed: session.configuration.allow),
            budget: session.configuration.budget?.inSeconds, carried: session.configuration.carry)
        request.branchPrefix = String(session.configuration.branchPrefix.dropFirst("teamfix/".count))
        request.editFormat = session.configuration.editFormat
        request.skills = session.formatSkills
        let asked = request
        if prompts.explainPrompts {
            return try await session.explainPrompts { team, log, found in
                var journey = ConsensusPatch(
                    question: consensus.question, place: try session.workplace(sandbox, log), request: asked,
                    panel: try panel(team), options: consensus.options, orchestrator: team
                ) { _ in nil }
                journey.noteWithheld = found.withhold
                _ = try await journey.run()
            }
        }
        let (outcome, records) = try await session.record("consensus", problem: consensus.question) { log in
            if case .none(let reason) = sandbox, session.configuration.sandbox != .off {
                log.append(.notice(level: .warning, text: "verifying without a sandbox: \(reason)"))
            }
            guard let team = try await session.team(log: log) else { throw Failure.noServer }
            var journey = ConsensusPatch(
                question: consensus.question, place: try session.workplace(sandbox, log), request: asked,
                panel: try panel(team), options: consensus.options, orchestrator: team
            ) { records in
                StatisticsReport(records, run: session.run).commitText(VerificationFigures(records))
            }
            journey.noteWithheld = WithheldNotes(log).note
            let result = try await journey.run()
            return RunOutcome(result, outcome: result.fix.outcome.rawValue, status: result.fix.outcome.status)
        }
        let isKept = session.keep(outcome.value.fix)
        return try await show(
            outcome.value.report, outcome.status, session, records, isKept: isKept,
            // What nobody could bear out is no decision.
            folder: outcome.value.fix.outcome == .fixed ? folder : nil)
    }

    /// Shows the result; a record that can't be written is told after it, for the answer is there all the same.
    private func show(
        _ report: Consensus.Report, _ status: ExitStatus, _ session: Session, _ records: [RunRecord],
        isKept: Bool = true, folder: DecisionFolder?
    ) async throws -> ExitStatus {
        var view = ConsensusView(report, run: session.run, records: records)
        view.isKept = isKept
        var failure: Failure?
        if let folder {
            do throws(Failure) {
                let decision = ConsensusDecision(report, run: session.run, date: session.started)
                view.decision = try await folder.save(decision)
            } catch {
                failure = error
            }
        }
        session.invocation.showResult(view)
        if let failure { throw failure }
        return status
    }

    private func panel(_ team: TeamOrchestrator) throws(Failure) -> Panel {
        let unknown = consensus.modelNames.filter { name in !team.servers.contains { $0.using(name) != nil } }
        guard unknown.isEmpty else {
            throw Failure(
                .usage, "no server has the model \(unknown.joined(separator: ", "))",
                hints: ["see what is installed: teamfix servers"], status: .usage)
        }
        return Panel(
            experts: consensus.experts, roles: consensus.roleNames,
            models: Panel.models(consensus.modelNames, servers: team.servers), team: team.team)
    }

    private func material(_ session: Session, _ team: TeamOrchestrator) async throws -> Material {
        let paths = consensus.paths.map(session.belowRoot)
        let room = Material.room(in: team.servers)
        if let selection = consensus.selection {
            let material = try await Material.changes(selection, paths, in: try session.repository, room: room)
            guard !material.files.isEmpty else {
                // An answer about nothing would look like one about the changes.
                throw Failure(
                    .usage,
                    consensus.staged ? "nothing is staged that can be shown" : "nothing has changed that can be shown",
                    causes: material.leftOut, hints: ["see what there is: git status"], status: .usage)
            }
            return material
        }
        return paths.isEmpty ? Material() : try await Material.read(paths, in: try session.repository, room: room)
    }

    private func refuseMissingPaths(_ session: Session) throws(Failure) {
        for path in consensus.paths
        where session.belowRoot(path).hasPrefix("/") || session.belowRoot(path).hasPrefix("..") {
            throw Failure(
                .usage, "\(path) is outside of this repository",
                hints: ["name files and folders of \(session.workTree)"], status: .usage)
        }
        guard consensus.selection == nil else { return }
        for path in consensus.paths
        where !FileManager.default.fileExists(atPath: session.invocation.surroundings.absolute(path)) {
            throw Failure(
                .usage, "\(path) isn't there",
                hints: ["check the path; a question of several words stands in quotation marks"], status: .usage)
        }
    }
}

extension Failure {
    /// A question needs a model.
    static let noServer = Failure(
        .server, "no model server can be used",
        hints: [
            "see what is wrong: teamfix servers", "name one: --server http://HOST:11434",
            "or start one here: ollama serve",
        ])
}
