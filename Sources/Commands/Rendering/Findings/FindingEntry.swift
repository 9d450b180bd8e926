import Events
import Orchestration
import Specialists
import Workflows

/// A finding as every output shows it.
package struct FindingEntry: Encodable, Sendable, Equatable {
    /// Why it was set aside, for programs.
    package struct SetAside: Encodable, Sendable, Equatable {
        package enum Reason: String, Encodable, Sendable {
            case ignored, baseline, confidence
        }
        package var by: Reason
        /// What the comment says that asks to ignore it.
        package var reason: String?
    }

    package var finding: Finding
    package var sources: [String]
    package var confidence: Confidence?
    package var claimedLine: Int?
    package var secondLook: String?
    package var fingerprint: String
    package var excerpt: Excerpt?
    package var setAside: SetAside?

    package init(_ judged: JudgedFinding) {
        let reported = judged.reported
        finding = reported.finding
        finding.rule = reported.ruleID
        sources = reported.sources
        confidence = reported.confidence
        claimedLine = reported.claimedLine
        secondLook = reported.secondLook
        fingerprint = judged.fingerprint
        excerpt = reported.excerpt
        setAside = judged.setAside.map {
            switch $0 {
            case .ignored(let reason): SetAside(by: .ignored, reason: reason)
            case .baseline: SetAside(by: .baseline)
            case .confidence: SetAside(by: .confidence)
            }
        }
    }

    /// The rule's id.
    var rule: String { finding.rule ?? "" }

    private var isSecret: Bool { ["secret", "secrets"].contains(rule.prefix { $0 != "/" }) }

    private var place: String { "\(finding.file)\u{0}\(finding.line ?? 0)" }
    private var placeAbove: String { "\(finding.file)\u{0}\((finding.line ?? 0) - 1)" }

    /// The findings, without the lines in which secrets were found: reports go into logs and uploads, which people see whom a
    /// secret isn't meant for. That holds for whatever else is wrong with such a line, too.
    static func withoutSecrets(_ entries: [FindingEntry]) -> [FindingEntry] {
        let lines = Set(entries.lazy.filter { $0.isSecret && $0.finding.line != nil }.map(\.place))
        return entries.map { entry in
            var entry = entry
            if lines.contains(entry.placeAbove) { entry.excerpt?.above = nil }
            guard entry.isSecret || lines.contains(entry.place) else { return entry }
            // Evidence that differs from the line has been made harmless by who wrote it.
            let isBare = entry.excerpt.map { $0.text.contains(entry.finding.evidence) } ?? true
            if isBare { entry.finding.evidence = "" }
            entry.excerpt = nil
            return entry
        }
    }
}

extension FindingEntry {
    /// What would mend it in its line, where that needs no judgement: characters from 1, the end exclusive, and the new text.
    var replacement: (columns: Range<Int>, text: String)? {
        guard let excerpt, excerpt.skipped == 0, rule.hasPrefix("whitespace/"),
            rule.contains("trailing") || rule.contains("blank-at-eol")
        else { return nil }
        let kept = excerpt.text.reversed().drop { $0 == " " || $0 == "\t" }.count
        let count = excerpt.text.count
        return kept < count ? (kept + 1..<count + 1, "") : nil
    }

    /// Where in the line it is, in characters from 1; nil where nobody knows more than the line.
    var columns: Range<Int>? {
        if let replacement { return replacement.columns }
        guard let column = finding.column, column >= 1, column < .max else { return nil }
        return column..<column + 1
    }

    /// A column of the line in another measure, from 1; nil when what is before it isn't there to be measured.
    func column(_ column: Int, measuring measure: (Substring) -> Int) -> Int? {
        guard let excerpt, excerpt.skipped == 0 else { return nil }
        let text = excerpt.text
        guard let index = text.index(text.startIndex, offsetBy: column - 1, limitedBy: text.endIndex) else {
            return measure(text[...]) + 1
        }
        return measure(text[..<index]) + 1
    }
}

/// How many findings there are of each kind, and how many were set aside.
package struct FindingCounts: Encodable, Sendable, Equatable {
    package var errors = 0
    package var warnings = 0
    package var notes = 0
    package var ignored = 0
    package var baseline = 0
    package var belowConfidence = 0

    package init(_ entries: [FindingEntry]) {
        for entry in entries {
            switch (entry.setAside?.by, entry.finding.severity) {
            case (.ignored, _): ignored += 1
            case (.baseline, _): baseline += 1
            case (.confidence, _): belowConfidence += 1
            case (nil, .error): errors += 1
            case (nil, .warning): warnings += 1
            case (nil, .note): notes += 1
            }
        }
    }

    /// `2 errors and 1 note`; `no findings`.
    var found: String {
        let parts = [(errors, "error"), (warnings, "warning"), (notes, "note")].filter { $0.0 > 0 }
            .map { counted($0.0, $0.1) }
        guard let last = parts.last else { return "no findings" }
        return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
    }

    /// `2 ignored, 3 in the baseline`; empty when nothing was set aside.
    var setAside: String {
        [(ignored, "ignored"), (baseline, "in the baseline"), (belowConfidence, "below --min-confidence")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
