import Events
import Foundation
import Git
import History
import Inference
import Orchestration
import Specialists
import Synchronization
import Workflows

/// One run of a journey: the repository, the configuration, and where it is recorded.
package struct Session: Sendable {
    private struct Opened: Sendable {
        var repository: Repository
        var facts: RepositoryFacts
    }

    package var invocation: Invocation
    /// Nil outside of a repository, where a plan can run all the same.
    private var opened: Opened?
    /// The work tree's root; the working folder outside of a repository.
    package var workTree: String
    package var configuration: Configuration
    /// The history; nil when it can't be used, which never stops a run.
    package var store: RunStore?
    package var run: String
    package var started: Date

    /// The repository.
    package var repository: Repository { get throws { try inside.repository } }
    /// What was seen of the repository at the start.
    package var facts: RepositoryFacts { get throws { try inside.facts } }
    /// The commit that `HEAD` names; nil when unborn or outside of a repository.
    package var head: ObjectID? { opened?.facts.head }

    private var inside: Opened {
        get throws(Failure) {
            guard let opened else { throw Failure(.repository, "\(workTree) isn't inside a git repository") }
            return opened
        }
    }

    /// Opens the repository that the working folder lies in.
    ///
    /// - Parameters:
    ///   - anywhere: whether a folder outside of a repository will do.
    ///   - keepsHistory: whether the run is recorded.
    package static func open(
        _ invocation: Invocation, flags: ConfigurationLayer = ConfigurationLayer(), anywhere: Bool = false,
        keepsHistory: Bool = true
    ) async throws -> Session {
        let surroundings = invocation.surroundings
        var opened: Opened?
        do throws(GitError) {
            let repository = try Repository.discover(
                from: surroundings.workingFolder, environment: surroundings.environment)
            opened = Opened(repository: repository, facts: try await repository.facts())
        } catch {
            guard anywhere, error.code == .notARepository else { throw error }
        }
        if let opened, opened.facts.workTree == nil {
            throw Failure(
                .repository, "this repository is bare: there is no work tree to look at",
                hints: ["go to a clone of it, or make a work tree: git worktree add ../work"])
        }
        let workTree = opened?.facts.workTree ?? LoadedConfiguration.resolved(surroundings.workingFolder)
        let configuration = try invocation.configuration(flags: flags).configuration
        var random = SystemRandomNumberGenerator()
        let started = surroundings.now()
        return Session(
            invocation: invocation, opened: opened, workTree: workTree,
            configuration: configuration,
            store: keepsHistory ? invocation.history() : nil, run: newRunID(at: started, using: &random),
            started: started)
    }

    /// Where teamfix's scratch checkouts lie.
    package var scratch: String { invocation.surroundings.folders.cache + "/scratch" }

    /// Runs a journey with its live view and its record in the history.
    package func record<Value: Sendable>(
        _ command: String, problem: String, body: (RunLog) async throws -> RunOutcome<Value>
    ) async throws -> (outcome: RunOutcome<Value>, records: [RunRecord]) {
        let start = RunStart(
            command: command, repository: workTree, head: head?.hex, problem: problem, version: teamfixVersion)
        let kept = RecordKeeper()
        let stream = try invocation.eventStream()
        var committed: (@Sendable ([RunRecord]) -> Void)?
        if let stream { committed = { stream.write($0) } }
        let writer = HistoryWriter(store: store, started: started, committed: committed)
        let result: Result<RunOutcome<Value>, Failure> = await writer.during {
            do throws(Failure) {
                return .success(
                    try await invocation.run(start, id: run, sinks: [kept.sink, writer.sink], body: body))
            } catch {
                return .failure(error)
            }
        }
        close(writer, stream)
        if let last = kept.records.last {
            invocation.ending.expect(
                RunEnding.Target(
                    run: run, sequence: last.sequence, elapsed: last.elapsed, started: started,
                    store: writer.failure == nil ? store : nil, stream: writer.hasGap ? nil : stream))
        }
        if case .failure(let failure) = result {
            if let problem = invocation.ending.note(failure, format: invocation.common.format) {
                invocation.note(problem)
            }
        }
        let outcome = try result.get()
        return (outcome, kept.records)
    }

    /// Says what wasn't recorded, in a line, and keeps the history within its bounds.
    private func close(_ writer: HistoryWriter, _ stream: EventStream?) {
        if let problem = stream?.problem { invocation.note(problem) }
        guard let store else { return }
        if let failure = writer.failure {
            invocation.ending.isRecorded = false
            let aside = if case .damaged = failure { store.moveAside() } else { String?.none }
            invocation.note(
                aside.map { "\(failure), so this run isn't recorded; it was moved to \($0), and a new one begins" }
                    ?? failure.description)
            return
        }
        _ = try? store.pruneIfDue(
            HistoryLimits(
                olderThan: started.addingTimeInterval(-86_400 * Double(configuration.historyKeepDays)),
                runs: configuration.historyKeepRuns, bytes: Self.mostHistory))
    }

    /// The most bytes of the history.
    static let mostHistory = 512 << 20

    /// The servers that can work now, as one orchestrator; nil when there is none.
    ///
    /// - Parameter needed: tokens of the largest prompt and its answer together.
    ///   - explain: told what would be sent; nothing is sent then.
    package func team(
        log: RunLog, needed: Int = 8192, explain: (@Sendable ([ExplainedPrompt]) -> Void)? = nil
    ) async throws -> TeamOrchestrator? {
        let fleet = try await invocation.survey(configuration, needed: needed, log: log)
        for server in fleet.servers where server.member == nil && !server.isGuess {
            let advice = server.advice.map { " (\($0))" } ?? ""
            log.append(.serverLost(name: server.setting.name, reason: (server.problem ?? "it can't be used") + advice))
        }
        for server in fleet.servers {
            if let member = server.member, let reason = server.reason {
                log.append(.notice(level: .debug, text: "\(member.name): \(member.model), \(reason)"))
            }
        }
        guard !fleet.team.isEmpty else { return nil }
        var options = options
        options.screen = redaction(log, tokens: fleet.servers.compactMap(\.setting.token)).screen
        options.explain = explain
        remember(fleet.team, in: &options, log: log)
        if configuration.cache {
            options.cache = RememberedAnswers.open(in: invocation.surroundings.folders.cache, log: log)
        }
        return TeamOrchestrator(
            servers: fleet.team, team: Roster.merging(configuration.specialists.map(\.specialist)), options: options,
            log: log)
    }

    /// What earlier runs have shown goes in; what this one shows is kept. A history that can't be used never stops a run.
    private func remember(_ team: [TeamServer], in options: inout OrchestratorOptions, log: RunLog) {
        options.leases = LeaseFolder(
            path: invocation.surroundings.folders.state + "/leases",
            noteProblem: { failure in
                log.append(.notice(level: .debug, text: "Slots aren't shared with other processes: \(failure)"))
            })
        guard let store else { return }
        let keys = team.map { ProfileKey(server: $0.profileKey.server, model: $0.profileKey.model) }
        let kept = (try? store.profiles(for: keys)) ?? [:]
        options.profiles = kept.values.compactMap {
            try? JSONDecoder().decode(ServerProfile.self, from: Data($0.utf8))
        }
        let records = (try? store.verdictCounts()) ?? []
        options.records = TrackRecords(
            records.map {
                (specialist: $0.specialist, model: $0.model, verified: $0.verified, refused: $0.refused)
            })
        options.learned = { profiles in
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let pairs = profiles.compactMap { profile -> (ProfileKey, String)? in
                guard let json = try? encoder.encode(profile) else { return nil }
                return (
                    ProfileKey(server: profile.server, model: profile.model), String(decoding: json, as: UTF8.self)
                )
            }
            try? store.keep(Dictionary(pairs, uniquingKeysWith: { _, last in last }))
        }
    }

    /// What keeps secrets out of this run's prompts: those of the environment and of the work tree's `.env` wherever they stand.
    private func redaction(_ log: RunLog, tokens: [String]) -> Redaction {
        let files = [".env", ".env.local", ".env.development", ".env.production", ".env.test", ".npmrc", ".netrc"]
        return Redaction(
            files: files.compactMap { try? BoundedFile.read("\(workTree)/\($0)", limit: 64 << 10) },
            values: tokens + Redaction.secrets(of: invocation.surroundings.environment)
        ) { kind in
            log.append(
                .notice(
                    level: .info,
                    text:
                        "what looks like a secret (\(kind.rawValue)) stays out of prompts; --explain-prompts shows where"
                ))
        }
    }

    private var options: OrchestratorOptions {
        var options = OrchestratorOptions(strategy: configuration.strategy, maxWorkers: configuration.maxWorkers)
        options.taskTimeout = configuration.timeout.inSeconds
        options.timeouts.firstByte = configuration.timeout
        options.merge = Findings.merging
        options.vote = { ConsensusReply($0.text ?? "").answer }
        if let budget = configuration.budget { options.budget = budget.inSeconds }
        return options
    }
}

