import Git
import Specialists

/// What can be told of changed lines without a model: conflict markers, white space as git's own check sees it, mixed
/// indentation.
package struct LineChecks: Sendable {
    package init() {}

    /// Findings in the added lines of some changes.
    package func findings(in changes: [FileChange]) -> [Finding] {
        changes.flatMap { change in change.isBinary ? [] : findings(in: change) }
    }

    private func findings(in change: FileChange) -> [Finding] {
        let path = change.path
        var result: [Finding] = []
        if change.status == .conflicted {
            result.append(
                Finding(
                    file: path, line: nil, severity: .error, message: "The file has an unresolved conflict",
                    suggestion: "Resolve it and git add the file."))
        }
        for hunk in change.hunks {
            for line in hunk.lines where line.kind == .added {
                let text = line.text.hasSuffix("\r") ? String(line.text.dropLast()) : line.text
                func add(_ severity: Finding.Severity, _ message: String, _ suggestion: String) {
                    result.append(
                        Finding(
                            file: path, line: line.newNumber, severity: severity, message: message, evidence: line.text,
                            suggestion: suggestion))
                }
                if Self.isConflictMarker(text) {
                    add(
                        .error, "A conflict marker was left in the file", "Resolve the conflict and remove the markers."
                    )
                }
                if let last = text.last, last == " " || last == "\t" {
                    add(.note, "White space at the end of the line", "Remove it.")
                }
                let indentation = text.prefix { $0 == " " || $0 == "\t" }
                if let tab = indentation.lastIndex(of: "\t"), indentation[..<tab].contains(" ") {
                    add(.note, "A space before a tab in the indentation", "Indent with one of them.")
                }
            }
        }
        return result
    }

    /// `=======` alone underlines titles in many formats: only with a marker that names its side is it one of a conflict.
    static func isConflictMarker(_ text: String) -> Bool {
        ["<<<<<<< ", ">>>>>>> ", "||||||| "].contains { text.hasPrefix($0) }
    }
}
