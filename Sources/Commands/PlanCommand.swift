import ArgumentParser
import Events
import Foundation
import Orchestration
import Workflows
import Yams

package struct PlanCommand: Subcommand {
    /// The command whose plan is asked for.
    package enum Kind: String, Sendable, CaseIterable, ExpressibleByArgument {
        case fix, analyze, consensus
    }

    package static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says what fix, analyze or consensus would do, as text, JSON or YAML.",
        discussion: """
            JSON and YAML are plans that `teamfix run` takes: write one to a file, edit it, run it. For fix, the build runs once in \
            a scratch checkout, and nothing is tried. With --planner model a model of the team cuts the work; where its reply \
            can't be used the rules do, and the plan says so.
            """)

    @Argument(help: "Whose plan: fix, analyze or consensus.")
    package var kind: Kind
    @Argument(help: "The question, for consensus.")
    package var question: String?
    @Option(help: ArgumentHelp("The command that fails, for fix; recognised when left out.", valueName: "command"))
    package var build: String?
    @Flag(help: "What is staged, for analyze.")
    package var staged = false
    @Option(help: ArgumentHelp("What changed between two commits, for analyze.", valueName: "a..b"))
    package var range: String?
    @Option(help: ArgumentHelp("How many experts, for consensus.", valueName: "n"))
    package var experts = 3
    @Option(help: "Who plans: the rules, or a model that is asked.")
    package var planner: PlannerKind = .rules
    @Option(help: "The form: text, json or yaml.")
    package var format: PlanFormat = .text
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var options: PlanOptions

    package var common: CommonOptions { options.common }

    package init() {}

    package func validate() throws {
        if kind == .consensus, question == nil { throw ValidationError("plan consensus needs the question.") }
        if kind != .consensus, question != nil { throw ValidationError("Only plan consensus takes a question.") }
        if !(2...16).contains(experts) { throw ValidationError("--experts must be between 2 and 16.") }
    }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        var flags = ConfigurationLayer()
        if let build { try flags.set(.build, to: build, flag: "--build") }
        let session = try await Session.open(invocation, flags: flags)
        if prompts.explainPrompts { return try await explain(session) }
        let log = RunLog(run: session.run)
        let team = try await session.team(log: log)
        for record in log.records { if case .notice(.warning, let text) = record.event { invocation.note(text) } }
        var proposals: [String] = []
        var state: String?
        var plan: OrchestrationPlan?
        let found = ExplainedPrompts()
        switch kind {
        case .analyze:
            var journey = try analysis(session, team)
            journey.noteWithheld = found.withhold
            plan = try await journey.plan()
            if team != nil, plan == nil { state = "nothing has changed that models could read" }
        case .consensus:
            plan = await team?.consensus(on: question ?? "", experts: experts, planner: planner)
        case .fix:
            let preview = try await preview(session, team, log, noteWithheld: found.withhold)
            proposals = preview.proposals
            plan = preview.plan
            if planner == .model, let team, let rules = preview.plan, let context = preview.context {
                plan = await team.plan(rules.problem, context: context, planner: .model)
                plan?.base = rules.base
            }
            if preview.failure?.passed == true { state = "the build passes as things are" }
        }
        try Task.checkCancellation()
        if plan != nil, plan?.planner == nil {
            plan?.planner = PlanOrigin(
                used: .rules, reason: planner == .rules ? "the rules were asked for" : "no model server can be used")
        }
        if !found.withheld.isEmpty { invocation.note(WithheldNotes.text(found.withheld)) }
        let cover = team?.options.screen?.cover
        let holdsSecrets = plan?.coverSecrets(cover) ?? false
        proposals = CoveredTexts.covered(proposals, by: cover)
        if holdsSecrets, format != .text {
            invocation.note("what looks like a secret is left out of the plan: asterisks stand for it")
        }
        try show(
            plan, proposals,
            state
                ?? (team == nil
                    ? "no model server can be used: \(kind == .consensus ? "there is no built-in opinion" : "the built-in engine works alone")"
                    : nil),
            invocation)
        return .done
    }

    private func analysis(_ session: Session, _ team: TeamOrchestrator?) throws -> Analyze {
        Analyze(
            repository: try session.repository, selection: staged ? .staged : range.map { .range($0) } ?? .all,
            paths: [], log: nil,
            orchestrator: team, pattern: session.configuration.pattern, planner: planner)
    }

    /// What asking for the plan would send, and then the plan itself: where a model plans, the rules' stands in for its own.
    private func explain(_ session: Session) async throws -> ExitStatus {
        try await session.explainPrompts { team, log, found in
            let plan: OrchestrationPlan?
            switch kind {
            case .analyze:
                var journey = try analysis(session, team)
                journey.noteWithheld = found.withhold
                plan = try await journey.plan()
            case .consensus: plan = await team.consensus(on: question ?? "", experts: experts, planner: planner)
            case .fix:
                let preview = try await preview(session, team, log, noteWithheld: found.withhold)
                plan = preview.plan
                if planner == .model, let rules = preview.plan, let context = preview.context {
                    _ = await team.plan(rules.problem, context: context, planner: .model)
                }
            }
            if let plan { found.add(team.explained(plan)) }
        }
    }

    private func preview(
        _ session: Session, _ team: TeamOrchestrator?, _ log: RunLog,
        noteWithheld: (@Sendable ([String: String]) -> Void)? = nil
    ) async throws -> Fix.Preview {
        guard let command = session.configuration.build ?? BuildSystem.guesses(in: session.workTree).first?.command
        else {
            throw Failure(
                .usage, "no build system is recognised in \(session.workTree)",
                hints: ["say what fails: teamfix plan fix --build COMMAND"],
                status: .usage)
        }
        let configuration = session.configuration
        let request = FixRequest(
            command: command, candidates: configuration.candidates,
            gate: GateRules(protected: configuration.protect, allowed: configuration.allow),
            carried: configuration.carry, pattern: configuration.pattern?.rawValue)
        let place = try session.workplace(try await session.sandbox(), log)
        var journey = Fix(place: place, request: request, orchestrator: team) { _ in nil }
        journey.noteWithheld = noteWithheld
        return try await journey.preview()
    }

    private func show(_ plan: OrchestrationPlan?, _ proposals: [String], _ state: String?, _ invocation: Invocation)
        throws
    {
        let output = invocation.surroundings.standardOutput
        switch format {
        case .text:
            output.write(
                OutputFormat.text.render(
                    PlanView(plan: plan, proposals: proposals, state: state), terminal: invocation.output))
        case .json, .yaml:
            guard let plan else { throw Failure(.usage, state ?? "there is nothing to plan", status: .notFixed) }
            output.write(format == .json ? try plan.json() + "\n" : try YAMLEncoder.plans.encode(plan))
        }
    }
}

