import ArgumentParser
import Events
import Foundation
import Git
import History
import Workflows

package struct FixCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "fix",
        abstract: "Turns a failing build into a verified fix branch.",
        discussion: """
            Runs the command in a scratch checkout, sees it fail, tries what the compilers already know and then what the models \
            propose, and writes a branch below teamfix/ once the command passes with it. Your work tree, index, HEAD and stash \
            stay as they are.
            """)

    @OptionGroup package var fix: FixArguments
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation, flags: try fix.layer())
        try await session.refuseUnfinishedOperation()
        let log = try fix.log.map { try invocation.readLog($0, root: session.workTree) }
        let patch = try fix.patch.map { try PatchFile($0, at: invocation.surroundings.absolute($0)) }
        let command = try chosenCommand(session)
        let sandbox = try await session.sandbox()
        var rules = GateRules(protected: session.configuration.protect, allowed: session.configuration.allow)
        rules.allowsRevert = fix.allowRevert
        var request = FixRequest(
            command: command, directory: session.directory(of: fix.build), check: session.configuration.check, log: log,
            candidates: session.configuration.candidates,
            rounds: session.configuration.roundsWithinBudget, branch: fix.branch, gate: rules,
            keepsUnverified: fix.keepUnverified,
            buildTimeout: fix.buildTimeout, budget: session.configuration.budget?.inSeconds,
            carried: session.configuration.carry,
            pattern: session.configuration.pattern?.rawValue)
        request.branchPrefix = String(session.configuration.branchPrefix.dropFirst("teamfix/".count))
        request.editFormat = session.configuration.editFormat
        request.skills = session.formatSkills
        request.mutates = !fix.noMutations
        let finished = request
        if prompts.explainPrompts {
            return try await session.explainPrompts { team, log, found in
                var journey = Fix(place: try session.workplace(sandbox, log), request: finished, orchestrator: team) {
                    _ in nil
                }
                journey.noteWithheld = found.withhold
                _ = try await journey.run()
            }
        }
        let (outcome, records) = try await session.record("fix", problem: command ?? "a log") { log in
            try await run(session, finished, sandbox, log)
        }
        let report = outcome.value
        let isKept = session.keep(report)
        var (applied, failure): (ApplyReport?, (any Error)?) = (nil, nil)
        do {
            if report.outcome == .fixed { try patch?.write(report.patch) }
            if fix.apply, report.outcome == .fixed { applied = try await session.apply(report) }
        } catch {
            failure = error
        }
        var view = FixView(
            report, run: session.run, base: try session.facts.headBranch, applied: applied, records: records,
            asked: FixView.Asked(
                check: request.check, sandbox: sandbox, rounds: request.rounds, candidates: request.candidates))
        view.isKept = isKept
        do {
            if fix.notes { view.note = try await session.addNote(to: report, records) }
        } catch {
            failure = failure ?? error
        }
        // The branch is there whatever became of the rest: it is told before the failure is.
        invocation.showResult(view)
        if let failure { throw failure }
        return outcome.status
    }

    private func run(
        _ session: Session, _ request: FixRequest, _ sandbox: Sandbox, _ log: RunLog
    ) async throws -> RunOutcome<FixReport> {
        if case .none(let reason) = sandbox, session.configuration.sandbox != .off {
            log.append(.notice(level: .warning, text: "verifying without a sandbox: \(reason)"))
        }
        let place = try session.workplace(sandbox, log)
        let team = request.candidates > 0 ? try await session.team(log: log) : nil
        var journey = Fix(place: place, request: request, orchestrator: team) { records in
            StatisticsReport(records, run: session.run).commitText(VerificationFigures(records))
        }
        journey.noteWithheld = WithheldNotes(log).note
        let report = try await journey.run()
        return RunOutcome(report, outcome: report.outcome.rawValue, status: report.outcome.status)
    }

    /// The command to reproduce with: configured, or recognised and confirmed.
    private func chosenCommand(_ session: Session) throws -> String? {
        if let command = session.configuration.build { return command }
        guard let guess = BuildSystem.guesses(in: session.workTree).first else {
            if fix.log != nil { return nil }
            throw Failure(
                .usage, "no build system is recognised in \(session.workTree)",
                hints: [
                    "say what fails: teamfix fix --build COMMAND",
                    "or give its output: COMMAND 2>&1 | teamfix fix --log -",
                ], status: .usage)
        }
        session.invocation.note("the build is `\(guess.command)` (\(guess.name): \(guess.why))")
        let asks =
            session.invocation.surroundings.standardInputIsTerminal && !fix.yes && fix.log != "-" && !common.quiet
        guard asks else { return guess.command }
        session.invocation.surroundings.standardError.write("Run it in a scratch checkout? [Y/n] ")
        let answer = session.invocation.readAnswer().lowercased()
        guard answer.isEmpty || answer.hasPrefix("y") else {
            throw Failure(
                .usage, "nothing was run", hints: ["say what to run: teamfix fix --build COMMAND"], status: .usage)
        }
        return guess.command
    }
}

