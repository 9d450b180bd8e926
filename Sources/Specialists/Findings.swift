import Orchestration

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One thing that an analyst reports.
public struct Finding: Codable, Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
        /// It breaks something.
        case error
        /// It may break something.
        case warning
        /// Worth knowing.
        case note

        /// The worst first.
        public static func < (a: Self, b: Self) -> Bool { a.order < b.order }
        private var order: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
    }

    /// The file as the analyst wrote it; empty when none was named.
    public var file: String
    /// The line, from 1; nil when none was named.
    public var line: Int?
    /// How bad it is.
    public var severity: Severity
    /// What is wrong.
    public var message: String
    /// Text of the material that shows it; check that it is really there.
    public var evidence: String
    /// How to mend it; may be empty.
    public var suggestion: String
    /// What was looked for, as `family/name` (`whitespace/trailing`); nil for what no rule describes.
    public var rule: String?
    /// Where in the line it begins, in characters from 1; nil when the whole line is meant.
    public var column: Int?

    /// Creates a finding.
    public init(
        file: String, line: Int?, severity: Severity, message: String, evidence: String = "", suggestion: String = "",
        rule: String? = nil, column: Int? = nil
    ) {
        self.file = file
        self.line = line
        self.severity = severity
        self.message = message
        self.evidence = evidence
        self.suggestion = suggestion
        self.rule = rule
        self.column = column
    }
}

/// An analyst's reply, read tolerantly: fences, prose around the JSON, JSON lines and trailing commas are taken.
public struct Findings: Sendable, Equatable {
    /// What was found, in the reply's order.
    public var findings: [Finding]
    /// What looked like a finding and wasn't taken, and why; a line each.
    public var dropped: [String]

    /// The schema that analysts' replies follow.
    public static let schema = """
        {"type":"object","properties":{"findings":{"type":"array","maxItems":10,"items":{"type":"object","properties":{\
        "file":{"type":"string"},"line":{"type":"integer"},"severity":{"type":"string","enum":["error","warning","note"]},\
        "message":{"type":"string"},"evidence":{"type":"string"},"suggestion":{"type":"string"}},\
        "required":["file","line","severity","message","evidence","suggestion"]}}},"required":["findings"]}
        """
    /// The most findings of one reply.
    public static let mostFindings = 100
    /// The most bytes of a reply that are read.
    public static let mostBytes = 1 << 20
    private static let mostTextBytes = 2_000

    /// Reads a reply. Never fails: a reply without findings has none, and says in `dropped` when it wasn't JSON at all.
    public init(_ reply: String) {
        findings = []
        dropped = []
        var text = reply
        if reply.utf8.count > Self.mostBytes {
            text = String(decoding: reply.utf8.prefix(Self.mostBytes), as: UTF8.self)
            dropped.append("the reply's end: it has \(reply.utf8.count) bytes")
        }
        let values = LooseJSON.values(in: text, atMost: Self.mostFindings * 2)
        guard !values.isEmpty else {
            dropped.append("the whole reply: there is no JSON in it")
            return
        }
        for value in values { take(value, depth: 0) }
    }

    private mutating func take(_ value: LooseJSON.Value, depth: Int) {
        guard depth < 4 else { return }
        switch value {
        case .array(let items):
            for item in items { take(item, depth: depth + 1) }
        case .object(let fields):
            let lists = ["findings", "issues", "results", "errors", "problems"]
            if let list = lists.lazy.compactMap({ fields[$0] }).first(where: { $0.isArray }) {
                take(list, depth: depth + 1)
            } else {
                add(fields)
            }
        default:
            break
        }
    }

    private mutating func add(_ fields: [String: LooseJSON.Value]) {
        guard findings.count < Self.mostFindings else {
            if dropped.last?.hasPrefix("more than") != true {
                dropped.append("more than \(Self.mostFindings) findings: the rest")
            }
            return
        }
        func text(_ names: String...) -> String {
            for name in names { if let text = fields[name]?.text, !text.isEmpty { return Self.bounded(text) } }
            return ""
        }
        let title = text("title")
        let body = text("message", "description", "issue", "problem")
        let message = body.isEmpty ? title : body
        guard !message.isEmpty else {
            dropped.append(
                "an object without a message (keys: \(fields.keys.sorted().prefix(8).joined(separator: ", ")))")
            return
        }
        let line = (fields["line"] ?? fields["line_number"])?.number
        findings.append(
            Finding(
                file: text("file", "path", "filename"), line: line.flatMap { $0 > 0 ? $0 : nil },
                severity: Self.severity(text("severity", "level")), message: message,
                evidence: text("evidence", "code", "snippet"), suggestion: text("suggestion", "fix", "recommendation")))
    }

    private static func severity(_ word: String) -> Finding.Severity {
        switch word.lowercased() {
        case "error", "critical", "high", "fatal", "blocker": .error
        case "note", "info", "low", "hint", "minor": .note
        default: .warning
        }
    }

    private static func bounded(_ text: String) -> String {
        let clean = text.unicodeScalars.filter { $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control }
        let whole = String(String.UnicodeScalarView(clean))
        return whole.utf8.count <= mostTextBytes
            ? whole : String(decoding: whole.utf8.prefix(mostTextBytes), as: UTF8.self) + "…"
    }
}
