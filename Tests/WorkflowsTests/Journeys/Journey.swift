import Events
import Foundation
import Git
import Inference
import Orchestration
import Specialists
import Synchronization
import TestSupport

@testable import Workflows

/// A run of a workflow on a real repository, as the command would run it.
struct Journey {
    let repository: ScratchRepository
    var sandbox: Sandbox = .none(reason: "a test")
    var log: RunLog
    var candidates = 4

    init(
        _ repository: ScratchRepository, log: RunLog = RunLog(run: "test-run"),
        sandbox: Sandbox = .none(reason: "a test")
    ) {
        self.repository = repository
        self.log = log
        self.sandbox = sandbox
    }

    var scratch: String { repository.base + "/scratch" }

    func place() async throws -> Workplace {
        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        return Workplace(
            repository: opened, workTree: opened.workTree ?? repository.path, gitDirectory: opened.gitDirectory,
            environment: repository.environment, scratch: scratch, sandbox: sandbox, log: log, version: "0.0-test")
    }

    func fix(_ request: FixRequest, _ servers: [TeamServer] = [], budget: Double? = nil) async throws -> FixReport {
        let team = servers.isEmpty ? nil : Self.team(servers, log, budget: budget)
        return try await Fix(place: try await place(), request: request, orchestrator: team) { records in
            "Statistics: \(records.count > 0 ? "some" : "no") events"
        }.run()
    }

    func fix(_ command: String, _ servers: [TeamServer] = []) async throws -> FixReport {
        try await fix(FixRequest(command: command, candidates: candidates, buildTimeout: 30), servers)
    }

    static func team(_ servers: [TeamServer], _ log: RunLog, budget: Double? = nil) -> TeamOrchestrator {
        // Journeys count what their servers are asked; a loaded machine would have them asked twice.
        var options = OrchestratorOptions(budget: budget, taskTimeout: 20, seed: 1, hedges: false)
        options.timeouts = Timeouts(
            connect: .seconds(2), firstByte: .seconds(10), idle: .seconds(10), total: .seconds(20))
        return TeamOrchestrator(servers: servers, team: Roster.standard, options: options, log: log)
    }

    /// The scratch folder is empty again: nothing is left behind.
    var leftBehind: [String] { (try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? [] }
}

extension SimulatedOllama {
    /// The server as a member of a team.
    func member(_ name: String, openAI: Bool = false, contextLength: Int = 8192) -> TeamServer {
        let endpoint: any ModelServer = openAI ? openAIClient(name: name) : client(name: name)
        return TeamServer(endpoint: endpoint, model: "qwen2.5-coder:7b", contextLength: contextLength)
    }
}

extension RunLog {
    var verdicts: [CandidateVerdict] {
        records.compactMap { if case .candidateJudged(let verdict) = $0.event { verdict } else { nil } }
    }
}

/// The parts of a repository that nothing but its owner may change, byte for byte.
struct Untouched: Equatable {
    var files: [String: String]
    var objects: Set<String>

    init(_ repository: ScratchRepository) throws {
        let everything = try ScratchRepository.contents(of: repository.path)
        let isOurs = { (path: String) in
            path.hasPrefix(".git/refs/heads/teamfix") || path.hasPrefix(".git/logs/refs/heads/teamfix")
                || path.hasPrefix(".git/objects/")
        }
        // git makes the folders of its logs with the first branch.
        files = everything.filter { !isOurs($0.key) && !($0.key.hasPrefix(".git/logs") && $0.value == "folder") }
        objects = Set(
            everything.filter { $0.key.hasPrefix(".git/objects/") && $0.value != "folder" }.map { $0.key + $0.value })
    }

    /// What differs; objects may be added, never changed or removed.
    func differences(from before: Untouched) -> [String] {
        let changed = Set(files.keys).union(before.files.keys).filter { files[$0] != before.files[$0] }
        return changed.sorted() + before.objects.subtracting(objects).sorted().map { String($0.prefix(60)) }
    }
}
