import Diagnostics

/// A log's reading as a table that people can review: a line a diagnostic, its notes and fix-its indented, and the root
/// causes with their cascades below.
enum LogTable {
    static func text(_ log: BuildLog) -> String {
        var lines: [String] = []
        for diagnostic in log.diagnostics {
            lines.append(header(diagnostic))
            for note in diagnostic.notes {
                let text = note.message.split(separator: "\n", omittingEmptySubsequences: false).joined(
                    separator: "\n        ")
                lines.append("    note \(place(note.location)): \(text)")
            }
            for fixIt in diagnostic.fixIts {
                let span = "\(fixIt.startLine):\(fixIt.startColumn)-\(fixIt.endLine):\(fixIt.endColumn)"
                lines.append("    fix \(fixIt.file):\(span) \(quoted(fixIt.replacement))")
            }
        }
        for root in log.rootCauses {
            lines.append("root \(place(root.location)): \(first(root.diagnostic.message))")
            for cascade in root.cascades {
                lines.append("    then \(place(cascade.location)): \(first(cascade.message))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func header(_ diagnostic: Diagnostic) -> String {
        var words = "\(diagnostic.severity) \(place(diagnostic.location)) \(diagnostic.tool)"
        if let code = diagnostic.code { words += " [\(code)]" }
        if let test = diagnostic.test { words += " {\(test)}" }
        let lines = diagnostic.logLines
        words += " @\(lines.lowerBound)" + (lines.count > 1 ? "-\(lines.upperBound)" : "")
        return words + ": " + diagnostic.message.split(separator: "\n").joined(separator: "\n        ")
    }

    static func place(_ location: SourceLocation?) -> String {
        guard let location else { return "-" }
        return ([location.file] + [location.line, location.column].compactMap { $0.map(String.init) })
            .joined(separator: ":")
    }

    private static func first(_ message: String) -> Substring {
        message.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\"", with: "\\\"") + "\""
    }
}