extension FixReport.Outcome {
    /// How the process ends.
    package var status: ExitStatus {
        switch self {
        case .fixed: .done
        case .unverified: .unverified
        case .notFixed: .notFixed
        case .alreadyGreen: .alreadyGreen
        case .notReproducible: .notReproducible
        case .outOfTime: .outOfBudget
        }
    }
}

extension Session {
    /// Where a fix works: this repository, with these walls around its builds.
    func workplace(_ sandbox: Sandbox, _ log: RunLog) throws -> Workplace {
        let facts = try facts
        return Workplace(
            repository: try repository, workTree: workTree,
            gitDirectory: facts.isLinkedWorkTree ? nil : facts.gitDirectory,
            environment: invocation.surroundings.environment, scratch: scratch, sandbox: sandbox, log: log,
            version: teamfixVersion)
    }

    /// Where a command runs: one that the user typed in a folder of the work tree runs in that folder, any other at the top.
    func directory(of typed: String?) -> String {
        let root = LoadedConfiguration.resolved(workTree)
        let folder = LoadedConfiguration.resolved(invocation.surroundings.workingFolder)
        return typed != nil && folder.hasPrefix(root + "/") ? String(folder.dropFirst(root.count + 1)) : ""
    }

    /// A path that the user typed, relative to the work tree.
    func belowRoot(_ path: String) -> String {
        let root = LoadedConfiguration.resolved(workTree)
        let full = LoadedConfiguration.resolved(invocation.surroundings.absolute(path))
        return full.hasPrefix(root + "/") ? String(full.dropFirst(root.count + 1)) : full == root ? "*" : path
    }

    /// In the middle of a merge or rebase a branch would stand on a state that nobody means.
    func refuseUnfinishedOperation() async throws {
        guard let operation = try facts.operation else { return }
        throw Failure(
            .repository, "a \(operation.rawValue) is under way in this repository",
            hints: ["finish it first, or give it up: git \(operation.rawValue) --abort"])
    }

    func sandbox() async throws -> Sandbox {
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for folder in ScratchSpace.removeLeftovers(in: scratch) {
            invocation.note("removed what an earlier run left: \(folder)")
        }
        return try await Sandbox.detect(
            configuration.sandbox, environment: invocation.surroundings.environment, scratch: scratch)
    }

    /// Records the patch, so that `teamfix apply RUN` finds it.
    ///
    /// - Returns: whether it will.
    func keep(_ report: FixReport) -> Bool {
        guard let store, invocation.ending.isRecorded, let branch = report.branch else { return false }
        do throws(HistoryError) {
            return try store.keep(
                StoredPatch(
                    run: run, branch: branch, commit: report.commit, base: report.baseTree,
                    isVerified: report.outcome == .fixed,
                    text: report.patch))
        } catch {
            invocation.note(error.description)
            return false
        }
    }

    /// Writes the run's statistics as a note on the branch's last commit; nil when there is no branch.
    func addNote(to report: FixReport, _ records: [RunRecord]) async throws -> FixView.Note? {
        guard let branch = report.branch, let commit = report.commit.flatMap(ObjectID.init(hex:)) else { return nil }
        let statistics = StatisticsReport(records, run: run).commitText(VerificationFigures(records))
        let text = """
            \(report.outcome == .fixed ? "Verified" : "Not verified"): \(sanitizedLine(report.reason))

            \(statistics)

            Teamfix-Run: \(run)
            Teamfix-Branch: \(branch)
            Teamfix-Version: \(teamfixVersion)
            """
        let identity = try await repository.identity(environment: invocation.surroundings.environment)
        try await repository.addNote(text, to: commit, by: identity)
        return FixView.Note(reference: Repository.notesReference, commit: commit.hex)
    }

    func apply(_ report: FixReport) async throws -> ApplyReport? {
        guard let base = report.baseTree.flatMap(ObjectID.init(hex:)),
            let commit = report.commit.flatMap(ObjectID.init(hex:))
        else { return nil }
        return try await repository.apply(from: base, to: try await repository.commitInfo(commit).tree)
    }
}

extension Invocation {
    /// A line from the terminal; an end of input, or a Ctrl-C while it waits, is a no.
    func readAnswer() -> String {
        Self.hasInput(STDIN_FILENO) ? readLine() ?? "n" : "n"
    }
}
