import Events
import Foundation
import Git
import Orchestration
import Specialists
import Workflows

/// One review from a hook: what needs no model at once, then what models say before the deadline.
struct HookReview {
    var command: HookRunCommand
    var invocation: Invocation
    var voice: HookVoice
    var deadline: ContinuousClock.Instant

    /// Of the deadline, what is kept for the last words.
    private static let reserve = Duration.milliseconds(300)
    /// The most references of one push that are looked at.
    private static let mostRanges = 4

    func run() async throws {
        let repository = try Repository.discover(
            from: invocation.surroundings.workingFolder, environment: invocation.surroundings.environment)
        switch command.hook {
        case .commitMessage:
            if await repository.isInOperation() { return }
            try await checkMessage(repository)
        case .preCommit:
            if await repository.isInOperation() { return }
            try await review([.staged], in: repository)
        case .prePush:
            try await review(pushed(repository), in: repository)
        }
    }

    // MARK: A message

    private func checkMessage(_ repository: Repository) async throws {
        let path = command.arguments[0]
        guard let bytes = try BoundedFile.read(invocation.surroundings.absolute(path), limit: 1 << 20) else {
            throw Failure(.usage, "the message's file \(path) isn't there")
        }
        let check = CommitMessageCheck(comment: try await repository.configValue("core.commentchar"))
        let findings = check.findings(in: String(decoding: bytes, as: UTF8.self))
        voice.tell(findings.map { HookFinding($0) }, files: 1)
    }

    // MARK: Changes

    /// What is about to be pushed: as git says it, as pre-commit says it, or what the upstream hasn't got.
    private func pushed(_ repository: Repository) async throws -> [ChangeSelection] {
        if command.readsInput {
            let refs = PushedRef.parse(String(decoding: try invocation.readInput("-"), as: UTF8.self))
            let ranges = try await repository.pushed(refs, to: command.arguments.first)
            if ranges.count > Self.mostRanges {
                voice.say("\(ranges.count) branches are pushed; the first \(Self.mostRanges) are looked at")
            }
            return ranges.prefix(Self.mostRanges).map { .trees($0.old, $0.new) }
        }
        let environment = invocation.surroundings.environment
        if let from = environment["PRE_COMMIT_FROM_REF"], let to = environment["PRE_COMMIT_TO_REF"] {
            return [.trees(try await repository.resolve(from), try await repository.resolve(to))]
        }
        return try await repository.unpushed().map { [.trees($0.old, $0.new)] } ?? []
    }

    private func review(_ selections: [ChangeSelection], in repository: Repository) async throws {
        guard !selections.isEmpty else { return }
        let analyze = try AnalyzeArguments.parse(command.hook == .preCommit ? ["--staged"] : [])
        var invocation = invocation
        // The options' own bound: less is what is left, and kept by `within`.
        invocation.common.budget = max(1, left.inSeconds)
        var session = try await Session.open(invocation, keepsHistory: !command.common.offline)
        // From here on programs may be started: what git set for this hook isn't theirs.
        session.invocation.surroundings.environment = Repository.withoutGit(
            session.invocation.surroundings.environment)
        var readable: [ChangeSelection] = []
        var parsed: Set<String> = []
        for selection in selections {
            var journey = try analyze.journey(session, log: nil, team: nil)
            journey.selection = selection
            guard let report = try await tell(journey) else { continue }
            parsed.formUnion(report.parsed)
            guard !command.common.offline, !report.files.isEmpty else { continue }
            if try await isReadable(selection, repository) { readable.append(selection) }
        }
        guard !readable.isEmpty else { return }
        if command.judgement.detach {
            return try await HookBackground(session: session).start(
                readable, of: repository, stage: command.hook, common: command.common, voice: voice)
        }
        try await ask(readable, analyze, session, parsed: parsed)
    }

    /// Shows what needs no program at once, and then what the installed parsers say: they may be slow. Nil when the time is up.
    private func tell(_ journey: Analyze) async throws -> Analyze.Report? {
        var own = journey
        own.checks.tools = nil
        let first = own
        guard var report = try await within(left, { try await first.run() }) else {
            voice.say("out of time before the built-in checks were through")
            return nil
        }
        voice.tell(report)
        report.failures.forEach(voice.say)
        guard journey.checks.tools != nil, !report.files.isEmpty else { return report }
        var parsing = journey
        parsing.checks.tools?.budget = left / 2
        let second = parsing
        guard let parsed = try await within(max(.milliseconds(1), left - Self.reserve), { try await second.run() })
        else {
            voice.say("out of time before every file was parsed")
            return nil
        }
        voice.tell(parsed)
        parsed.failures.filter { !report.failures.contains($0) }.forEach(voice.say)
        report.parsed = parsed.parsed
        return report
    }

    /// Whether there is text in it for models to read.
    private func isReadable(_ selection: ChangeSelection, _ repository: Repository) async throws -> Bool {
        try await repository.changes(selection).contains {
            $0.newPath != nil && !$0.isBinary && !$0.isOversized && !$0.hunks.isEmpty
        }
    }

    /// What models say before the deadline.
    private func ask(
        _ selections: [ChangeSelection], _ analyze: AnalyzeArguments, _ session: Session, parsed: Set<String>
    ) async throws {
        let voice = voice
        let answered = try await within(left) {
            _ = try await session.record("hook", problem: "what is to be \(command.hook.object)") { events in
                let team = try await session.team(log: events)
                voice.sayFailures(events.records.compactMap { Self.lost($0.event) })
                guard let team else { return RunOutcome((), outcome: "no server", status: .done) }
                var options = team.options
                options.budget = max(0.05, (left - Self.reserve).inSeconds)
                for selection in selections {
                    let timely = TeamOrchestrator(servers: team.servers, team: team.team, options: options, log: events)
                    var journey = try analyze.journey(session, log: nil, team: timely)
                    journey.selection = selection
                    // The files were parsed before.
                    journey.checks.tools = nil
                    journey.parsed = parsed
                    let report = try await journey.run()
                    voice.tell(report)
                    if !report.failures.isEmpty, left <= Self.reserve {
                        voice.say("out of time: \(counted(report.failures.count, "review")) left out")
                    } else {
                        voice.sayFailures(report.failures)
                    }
                }
                return RunOutcome((), outcome: "reviewed", status: .done)
            }
            return true
        }
        if answered == nil { voice.say("out of time: the models' part is left out") }
    }

    /// A configured server that can't be used, in a few words.
    static func lost(_ event: RunEvent) -> String? {
        guard case .serverLost(let name, let reason) = event else { return nil }
        // Behind a semicolon or in the last parentheses stands advice.
        let end = reason.firstIndex(of: ";") ?? reason.ranges(of: " (").last?.lowerBound ?? reason.endIndex
        return "\(name) \(reason[..<end].prefix(160))"
    }

    private var left: Duration { max(.milliseconds(1), deadline - .now) }

    /// Runs something, and cancels it when the time is up; nil then.
    private func within<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

extension HookStage {
    /// What is done with what is reviewed.
    var object: String { self == .prePush ? "pushed" : "committed" }
}