extension TeamOrchestrator {
    /// The plan for a question: the one that `consensus` runs, or a model's.
    fileprivate func consensus(on question: String, experts: Int, planner: PlannerKind) async -> OrchestrationPlan {
        guard planner == .model else {
            return Consensus(question: question, experts: experts, orchestrator: self).plan
        }
        return await plan(
            question, context: PlanContext(kind: .question, pattern: .consensus, experts: experts), planner: .model)
    }
}

extension PlannerKind: ExpressibleByArgument {}

/// The common options of `plan`, whose own `--format` knows more forms.
package struct PlanOptions: ParsableArguments {
    @Option(
        name: .customLong("server"),
        help: ArgumentHelp("A model server, or the name of a configured one; repeatable.", valueName: "url"))
    package var servers: [String] = []
    @Option(help: "The model for every server.")
    package var model: String?
    @Option(help: "How the work is cut; without it, the problem decides.")
    package var pattern: Orchestration.Pattern?
    @Flag(help: "Ask no server.")
    package var offline = false
    @Flag(name: [.short, .long], help: "No notes on standard error.")
    package var quiet = false
    @Flag(name: .customLong("no-color"), help: "No colours, as with NO_COLOR.")
    package var noColor = false

    package init() {}

    var common: CommonOptions {
        var common = CommonOptions.standard
        common.servers = servers
        common.model = model
        common.pattern = pattern
        common.offline = offline
        common.quiet = quiet
        common.noColor = noColor
        // Standard output is a plan's alone: what is said to people goes to standard error, whatever the form.
        common.format = .text
        return common
    }
}

extension YAMLEncoder {
    /// Plans as people edit them: keys sorted, long texts as blocks.
    static var plans: YAMLEncoder {
        let encoder = YAMLEncoder()
        encoder.options = Options(
            indent: 2, width: -1, allowUnicode: true, sortKeys: true, newLineScalarStyle: .literal)
        return encoder
    }
}

/// A plan as text.
package struct PlanView: Report {
    var plan: OrchestrationPlan?
    var proposals: [String]
    var state: String?

    package func lines(width: Int, style: Style) -> [String] {
        func fit(_ text: String) -> String { fitted(text, to: width, ellipsis: style.glyphs.ellipsis) }
        var lines: [String] = []
        if let state { lines.append(fit(state)) }
        if !proposals.isEmpty {
            lines +=
                [style.apply(.heading, "The built-in engine tries first")]
                + proposals.prefix(20).map { fit("  " + sanitizedLine($0)) }
        }
        guard let plan else { return lines }
        if !lines.isEmpty { lines.append("") }
        lines.append(style.apply(.heading, fit(sanitizedLine(plan.problem))))
        lines.append("pattern \(plan.pattern.rawValue), synthesis \(plan.synthesis.name), success \(plan.success.name)")
        if let origin = plan.planner { lines += origin.lines.flatMap { wrapped($0, to: width) } }
        for wave in plan.waves {
            lines += ["", "wave \(wave.number) (\(counted(wave.tasks.count, "task")))"]
            for task in wave.tasks {
                let pin = (task.server.map { " on \($0)" } ?? "") + (task.model.map { " with \($0)" } ?? "")
                lines.append(
                    fit(
                        "  \(sanitizedLine(task.id)): \(sanitizedLine(task.specialist + pin)), \(sanitizedLine(task.input.title))"
                    ))
            }
        }
        return lines
    }
}

extension PlanOrigin {
    /// Whose plan it is, why, and what was mended, for people.
    var lines: [String] {
        let place = [model, server].compactMap { $0 }.joined(separator: " on ")
        let who = place.isEmpty ? used.rawValue : "\(used.rawValue) (\(place))"
        return ["planner \(sanitizedLine(who)): \(sanitizedLine(reason))"]
            + repairs.prefix(20).map { "  mended: \(sanitizedLine($0))" }
    }
}
