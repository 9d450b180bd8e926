import Specialists

/// What can be told of a commit's message without a model. Pure.
package struct CommitMessageCheck: Sendable {
    /// The sign that begins a comment: `core.commentChar`; `auto` counts as `#`.
    package var comment: String
    /// What stands for the file in findings.
    package static let place = "commit message"
    /// The longest subject that git's own tools show whole.
    package static let longestSubject = 72

    package init(comment: String?) {
        self.comment = comment.flatMap { $0.isEmpty || $0 == "auto" ? nil : $0 } ?? "#"
    }

    private struct Line {
        var number: Int
        var text: String
    }

    /// The findings for the file that git hands to `commit-msg`, as it is before git cleans it up.
    package func findings(in text: String) -> [Finding] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { Line(number: $0.offset + 1, text: String($0.element)) }
        // What `commit --verbose` shows below its scissors isn't part of the message.
        if let scissors = lines.firstIndex(where: { $0.text.hasPrefix(comment) && $0.text.contains(">8 ----") }) {
            lines = Array(lines[..<scissors])
        }
        let hasTemplate = hasTemplate(lines)
        var result: [Finding] = []
        func add(_ line: Line?, _ severity: Finding.Severity, _ rule: String, _ message: String, _ advice: String) {
            result.append(
                Finding(
                    file: Self.place, line: line?.number, severity: severity, message: message,
                    evidence: line?.text ?? "", suggestion: advice, rule: "commit-message/" + rule))
        }
        // In an editor git drops comments; given with -m or -F they stay.
        let kept = hasTemplate ? lines.filter { !$0.text.hasPrefix(comment) } : lines
        for line in kept where Self.isConflictMarker(line.text) {
            add(line, .error, "conflict-marker", "A conflict marker was left in the message", "Remove it.")
        }
        if hasTemplate {
            let template = lines.lastIndex { !$0.text.hasPrefix(comment) && !$0.text.isBlank } ?? -1
            for (index, line) in lines.enumerated() where index <= template || template < 0 {
                guard line.text.hasPrefix(comment), Self.isReference(line.text.dropFirst(comment.count)) else {
                    continue
                }
                add(
                    line, .warning, "dropped-line", "Git takes this line for a comment and drops it",
                    "Put a word before the \(comment).")
            }
        } else if let line = kept.first(where: { $0.text.hasPrefix(comment + " ") && Self.isGitsOwn($0.text) }) {
            add(
                line, .warning, "comment", "A line of git's template was left in the message, and will be committed",
                "Remove the lines that begin with \(comment).")
        }
        guard let subject = kept.first(where: { !$0.text.isBlank }) else {
            add(nil, .error, "empty-subject", "The message is empty", "Say in a line what the commit does.")
            return result
        }
        if Self.isEmptySubject(subject.text) {
            add(
                subject, .error, "empty-subject", "The message has no subject",
                "Say in its first line what the commit does.")
        } else if subject.text.trimmed.count > Self.longestSubject {
            add(
                subject, .note, "long-subject",
                "The subject has \(subject.text.trimmed.count) characters; over \(Self.longestSubject) are cut in lists",
                "Move details below an empty line.")
        }
        if let next = kept.first(where: { $0.number == subject.number + 1 }), !next.text.isBlank {
            add(
                next, .note, "second-line", "The line below the subject isn't empty: git takes both for the subject",
                "Put an empty line between.")
        }
        return result
    }

    /// Git's template ends the file: comments, and at least two of them.
    private func hasTemplate(_ lines: [Line]) -> Bool {
        lines.reversed().drop { $0.text.isBlank }.prefix { $0.text.hasPrefix(comment) }.count >= 2
    }

    private static func isConflictMarker(_ text: String) -> Bool {
        ["<<<<<<< ", ">>>>>>> ", "||||||| "].contains { text.hasPrefix($0) }
    }

    /// `#123 …`: meant as a reference to an issue, not as a comment.
    private static func isReference(_ rest: Substring) -> Bool {
        rest.first.map { $0.isNumber || $0.isLetter } ?? false
    }

    private static func isGitsOwn(_ text: String) -> Bool {
        [
            "Please enter the commit message", "On branch ", "Changes to be committed", "Conflicts:",
            "Changes not staged",
        ]
        .contains { text.contains($0) }
    }

    /// Nothing but a prefix (`fix:`, `fixup!`), marks or a trailer.
    private static func isEmptySubject(_ text: String) -> Bool {
        let text = text.trimmed
        if !text.contains(where: { $0.isLetter || $0.isNumber }) { return !text.contains { $0.isSymbol } }
        if ["fixup!", "squash!", "amend!"].contains(text) { return true }
        if text.hasPrefix("Signed-off-by: ") || text.hasPrefix("Co-authored-by: ") { return true }
        return text.hasSuffix(":") && !text.contains(" ")
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
    fileprivate var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
