import ArgumentParser
import Events
import Foundation
import Git
import Workflows

/// Leaves the models' part of a review to a process of its own.
struct HookBackground {
    var session: Session

    func start(
        _ selections: [ChangeSelection], of repository: Repository, stage: HookStage, common: CommonOptions,
        voice: HookVoice
    ) async throws {
        let invocation = session.invocation
        guard try await !invocation.serversOrLocal(session.configuration).isEmpty else { return }
        var comparisons: [HookRequest.Comparison] = []
        for selection in selections {
            switch selection {
            case .trees(let old, let new): comparisons.append(.init(old: old?.hex, new: new.hex))
            default:
                // The index may be a file that git removes when the commit is made.
                comparisons.append(
                    .init(old: session.head?.hex, new: try await repository.treeOfIndex().hex))
            }
        }
        let state = HookState(invocation.surroundings.folders, repository)
        try state.leave(HookRequest(stage: stage, comparisons: comparisons))
        guard let program = invocation.surroundings.programPath else {
            throw Failure(.environment, "the path of this teamfix can't be found")
        }
        // Named outright: a repository that the environment names to git isn't found from the folder.
        var environment = Repository.withoutGit(invocation.surroundings.environment)
        environment["GIT_DIR"] = repository.gitDirectory
        environment["GIT_WORK_TREE"] = session.workTree
        try spawn([program, "hook", "background"] + options(common), environment, in: state)
        voice.say("models are asked in the background; what they find comes with the next teamfix command")
    }

    private func options(_ common: CommonOptions) -> [String] {
        var options = common.servers.flatMap { ["--server", $0] }
        if let model = common.model { options += ["--model", model] }
        if let strategy = common.strategy { options += ["--strategy", strategy.rawValue] }
        if let workers = common.maxWorkers { options += ["--max-workers", "\(workers)"] }
        if let timeout = common.timeout { options += ["--timeout", "\(timeout)"] }
        return options + (common.noCache ? ["--no-cache"] : [])
    }

    /// Starts a program that shares nothing with this one: whoever waits for the hook's output to end isn't kept.
    private func spawn(_ command: [String], _ environment: [String: String], in state: HookState) throws {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        for file in open.compactMap({ Int32($0) }) where file > STDERR_FILENO { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
        let output = state.openOutput()
        guard output >= 0 else { throw Failure(.environment, "\(state.folder) can't be written to") }
        defer { close(output) }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        let arguments = command.map { strdup($0) }
        let variables = environment.map { strdup("\($0)=\($1)") }
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, command[0], &actions, nil, arguments + [nil], variables + [nil])
        guard failure == 0 else {
            throw Failure(.environment, "\(command[0]) can't be started: \(String(cString: strerror(failure)))")
        }
    }
}

/// The process that a detached hook leaves; not for people.
package struct HookBackgroundCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "background", abstract: "Does what a detached hook has left to do.", shouldDisplay: false)

    @OptionGroup package var common: CommonOptions

    package init() {}

    /// The most seconds for one review, and for the process.
    private static let budget = 600.0
    private static let life: UInt32 = 1_800

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        // A session of its own: no terminal's signal reaches it. And an end, whatever hangs.
        setsid()
        alarm(Self.life)
        _ = nice(10)
        var invocation = invocation
        invocation.common.quiet = true
        invocation.common.budget = min(common.budget ?? Self.budget, Self.budget)
        for name in invocation.surroundings.environment.keys where name.hasPrefix("GIT_") { unsetenv(name) }
        let repository = try Repository.discover(
            from: invocation.surroundings.workingFolder, environment: invocation.surroundings.environment)
        let state = HookState(invocation.surroundings.folders, repository)
        // A request that comes while the lock is given back finds nobody else: so look again.
        while state.hasRequest, let lock = state.lock() {
            defer { close(lock) }
            while let request = state.takeRequest() { try await review(request, invocation, state) }
        }
        return .done
    }

    private func review(_ request: HookRequest, _ invocation: Invocation, _ state: HookState) async throws {
        var opened = try await Session.open(invocation)
        opened.invocation.surroundings.environment = Repository.withoutGit(opened.invocation.surroundings.environment)
        let session = opened
        let analyze = try AnalyzeArguments.parse([])
        let (outcome, _) = try await session.record("hook", problem: "what was \(request.stage.object)") { events in
            var result = HookResult(
                stage: request.stage, finished: invocation.surroundings.now(), files: 0, findings: [], failures: [])
            let team = try await session.team(log: events)
            result.failures = events.records.compactMap { HookReview.lost($0.event) }
            guard let team else { return RunOutcome(result, outcome: "no server", status: .done) }
            for selection in request.selections {
                var journey = try analyze.journey(session, log: nil, team: team)
                journey.selection = selection
                journey.checks.tools = nil
                let report = try await journey.run()
                result.files += report.files.count
                // What needs no model was shown when the hook ran.
                result.findings += report.standing.map { HookFinding($0) }.filter { $0.confidence != nil }
                result.failures += report.failures
            }
            return RunOutcome(result, outcome: "reviewed", status: .done)
        }
        var result = outcome.value
        result.finished = invocation.surroundings.now()
        if !result.findings.isEmpty || !result.failures.isEmpty { try state.leave(result) }
    }
}

extension Invocation {
    /// Shows, once, what models have found since a detached hook ended.
    func showBackgroundReview() async {
        guard common.verbosity > .quiet, access(HookState.root(surroundings.folders), F_OK) == 0,
            let repository = try? Repository.discover(
                from: surroundings.workingFolder, environment: surroundings.environment),
            let result = HookState(surroundings.folders, repository).takeResult()
        else { return }
        let voice = HookVoice(invocation: self, stage: result.stage, blocks: false, failOn: .never)
        let minutes = Int(max(0, surroundings.now().timeIntervalSince(result.finished)) / 60)
        let when = minutes < 1 ? "a moment ago" : minutes < 60 ? "\(minutes) min ago" : "\(minutes / 60) h ago"
        voice.say("the review of what was \(result.stage.object), finished \(when):")
        voice.tell(result.findings, files: result.files)
        voice.sayFailures(result.failures)
        voice.concludeLate()
    }
}