extension Invocation {
    /// The history of this user; nil with `--no-history`, and, with a note, when it can't be used.
    package func history() -> RunStore? {
        guard !common.noHistory else { return nil }
        do throws(HistoryError) {
            let store = try RunStore.open(at: surroundings.folders.state + "/history.sqlite")
            if let aside = store.setAside {
                note("the history was damaged; it was moved to \(aside), and a new one begins")
            }
            return store
        } catch {
            note(error.description)
            return nil
        }
    }

    /// The configured servers; without any, Ollama on this machine when it answers at once.
    package func serversOrLocal(_ configuration: Configuration) async throws -> [ServerSetting] {
        guard configuration.servers.isEmpty, !common.offline, let connect = wiring.connect else {
            return try await withCredentials(configuration.servers)
        }
        let local = ServerSetting(name: "ollama01", url: ServerAddress.localOllama.url)
        let endpoint = try connect(local)
        do throws(InferenceError) {
            _ = try await endpoint.status(deadline: .milliseconds(500))
            return [local]
        } catch {
            return []
        }
    }

    /// The servers with what their credential commands print. A server whose command fails goes without.
    private func withCredentials(_ servers: [ServerSetting]) async throws -> [ServerSetting] {
        var servers = servers
        for index in servers.indices {
            guard let command = servers[index].credential, !common.offline else { continue }
            do throws(CredentialCommand.Failed) {
                servers[index].token = try await CredentialCommand(command, environment: surroundings.environment)
                    .token()
            } catch {
                try Task.checkCancellation()
                note("the credential command of \(servers[index].name ?? servers[index].shownURL): \(error)")
            }
        }
        return servers
    }

