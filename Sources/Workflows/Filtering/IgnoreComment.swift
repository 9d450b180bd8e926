import Specialists

/// What a comment in the code says about findings: `teamfix:ignore [rule[, rule]] [-- reason]`.
package struct IgnoreComment: Sendable, Equatable {
    /// The rules, or families of rules, that are meant; empty for all.
    package var rules: [String]
    /// Why, in the author's words.
    package var reason: String?

    private static let marker = "teamfix:ignore"
    private static let longestReason = 300

    /// The comment that holds for a finding: on its own line, or on the line above when nothing else stands there.
    package static func holding(for finding: Finding, _ excerpt: Excerpt) -> IgnoreComment? {
        // Nearly no line has one; looking for it is cheaper than reading the line.
        let syntax = CommentSyntax(file: finding.file)
        if let comment = read(excerpt.text, syntax, alone: false), comment.covers(finding.rule) { return comment }
        if let above = excerpt.above, let comment = read(above, syntax, alone: true), comment.covers(finding.rule) {
            return comment
        }
        return nil
    }

    /// Whether a rule is meant, by its whole name or its family; a finding without a rule is meant by no name but `model`.
    package func covers(_ rule: String?) -> Bool {
        if rules.isEmpty { return true }
        let rule = (rule ?? "model/review").lowercased()
        return rules.contains { $0.lowercased() == rule || rule.hasPrefix($0.lowercased() + "/") }
    }

    private static func read(_ line: String, _ syntax: CommentSyntax, alone: Bool) -> IgnoreComment? {
        guard line.contains(marker), let comment = syntax.comment(in: line), !alone || comment.isAlone else {
            return nil
        }
        return IgnoreComment(comment: comment.text)
    }

    /// Reads a comment's text; nil when it doesn't ask for anything, or asks in words that can't be read.
    package init?(comment: Substring) {
        guard let found = comment.firstRange(of: Self.marker) else { return nil }
        if let before = comment[..<found.lowerBound].last,
            before.isLetter || before.isNumber || "_-:/.".contains(before)
        {
            return nil
        }
        var rest = comment[found.upperBound...]
        if let next = rest.first, next.isLetter || next.isNumber || "_-:/.".contains(next) { return nil }
        for closer in ["*/", "-->", "*)", "-}", "}}", "#}", "]]"] {
            if let close = rest.firstRange(of: closer) { rest = rest[..<close.lowerBound] }
        }
        if let dashes = rest.firstRange(of: "--") {
            let words = rest[dashes.upperBound...].trimmed
            reason = words.isEmpty ? nil : String(words.prefix(Self.longestReason))
            rest = rest[..<dashes.lowerBound]
        }
        let names = rest.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        rules = names == [""] ? [] : names.map(String.init)
        // A sentence in a rule's place means something that nobody can know: better too much is shown than too little.
        guard rules.allSatisfy(Self.isRule) else { return nil }
    }

    private static func isRule(_ name: String) -> Bool {
        !name.isEmpty && name.count <= 100
            && name.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./+".unicodeScalars.contains($0)
            }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
