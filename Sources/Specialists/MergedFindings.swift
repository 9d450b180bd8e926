import Orchestration

extension Findings {
    /// A finding with everybody who reported it.
    public struct Merged: Sendable, Equatable {
        /// The finding, in the words of the first who reported it, with the worst severity that anybody gave it.
        public var finding: Finding
        /// The specialists who reported it.
        public var sources: [String]

        /// Creates a merged finding.
        public init(finding: Finding, sources: [String]) {
            self.finding = finding
            self.sources = sources
        }
    }

    /// Merges several analysts' findings by place and meaning: same file, lines at most two apart, and either the same
    /// evidence or messages that share most of their words. The worst first.
    ///
    /// A finding is compared with at most 32 others of each line nearby; what lies beyond stays a finding of its own.
    public static func merge(_ reports: [(source: String, findings: [Finding])]) -> [Merged] {
        var merged: [Merged] = []
        var keys: [Key] = []
        var byLine: [String: [Int: [Int]]] = [:]
        for report in reports {
            for finding in report.findings {
                let key = Key(finding)
                let nearby = (-2...2).flatMap { byLine[finding.file]?[key.line + $0]?.prefix(mostCompared) ?? [] }
                if let index = nearby.sorted().first(where: { keys[$0].isSame(as: key) }) {
                    merged[index].finding.severity = min(merged[index].finding.severity, finding.severity)
                    if merged[index].finding.suggestion.isEmpty {
                        merged[index].finding.suggestion = finding.suggestion
                    }
                    if !merged[index].sources.contains(report.source) { merged[index].sources.append(report.source) }
                } else {
                    byLine[finding.file, default: [:]][key.line, default: []].append(merged.count)
                    keys.append(key)
                    merged.append(Merged(finding: finding, sources: [report.source]))
                }
            }
        }
        return merged.enumerated().sorted {
            let (a, b) = ($0.element, $1.element)
            if a.finding.severity != b.finding.severity { return a.finding.severity < b.finding.severity }
            return a.sources.count != b.sources.count ? a.sources.count > b.sources.count : $0.offset < $1.offset
        }.map(\.element)
    }

    /// Merges a plan's results for `merge-all` where some of them are analysts' findings: one list of all findings, each with
    /// its sources, and then the other results. For ``/Orchestration/OrchestratorOptions/merge``.
    ///
    /// - Returns: nil when no result has a finding, or says that there is none.
    public static func merging(_ results: [TaskResult]) -> String? {
        var reports: [(source: String, findings: [Finding])] = []
        var others: [TaskResult] = []
        for result in results {
            // A report that quotes findings in its prose is one text: only a reply that is findings alone is taken apart.
            guard let text = result.text, text.looksLikeJSON, let findings = Findings(reply: text) else {
                others.append(result)
                continue
            }
            reports.append((result.task.specialist, findings.findings))
        }
        guard !reports.isEmpty else { return nil }
        let lines = merge(reports).map { entry in
            let finding = entry.finding
            let place = finding.file + (finding.line.map { ":\($0)" } ?? "")
            let suggestion = finding.suggestion.isEmpty ? "" : " \(finding.suggestion)"
            return "- \(place.isEmpty ? "" : "\(place): ")\(finding.severity.rawValue): \(finding.message)"
                + "\(suggestion) (\(entry.sources.joined(separator: ", ")))"
        }
        let list = lines.isEmpty ? "Nothing was found." : lines.joined(separator: "\n")
        let rest = others.isEmpty ? "" : "\n\n" + Synthesis.make(.mergeAll, of: others).text
        return "## Findings\n\n\(list)\(rest)"
    }

    /// Nil when the reply isn't findings: it has none, and isn't an empty list of them either.
    private init?(reply: String) {
        self.init(reply)
        guard !findings.isEmpty || dropped.isEmpty else { return nil }
    }

    private static let mostCompared = 32

    /// What of a finding is compared.
    private struct Key {
        var line: Int
        private var evidence: String
        private var words: Set<String>

        private static let fillers: Set<String> = [
            "the", "a", "an", "is", "in", "of", "on", "at", "to", "and", "line",
        ]

        init(_ finding: Finding) {
            line = min(finding.line ?? 0, .max - 2)
            evidence = finding.evidence.filter { !$0.isWhitespace }
            let all = finding.message.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
            words = Set(all.map(String.init)).subtracting(Self.fillers)
        }

        func isSame(as other: Key) -> Bool {
            if !evidence.isEmpty, evidence == other.evidence, line == other.line { return true }
            guard !words.isEmpty, !other.words.isEmpty else { return false }
            let shared = Double(words.intersection(other.words).count)
            return shared >= 0.6 * Double(min(words.count, other.words.count))
        }
    }
}

extension String {
    /// Whether it is JSON, fenced or not, with at most one line before it that announces it.
    fileprivate var looksLikeJSON: Bool {
        var text = drop(while: \.isWhitespace)
        if let first = text.first, !"{[`".contains(first) {
            let line = text.prefix { !$0.isNewline }
            guard line.utf8.count <= 200, line.last == ":" else { return false }
            text = text.dropFirst(line.count).drop(while: \.isWhitespace)
        }
        text = text.drop { $0 == "`" }
        if text.hasPrefix("json") { text = text.dropFirst(4) }
        let start = text.drop(while: \.isWhitespace).first
        return start == "{" || start == "["
    }
}
