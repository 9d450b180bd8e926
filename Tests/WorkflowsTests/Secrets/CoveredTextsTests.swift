import Events
import Inference
import Orchestration
import Specialists
import TestSupport
import Testing

@testable import Git
@testable import Workflows

@Suite("What leaves a run has no secrets", .timeLimit(.minutes(1)))
struct CoveredTextsTests {
    private let password = "S3cr3t!" + drawn(10, from: alphanumeric)
    private let plain = "plain" + drawn(12, from: alphanumeric)

    /// A model that repeats what it was shown, in all that it may write.
    private func reply(_ request: SimulatedRequest) -> SimulatedReply {
        let marks = request.prompt.matches(of: /TEAMFIX_REDACTED_[0-9]+/).map { String($0.output) }
        let told = Set(marks).sorted().joined(separator: " and ")
        let logged = request.prompt.firstMatch(of: /log\((TEAMFIX_REDACTED_[0-9]+)\)/).map { String($0.1) } ?? "none"
        func finding(_ file: String, _ evidence: String, _ message: String) -> [String: Any] {
            [
                "file": file, "line": 3, "severity": "error", "message": message, "evidence": evidence,
                "suggestion": "Use no \(told)",
            ]
        }
        return .text(
            SimulatedJSON.text([
                "findings": [
                    finding("a.py", "value = open(name)", "It shows \(told)"),
                    finding("a.py", "log(\(logged))", "Unchecked writing into journals"),
                    finding("other.py", "nothing of \(told)", "Made up"),
                ]
            ]))
    }

    @Test("a review's findings, and those that were dropped, repeat no secret that answers got back")
    func review() async throws {
        let repository = try ScratchRepository()
        let text = "password = \"\(password)\"\nlog(\(plain))\n"
        try repository.write("a.py", text + "value = 1\n")
        try repository.commit()
        try repository.write("a.py", text + "value = open(name)\n")
        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        let redaction = Redaction(values: [plain])
        let report = try await SimulatedOllama.run(reply: { self.reply($0) }) { server in
            var options = OrchestratorOptions(taskTimeout: 20, seed: 1, hedges: false)
            options.screen = redaction.screen
            let team = TeamOrchestrator(
                servers: [server.member("one")], team: Roster.standard, options: options, log: RunLog(run: "test"))
            return try await Analyze(repository: opened, selection: .all, paths: [], log: nil, orchestrator: team).run()
        }
        let found = report.findings.filter { $0.confidence != nil }
        #expect(found.contains { $0.finding.message.contains("It shows ********") })
        #expect(found.contains { $0.excerpt?.above == "log(********)" })
        #expect(found.contains { $0.excerpt?.text == "log(********)" && $0.finding.evidence == "log(********)" })
        #expect(report.droppedFindings.contains { $0.finding?.evidence.contains("********") == true })
        let told = "\(report)"
        #expect(!told.contains(password) && !told.contains(plain))
    }

    @Test("a plan's texts hold asterisks for secrets, those that are known from elsewhere included")
    func plan() throws {
        let tasks = [
            TeamTask(
                id: "a", specialist: "QA",
                input: TaskInput(title: "t \(plain)", shared: "password = \"\(password)\"", text: "use \(password)")),
            TeamTask(
                id: "b", specialist: "QA",
                input: TaskInput(title: "b", prompt: [Prompt.Message(.user, "say \(plain) and \(password)")])),
        ]
        var plan = OrchestrationPlan(problem: "Is \(plain) safe?", tasks: tasks)
        let heldSecrets = plan.coverSecrets(Redaction(values: [plain]).screen.cover)
        #expect(heldSecrets)
        let json = try plan.json()
        #expect(!json.contains(plain) && !json.contains(password))
        #expect(plan.problem == "Is ******** safe?")
        #expect(plan.tasks[0].input.shared == "password = \"********\"")
        #expect(plan.tasks[1].input.prompt?.first?.content == "say ******** and ********")
        var harmless = OrchestrationPlan(problem: "Is it safe?", tasks: [])
        let isHarmless = !harmless.coverSecrets(nil)
        #expect(isHarmless)
    }
}