    /// Asks the configured servers what they have; without any, Ollama on this machine.
    package func survey(_ configuration: Configuration, needed: Int = 8192, log: RunLog) async throws -> Fleet {
        guard !common.offline else { return Fleet(servers: []) }
        var servers = try await withCredentials(configuration.servers).map {
            try $0.fleetServer(environment: surroundings.environment)
        }
        for server in servers where server.address.isExposed {
            let also = server.token == nil ? "prompts" : "prompts and the token"
            log.append(
                .notice(
                    level: .warning,
                    text:
                        "\(server.name) is outside of your network and has no https: \(also) can be read on the way to \(server.address.url)"
                ))
        }
        let isGuess = servers.isEmpty
        if isGuess { servers = [FleetServer(name: "ollama01", address: .localOllama)] }
        return await Fleet.survey(
            servers, model: configuration.model, needed: needed,
            deadline: probe ?? (isGuess ? .milliseconds(500) : .seconds(5)), isGuess: isGuess, log: log)
    }
}

extension ServerSetting {
    /// The server as the workflows take it.
    func fleetServer(environment: [String: String]) throws -> FleetServer {
        let prefix = kind == ServerKind.openai.rawValue && !url.contains("openai+") ? "openai+" : ""
        let address = try ServerAddress(parsing: prefix + url)
        let name = name ?? address.defaultName
        let variable =
            "TEAMFIX_TOKEN_" + name.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
        return FleetServer(
            name: name, address: address, slots: slots, strengths: strengths, model: model, contextLength: context,
            token: environment[variable] ?? token ?? (isFromRepository ? nil : environment["TEAMFIX_TOKEN"]))
    }
}

extension SpecialistSetting {
    /// The role as the orchestrator takes it; what isn't configured is the shipped role's.
    var specialist: Specialist {
        let shipped = Roster.standard.first { $0.name == name }
        return Specialist(
            name: name, summary: summary ?? shipped?.summary ?? name,
            instructions: instructions ?? shipped?.instructions ?? "",
            schema: shipped?.schema, temperature: temperature ?? shipped?.temperature ?? 0.2,
            maxTokens: maxTokens ?? shipped?.maxTokens ?? 1024,
            needs: shipped?.needs ?? [])
    }
}

/// Keeps a run's records for what is shown after it.
private final class RecordKeeper: Sendable {
    private let kept = Mutex<[RunRecord]>([])

    var sink: RunLog.Sink { { [self] record in if record.isDurable { kept.withLock { $0.append(record) } } } }
    var records: [RunRecord] { kept.withLock { $0 } }
}
