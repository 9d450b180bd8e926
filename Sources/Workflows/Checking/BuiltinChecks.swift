import Specialists

/// The specialists that need no model.
package struct BuiltinChecks: Sendable {
    /// How they are called where a finding's source is told.
    package static let name = "built-in checks"
    /// The most notes of one rule for one file, and the most of what is worse; the last says how many more there are.
    package static let mostNotes = 50
    package static let mostErrors = 200

    /// Look at every file.
    private let always: [any BuiltinSpecialist]
    /// Look at what people write: not at what a tool made.
    private let written: [any BuiltinSpecialist]
    private let generated = GeneratedFiles()
    /// The programs that parse; nil leaves syntax unchecked.
    package var tools: SyntaxTools?

    /// - Parameters:
    ///   - secrets: what in a line is a secret.
    ///   - yaml: what is wrong with a YAML text; nil leaves YAML unchecked.
    package init(
        secrets: @escaping SecretsInChanges.Detector = SecretsInChanges.scanned, yaml: DataFiles.YAMLReader? = nil,
        tools: SyntaxTools? = nil, largest: Int = 1 << 20
    ) {
        always = [SecretsInChanges(secrets), LargeFiles(limit: largest)]
        written = [
            ConflictMarkers(), WhitespaceErrors(), MixedIndentation(), DataFiles(yaml: yaml), DebuggingLeftovers(),
        ]
        self.tools = tools
    }

    package struct Outcome: Sendable {
        package var findings: [Finding]
        /// How long other programs took, in seconds by the clock.
        package var toolSeconds: Double
        /// What couldn't be looked at, a line each.
        package var failures: [String]
        /// The files that a program has parsed to their end.
        package var parsed: Set<String> = []
    }

    /// Everything that can be told of some files.
    ///
    /// - Parameter names: the names in the folders of new paths, for `CaseCollisions`.
    package func run(_ files: [ChangedFile], names: [String: [String]]) async throws -> Outcome {
        let own = findings(in: files, names: names)
        // What a tool made, or what has a conflict in it, needn't parse.
        let settled = Set(
            own.filter { ["file/generated", "file/leftover", "file/binary", "conflict/marker"].contains($0.rule) }
                .map(\.file))
        guard let tools else { return Outcome(findings: own, toolSeconds: 0, failures: []) }
        let outcome = try await tools.check(files.filter { !settled.contains($0.path) })
        var failures = outcome.outOfTime.prefix(5).map { "\(Self.name), \($0): it couldn't be parsed in time" }
        if outcome.outOfTime.count > 5 {
            failures.append("\(Self.name): \(outcome.outOfTime.count - 5) more files couldn't be parsed in time")
        }
        if let problem = outcome.problem { failures.append("\(Self.name): \(problem)") }
        return Outcome(
            findings: own + outcome.findings, toolSeconds: outcome.seconds, failures: failures, parsed: outcome.sound)
    }

    /// What can be told without running anything.
    package func findings(in files: [ChangedFile], names: [String: [String]]) -> [Finding] {
        var result: [Finding] = []
        var folders: [String: Int] = [:]
        var more: [Int: Int] = [:]
        for file in files where file.change.newPath != nil && !Task.isCancelled {
            result += Self.bounded(always.flatMap { $0.findings(in: file) })
            if let made = generated.findings(in: file).first {
                // One finding for a folder of a thousand files.
                let key = made.message.contains("/ is made by") ? made.message : ""
                if let first = folders[key], !key.isEmpty {
                    more[first, default: 0] += 1
                } else {
                    folders[key] = result.count
                    result.append(made)
                }
                continue
            }
            let found = written.flatMap { $0.findings(in: file) }
            let isInConflict = found.contains { $0.rule == "conflict/marker" }
            result += Self.bounded(found.filter { !isInConflict || $0.rule?.hasPrefix("syntax/") != true })
        }
        for (index, count) in more { result[index].message += " (and \(count) more files in it)" }
        let added = files.filter { $0.isNew || $0.change.status == .renamed }.map(\.path)
        return result + CaseCollisions.findings(added: added, names: names)
    }

    private static func bounded(_ findings: [Finding]) -> [Finding] {
        var counts: [String?: Int] = [:]
        for finding in findings { counts[finding.rule, default: 0] += 1 }
        var seen: [String?: Int] = [:]
        return findings.compactMap { finding in
            let most = finding.severity == .note ? mostNotes : mostErrors
            guard let count = counts[finding.rule], count > most else { return finding }
            seen[finding.rule, default: 0] += 1
            guard let number = seen[finding.rule], number <= most else { return nil }
            var last = finding
            if number == most { last.message += " (and in \(count - most) more lines)" }
            return last
        }
    }
}
