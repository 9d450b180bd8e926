import Specialists

/// White space errors in added lines, exactly where `git diff --check` sees them.
package struct WhitespaceErrors: BuiltinSpecialist {
    package init() {}

    /// A file in which so many lines end with a carriage return, and all of them do, is a file of that kind: one finding.
    private static let returnsOfAFile = 10

    package func findings(in file: ChangedFile) -> [Finding] {
        guard !file.change.isBinary, file.isFile else { return [] }
        let added = file.added
        var rule = file.whitespace
        var result: [Finding] = []
        if added.count > Self.returnsOfAFile, !rule.kinds.contains(.returnAtEnd), rule.kinds.contains(.blankAtEnd),
            let first = added.first, added.allSatisfy({ $0.text.utf8.last == 0x0D })
        {
            result.append(
                file.finding(
                    "whitespace/carriage-return", .note, line: first.number,
                    "\(added.count) lines end with a carriage return, which git takes for white space",
                    suggestion: "Convert the line endings, or write in .gitattributes: \(file.name) text eol=crlf"))
            rule.kinds.insert(.returnAtEnd)
        }
        for line in added {
            let bytes = Array(line.text.utf8)
            for error in rule.errors(in: bytes) {
                let column = String(decoding: bytes[..<error.offset], as: UTF8.self).count + 1
                let (name, message, suggestion) = Self.words(error.kind)
                result.append(
                    file.finding(
                        "whitespace/\(name)", .note, line: line.number, column: column, message, evidence: line.text,
                        suggestion: suggestion))
            }
        }
        if let text = file.text, let line = rule.newBlankLines(old: file.previous?.bytes ?? [], new: text.bytes) {
            result.append(
                file.finding(
                    "whitespace/blank-at-eof", .note, line: line, "Blank lines at the end of the file",
                    suggestion: "Remove them."))
        }
        return result
    }

    private static func words(_ kind: WhitespaceRule.Kinds) -> (name: String, message: String, suggestion: String) {
        switch kind {
        case .blankAtEnd: ("trailing", "White space at the end of the line", "Remove it.")
        case .spaceBeforeTab:
            ("space-before-tab", "A space before a tab in the indentation", "Indent with one of them.")
        case .tabInIndent: ("tab-in-indent", "A tab in the indentation", "Indent with spaces.")
        default: ("indent-with-non-tab", "Indented with spaces where tabs are asked for", "Indent with tabs.")
        }
    }
}
