import Foundation
import Orchestration
import Yams

/// A plan as a file holds it, and the line of everything in it, for what is wrong with it.
struct PlanFile: Sendable {
    /// The file as the user named it.
    let name: String
    let plan: OrchestrationPlan
    private let lines: PlanLines

    private static let example = "see what one looks like: teamfix plan analyze --format yaml"

    /// Reads JSON (what begins with a brace) or YAML.
    init(_ bytes: [UInt8], name: String) throws(Failure) {
        self.name = name == "-" ? "standard input" : name
        guard bytes.count <= PlanLimits.jsonBytes else {
            throw Self.refusal(
                self.name, nil, "the plan is too large: at most \(PlanLimits.jsonBytes >> 20) MiB are read")
        }
        let text = try Self.text(bytes, self.name)
        let isJSON = text.first { !$0.isWhitespace } == "{"
        do throws(PlanLines.Problem) {
            if isJSON {
                let own = Array(text.utf8)
                lines = try PlanLines(json: own)
                plan = try Self.decode(lines) { try JSONDecoder().decode(OrchestrationPlan.self, from: Data(own)) }
            } else {
                let root = try Self.compose(text)
                lines = try PlanLines(root)
                plan = try Self.decode(lines) { try YAMLDecoder().decode(OrchestrationPlan.self, from: root) }
            }
        } catch {
            throw Self.refusal(
                self.name, error.line, error.line == nil ? "it isn't a plan: \(error.what)" : error.what, [Self.example]
            )
        }
    }

    /// A byte-order mark is no part of the text; what isn't UTF-8 is refused where it stands.
    private static func text(_ bytes: [UInt8], _ name: String) throws(Failure) -> String {
        let own = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: own, as: UTF8.self) { return text }
        var line = 1
        for part in own.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        throw refusal(name, line, "this line isn't UTF-8", ["save the file as UTF-8"])
    }

    private static func compose(_ text: String) throws(PlanLines.Problem) -> Node {
        do {
            guard let root = try Yams.compose(yaml: text) else {
                throw PlanLines.Problem(line: nil, what: "the file is empty")
            }
            return root
        } catch let problem as PlanLines.Problem {
            throw problem
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw PlanLines.Problem(line: mark.line, what: "this is not YAML: \(problem)")
            case .duplicatedKeysInMapping(let keys, let context):
                throw PlanLines.Problem(
                    line: context.mark.line, what: "the key '\(keys.first ?? "")' is there twice in what begins here")
            default:
                throw PlanLines.Problem(line: nil, what: "it is not YAML that can be read")
            }
        } catch {
            throw PlanLines.Problem(line: nil, what: "it is not YAML that can be read")
        }
    }

    private static func decode(
        _ lines: PlanLines, _ body: () throws -> OrchestrationPlan
    ) throws(PlanLines.Problem) -> OrchestrationPlan {
        do {
            return try body()
        } catch let error as DecodingError {
            let (context, what) = words(error)
            let steps = context.codingPath.map { key -> PlanLines.Step in
                key.intValue.map { .item($0) } ?? .key(key.stringValue)
            }
            throw PlanLines.Problem(line: lines.line(at: steps), what: what)
        } catch {
            throw PlanLines.Problem(line: nil, what: "\(error)")
        }
    }

    private static func words(_ error: DecodingError) -> (DecodingError.Context, String) {
        func named(_ context: DecodingError.Context, _ what: String) -> String {
            guard let key = context.codingPath.last(where: { $0.intValue == nil }) else { return "the plan \(what)" }
            return "'\(key.stringValue)' \(what)"
        }
        switch error {
        case .keyNotFound(let key, let context): return (context, "'\(key.stringValue)' is missing")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return (context, named(context, "must be \(expected(type))"))
        case .dataCorrupted(let context): return (context, context.debugDescription)
        @unknown default: return (.init(codingPath: [], debugDescription: ""), "\(error)")
        }
    }

    private static func expected(_ type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is [Any].Type: "a list"
        default: "\(type)".hasPrefix("Array") ? "a list" : "`key: value` lines"
        }
    }

    // MARK: - What is wrong

    /// A fault of the plan as the user gets to see it, with its line.
    func failure(_ fault: PlanFault) -> Failure {
        var steps: [PlanLines.Step] = fault.task.map(lines.steps(toTask:)) ?? []
        steps += fault.keys.map { .key($0) }
        if let item = fault.item { steps.append(.item(item)) }
        // Without servers the plan itself is well.
        let line = fault.error == .noServers ? nil : lines.line(at: steps)
        return Self.refusal(name, line, Self.sentence(fault.error.description), hints(fault.error))
    }

    /// A refusal with the line of a key of the plan.
    func refusal(_ key: String, _ message: String, hints: [String], kind: Failure.Kind) -> Failure {
        var failure = Self.refusal(name, lines.line(at: [.key(key)]), message, hints)
        failure.kind = kind
        failure.status = .failed
        return failure
    }

    private static func refusal(_ name: String, _ line: Int?, _ message: String, _ hints: [String] = []) -> Failure {
        Failure(.usage, "\(name):\(line.map { "\($0):" } ?? "") \(message)", hints: hints, status: .usage)
    }

    /// The description as the end of a line that a place begins.
    private static func sentence(_ text: String) -> String {
        let end = text.hasSuffix(".") ? String(text.dropLast()) : text
        return end.prefix(1).lowercased() + end.dropFirst()
    }

    private func hints(_ error: PlanError) -> [String] {
        switch error {
        case .unknownSpecialist(_, let specialist, let known):
            nearestName(to: specialist, among: known).map { ["did you mean '\($0)'?"] } ?? []
        case .missingDependency(_, let dependency):
            nearestName(to: dependency, among: plan.tasks.map(\.id)).map { ["did you mean '\($0)'?"] }
                ?? ["give it the id of a task of this plan, or take it out"]
        case .unknownServer(_, let server, let known):
            (nearestName(to: server, among: known).map { ["did you mean '\($0)'?"] } ?? [])
                + [
                    "see what is wrong with a server: teamfix servers",
                    "or leave `server` out: then any may do the task",
                ]
        case .unknownModel(_, let model, let known):
            (nearestName(to: model, among: known).map { ["did you mean '\($0)'?"] } ?? [])
                + ["install it on one of them: ollama pull \(model)", "or leave `model` out: then each uses its own"]
        case .cycle: ["take one of these dependencies out"]
        case .empty, .unreadable: [Self.example]
        case .noServers, .duplicateTask, .tooLarge, .badValue, .badSuccess, .onlyExplained: []
        }
    }
}
