import Diagnostics
import Events
import Orchestration
import Synchronization
import Workflows

/// What a command would have sent.
package final class ExplainedPrompts: Sendable {
    private let state = Mutex<(prompts: [ExplainedPrompt], withheld: [String: String])>(([], [:]))

    package init() {}

    package var prompts: [ExplainedPrompt] { state.withLock { $0.prompts } }
    package var withheld: [String: String] { state.withLock { $0.withheld } }

    package func add(_ prompts: [ExplainedPrompt]) { state.withLock { $0.prompts += prompts } }

    /// Takes note of files that no prompt shows, and why.
    package func withhold(_ files: [String: String]) { state.withLock { $0.withheld.merge(files) { old, _ in old } } }
}

extension Session {
    /// Shows what a command would send instead of sending it.
    ///
    /// - Parameter body: the command's work; what it asks of the team is collected, and ends it.
    package func explainPrompts(
        needed: Int = 8192, _ body: (TeamOrchestrator, RunLog, ExplainedPrompts) async throws -> Void
    ) async throws -> ExitStatus {
        let log = RunLog(run: run)
        let found = ExplainedPrompts()
        guard let team = try await team(log: log, needed: needed, explain: { found.add($0) }) else {
            throw Failure.noServer
        }
        do {
            try await body(team, log, found)
        } catch PlanError.onlyExplained {}
        try Task.checkCancellation()
        for record in log.records { if case .notice(.warning, let text) = record.event { invocation.note(text) } }
        invocation.show(PromptsView(found))
        return .done
    }
}

/// Says which files are kept from models: without a word a person would think that they were looked at.
final class WithheldNotes: Sendable {
    private static let most = 5
    private let log: RunLog
    private let told = Mutex(0)

    init(_ log: RunLog) { self.log = log }

    func note(_ files: [String: String]) {
        let isTold = told.withLock { told in
            told += 1
            return told <= Self.most
        }
        guard isTold else { return }
        log.append(.notice(level: .info, text: sanitized(Self.text(files))))
    }

    /// Which files, and why, in a line.
    static func text(_ files: [String: String]) -> String {
        let names = files.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
        let rest = names.count > 3 ? ", and \(names.count - 3) more" : ""
        return "kept from models: " + names.prefix(3).joined(separator: ", ") + rest
    }
}

/// What `--explain-prompts` shows.
package struct PromptsView: Report {
    struct Withheld: Encodable {
        var file: String
        var reason: String
    }

    var schema = "teamfix.prompts/1"
    /// How many secrets are hidden: in each prompt each is counted once.
    var hidden: Int
    /// The files that are kept from models.
    var withheld: [Withheld]
    var prompts: [ExplainedPrompt]

    package init(_ found: ExplainedPrompts) {
        prompts = found.prompts
        hidden = prompts.reduce(0) { $0 + $1.hidden }
        withheld = found.withheld.sorted { $0.key < $1.key }.map { Withheld(file: $0.key, reason: $0.value) }
    }

    package func lines(width: Int, style: Style) -> [String] {
        var lines: [String] = []
        for prompt in prompts {
            let places = prompt.places.map { place in
                "\(place.model) on \(place.server)\(place.url.isEmpty ? "" : " (\(place.url))")"
            }
            lines += [
                style.apply(.heading, sanitizedLine("\(prompt.task): \(prompt.specialist), \(prompt.title)")),
                sanitizedLine(
                    "to \(places.isEmpty ? "nobody: it fits no window" : places.joined(separator: ", or to "))"),
                "a window of \(prompt.prompt.contextLength) tokens, an answer of at most \(prompt.prompt.maxTokens)"
                    + (prompt.hidden > 0 ? "; \(counted(prompt.hidden, "secret")) hidden" : ""),
            ]
            for message in prompt.prompt.messages {
                lines.append(style.apply(.faint, "[\(message.role.rawValue)]"))
                // Word for word, as the JSON has it to the byte; but nothing in it acts on a terminal.
                lines += message.content.split(separator: "\n", omittingEmptySubsequences: false).map {
                    sanitizedLine(String($0))
                }
            }
            if let schema = prompt.prompt.schema {
                lines += [style.apply(.faint, "[schema of the answer]"), sanitizedLine(schema)]
            }
            lines.append("")
        }
        lines += withheld.map { sanitizedLine("kept from models: \($0.file) (\($0.reason))") }
        lines.append(
            "\(counted(prompts.count, "prompt")), \(counted(hidden, "secret")) hidden, "
                + "\(counted(withheld.count, "file")) kept from models; nothing was sent")
        return lines
    }
}
