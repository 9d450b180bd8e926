import Specialists

/// Which findings are shown and count, and which were set aside by somebody's wish.
package struct FindingFilter: Sendable {
    /// Below this stands what only one model of several says, and what names nothing that goes wrong.
    package static let usualConfidence = 0.2
    /// The least confidence, 0 to 1, of what models say; what tools say has none, and stays.
    package var minConfidence: Double
    /// The fingerprints of what is known already.
    package var baseline: Set<String>
    /// A short text of fixed length that stands for a longer one.
    package var digest: @Sendable (String) -> String

    package init(minConfidence: Double = 0, baseline: Set<String> = [], digest: @escaping @Sendable (String) -> String)
    {
        self.minConfidence = minConfidence
        self.baseline = baseline
        self.digest = digest
    }

    /// The findings in their order, each with its fingerprint and with why it was set aside.
    package func judged(_ findings: [Analyze.Reported]) -> [JudgedFinding] {
        zip(findings, FindingIdentity.texts(of: findings)).map { reported, identity in
            let fingerprint = digest(identity)
            return JudgedFinding(
                reported: reported, fingerprint: fingerprint, setAside: reason(reported, fingerprint))
        }
    }

    private func reason(_ reported: Analyze.Reported, _ fingerprint: String) -> JudgedFinding.SetAside? {
        if let excerpt = reported.excerpt,
            let comment = IgnoreComment.holding(for: reported.named, excerpt)
        {
            return .ignored(reason: comment.reason)
        }
        if baseline.contains(fingerprint) { return .baseline }
        if let confidence = reported.confidence, confidence.value < minConfidence { return .confidence }
        return nil
    }
}

/// A finding, what it is known by from run to run, and why it was set aside.
package struct JudgedFinding: Sendable, Equatable {
    /// Why a finding neither shows nor counts.
    package enum SetAside: Sendable, Equatable {
        /// A comment beside it asks for that, maybe with a reason.
        case ignored(reason: String?)
        /// It was there when the baseline was written.
        case baseline
        /// Too little speaks for it.
        case confidence
    }

    package var reported: Analyze.Reported
    package var fingerprint: String
    /// Nil for what is shown and counts.
    package var setAside: SetAside?

    package init(reported: Analyze.Reported, fingerprint: String, setAside: SetAside? = nil) {
        self.reported = reported
        self.fingerprint = fingerprint
        self.setAside = setAside
    }
}

extension Analyze.Reported {
    /// The rule that it belongs to: its own; else `model/review` for a model's, `tool/NAME` for a tool's.
    package var ruleID: String {
        if let rule = finding.rule {
            let plain = Self.plain(rule, keeping: "/._")
            if !plain.isEmpty { return plain }
        }
        if confidence != nil { return "model/review" }
        return "tool/\(Self.plain(sources.first ?? "unnamed", keeping: "._"))"
    }

    /// The finding with its rule's name.
    var named: Finding {
        var finding = finding
        finding.rule = ruleID
        return finding
    }

    private static func plain(_ text: String, keeping others: String) -> String {
        let kept = text.prefix(100).map { character in
            character.isASCII && (character.isLetter || character.isNumber) || others.contains(character)
                ? character : "-"
        }
        return String(kept).lowercased()
    }
}

/// What a finding is known by when the code around it moves: its file, its rule, what its line says, and how many like it
/// come before.
enum FindingIdentity {
    /// A text for each finding. Equal ones never are in one list; white space doesn't matter, and line numbers don't.
    ///
    /// A finding without a line is known by its message: there is nothing else to it.
    static func texts(of findings: [Analyze.Reported]) -> [String] {
        var seen: [String: Int] = [:]
        return findings.map { reported in
            let finding = reported.finding
            // Of a secret, what was made unreadable: a short one could be guessed from a digest.
            let isSecret = reported.ruleID.hasPrefix("secret") && !finding.evidence.isEmpty
            let line = isSecret ? finding.evidence : reported.excerpt?.text ?? finding.evidence
            let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let parts = [finding.file, reported.ruleID, words.isEmpty ? "\u{0}" + finding.message : words]
            let identity = parts.joined(separator: "\u{0}")
            let count = seen[identity, default: 0]
            seen[identity] = count + 1
            return "\(identity)\u{0}\(count)"
        }
    }
}
