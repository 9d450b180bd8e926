import Diagnostics
import Specialists

extension SARIFLog {
    /// The log of one review. What a comment or the baseline sets aside is in it as suppressed; what falls below
    /// `--min-confidence` isn't.
    init(_ view: AnalyzeView) {
        let entries = view.findings + view.setAside.filter { $0.setAside?.by != .confidence }
        let ids = Set(entries.map(\.rule)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        var levels: [String: Finding.Severity] = [:]
        for entry in entries { levels[entry.rule] = min(levels[entry.rule] ?? .note, entry.finding.severity) }
        // A specialist that failed leaves the result incomplete; when nobody answered, the run itself has failed.
        let nobodyAnswered = view.usedModels && view.statistics.tasks.total > 0 && view.statistics.tasks.succeeded == 0
        let notifications = view.failures.map {
            Notification(level: nobodyAnswered ? "error" : "warning", message: Self.message("no answer: \($0)"))
        }
        runs = [
            Run(
                tool: Tool(
                    driver: Driver(
                        version: teamfixVersion, semanticVersion: teamfixVersion,
                        shortDescription: Message(text: "Reviews what changed, with built-in checks and local models."),
                        rules: ids.map { Self.rule($0, levels[$0] ?? .note) })),
                automationDetails: AutomationDetails(
                    id: "teamfix/analyze/\(view.run)", description: Self.message("A review of \(view.subject)")),
                invocations: [
                    Invocation(
                        executionSuccessful: !nobodyAnswered, exitCode: view.exitCode,
                        toolExecutionNotifications: notifications)
                ],
                originalUriBaseIds: [
                    "%SRCROOT%": BaseLocation(description: Message(text: "The root of the repository's work tree."))
                ],
                results: entries.map { Self.result($0, ruleIndex: indices[$0.rule] ?? 0) },
                properties: Properties(
                    summary: view.summary, counts: view.counts, dropped: view.dropped, usedModels: view.usedModels))
        ]
    }

    private static func rule(_ id: String, _ level: Finding.Severity) -> Rule {
        let text = RuleText(rule: id)
        let quiet = "A comment `teamfix:ignore \(id)` on the line, or alone on the line above, sets a finding aside."
        return Rule(
            id: id, shortDescription: Message(text: text.title), fullDescription: Message(text: text.help),
            help: Message(
                text: "\(text.help)\n\(quiet.replacing("`", with: ""))", markdown: "\(text.help)\n\n\(quiet)"),
            defaultConfiguration: Rule.Configuration(level: level.rawValue),
            properties: Rule.Properties(tags: [String(id.prefix { $0 != "/" })]))
    }

    private static func result(_ entry: FindingEntry, ruleIndex: Int) -> Result {
        let finding = entry.finding
        let place = ArtifactLocation(uri: reference(finding.file))
        let suggestion = finding.suggestion.isEmpty ? nil : sanitized(finding.suggestion)
        var suppressions: [Suppression] = []
        switch entry.setAside?.by {
        case .ignored:
            suppressions = [Suppression(kind: "inSource", justification: entry.setAside?.reason.map(sanitized))]
        case .baseline: suppressions = [Suppression(kind: "external", justification: "It is in the baseline.")]
        case .confidence, nil: break
        }
        return Result(
            ruleId: entry.rule, ruleIndex: ruleIndex, level: finding.severity.rawValue,
            message: message([finding.message, finding.suggestion].filter { !$0.isEmpty }.joined(separator: "\n")),
            locations: [
                Location(
                    physicalLocation: Location.Physical(
                        artifactLocation: place, region: finding.line.map { region(entry, line: $0) }))
            ],
            partialFingerprints: ["teamfixFinding/v1": entry.fingerprint], suppressions: suppressions,
            fixes: fix(entry, place).map { [$0] },
            properties: Result.Properties(
                sources: entry.sources, confidence: entry.confidence?.value, suggestion: suggestion))
    }

    private static func region(_ entry: FindingEntry, line: Int) -> Region {
        let start = entry.columns.flatMap { entry.column($0.lowerBound, measuring: \.unicodeScalars.count) }
        let end = entry.replacement.flatMap { entry.column($0.columns.upperBound, measuring: \.unicodeScalars.count) }
        return Region(
            startLine: line, startColumn: start, endColumn: end,
            snippet: entry.excerpt.map { Region.Snippet(text: sanitized($0.text)) })
    }

    private static func fix(_ entry: FindingEntry, _ place: ArtifactLocation) -> Fix? {
        guard let replacement = entry.replacement, let line = entry.finding.line else { return nil }
        var region = region(entry, line: line)
        region.snippet = nil
        return Fix(
            description: message(entry.finding.suggestion.isEmpty ? "Remove it." : entry.finding.suggestion),
            artifactChanges: [
                Fix.Change(
                    artifactLocation: place,
                    replacements: [
                        Fix.Replacement(
                            deletedRegion: region, insertedContent: Region.Snippet(text: replacement.text))
                    ])
            ])
    }

    /// Outside text as a message; viewers would make links of what stands between brackets.
    private static func message(_ text: String) -> Message {
        Message(text: sanitized(text).replacing("](", with: "] ("))
    }

    /// A path as a relative reference: what isn't plain in a URI is written with its bytes.
    static func reference(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var result = String.UnicodeScalarView()
        for byte in path.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            if isPlain || "-._~/".unicodeScalars.contains(scalar) {
                result.append(scalar)
            } else {
                result.append(contentsOf: ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(result)
    }
}
