#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension OrchestrationPlan {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case problem, pattern, tasks, waves, synthesis, success, base, planner
    }

    /// Reads a plan as people write it: `problem` and either `tasks` or `waves` (a list of lists of tasks, or of objects
    /// with `tasks`) are needed. Unknown keys are errors.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let problem = try values.decode(String.self, forKey: .problem)
        let synthesis = try values.decodeIfPresent(SynthesisStrategy.self, forKey: .synthesis) ?? .mergeAll
        let success = try values.decodeIfPresent(SuccessCriterion.self, forKey: .success) ?? .allTasksComplete
        if values.contains(.waves) {
            guard !values.contains(.tasks) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .waves, in: values, debugDescription: "a plan has either 'tasks' or 'waves', not both")
            }
            let waves = try values.decode([WrittenWave].self, forKey: .waves)
            self.init(
                problem: problem,
                waves: waves.enumerated().map { ExecutionWave(number: $0.offset + 1, tasks: $0.element.tasks) },
                synthesis: synthesis, success: success)
        } else {
            self.init(
                problem: problem, tasks: try values.decode([TeamTask].self, forKey: .tasks), synthesis: synthesis,
                success: success)
        }
        pattern = try values.decodeIfPresent(Pattern.self, forKey: .pattern) ?? .parallelAnalysis
        base = try values.decodeIfPresent(String.self, forKey: .base)
        planner = try values.decodeIfPresent(PlanOrigin.self, forKey: .planner)
    }

    /// Writes the canonical form: tasks with their dependencies, never waves.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(problem, forKey: .problem)
        try values.encode(pattern, forKey: .pattern)
        try values.encode(tasks, forKey: .tasks)
        try values.encode(synthesis, forKey: .synthesis)
        try values.encode(success, forKey: .success)
        try values.encodeIfPresent(base, forKey: .base)
        try values.encodeIfPresent(planner, forKey: .planner)
    }

    /// The plan as canonical JSON: sorted keys, indented.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads a plan's JSON.
    ///
    /// - Throws: ``PlanError/unreadable(_:)`` with the place and what is wrong there, ``PlanError/tooLarge(_:)`` for more
    ///   than ``PlanLimits/jsonBytes``.
    public init(json: String) throws(PlanError) {
        guard json.utf8.count <= PlanLimits.jsonBytes else {
            throw .tooLarge("its JSON has \(json.utf8.count) bytes; at most \(PlanLimits.jsonBytes) are read")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        } catch {
            throw .unreadable(Self.words(for: error))
        }
    }

    private static func words(for error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        let (context, extra): (DecodingError.Context, String) =
            switch error {
            case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context): (context, context.debugDescription)
            case .dataCorrupted(let context): (context, context.debugDescription)
            @unknown default: (.init(codingPath: [], debugDescription: ""), "\(error)")
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        let cause = context.underlyingError.map { ": \($0)" } ?? ""
        return (path.isEmpty ? "" : "at \(path.drop { $0 == "." }): ") + extra + cause
    }
}

/// A wave in a file: a list of tasks, or an object with one.
private struct WrittenWave: Decodable {
    let tasks: [TeamTask]
    private enum CodingKeys: String, CodingKey, CaseIterable { case number, tasks }

    init(from decoder: any Decoder) throws {
        if let list = try? decoder.unkeyedContainer(), list.count != nil {
            tasks = try decoder.singleValueContainer().decode([TeamTask].self)
        } else {
            try decoder.refuseUnknownKeys(CodingKeys.self)
            tasks = try decoder.container(keyedBy: CodingKeys.self).decode([TeamTask].self, forKey: .tasks)
        }
    }
}

extension SynthesisStrategy {
    /// The name that plans and events use: `merge-all`, `use-first-result`, `consensus`, `custom:NAME`.
    public var name: String {
        switch self {
        case .mergeAll: "merge-all"
        case .useFirstResult: "use-first-result"
        case .consensus: "consensus"
        case .custom(let specialist): "custom:\(specialist)"
        }
    }

    /// Reads a name; `_` and `-` are the same. Nil when it is none of them.
    public init?(name: String) {
        switch PlainName.split(name) {
        case ("merge-all", nil): self = .mergeAll
        case ("use-first-result", nil): self = .useFirstResult
        case ("consensus", nil): self = .consensus
        case ("custom", let specialist?) where !specialist.isEmpty: self = .custom(specialist: specialist)
        default: return nil
        }
    }

    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(name: text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' isn't one of: merge-all, use-first-result, consensus, custom:SPECIALIST")
        }
        self = value
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

extension SuccessCriterion {
    /// The name that plans use: `all-tasks-complete`, `any-task-complete`, `quorum:N`, `verified`.
    public var name: String {
        switch self {
        case .allTasksComplete: "all-tasks-complete"
        case .anyTaskComplete: "any-task-complete"
        case .quorum(let count): "quorum:\(count)"
        case .verified: "verified"
        }
    }

    /// Reads a name; `_` and `-` are the same. Nil when it is none of them.
    public init?(name: String) {
        switch PlainName.split(name) {
        case ("all-tasks-complete", nil): self = .allTasksComplete
        case ("any-task-complete", nil): self = .anyTaskComplete
        case ("verified", nil): self = .verified
        case ("quorum", let count?):
            guard let count = Int(count), count > 0 else { return nil }
            self = .quorum(count)
        default: return nil
        }
    }

    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(name: text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' isn't one of: all-tasks-complete, any-task-complete, quorum:N, verified")
        }
        self = value
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
