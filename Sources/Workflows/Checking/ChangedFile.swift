import Git
import Specialists

/// A changed file as the built-in specialists see it: values only, so that what they say depends on nothing else.
package struct ChangedFile: Sendable {
    package var change: FileChange
    /// The newer side's content; nil when it is binary, very large, deleted, a link or a submodule.
    package var text: SourceText?
    /// The first bytes of a binary file; empty where they weren't read.
    package var start: [UInt8]
    /// What git takes for a white space error in this file.
    package var whitespace: WhitespaceRule
    /// How many characters git's conflict markers have in this file.
    package var markerSize: Int
    /// Whether git stores something else in its place (Git LFS).
    package var isStoredElsewhere: Bool

    package init(
        _ change: FileChange, text: SourceText? = nil, start: [UInt8] = [],
        whitespace: WhitespaceRule = WhitespaceRule(), markerSize: Int = ConflictMarkers.usualSize,
        isStoredElsewhere: Bool = false
    ) {
        self.change = change
        self.text = text
        self.start = start
        self.whitespace = whitespace
        self.markerSize = markerSize
        self.isStoredElsewhere = isStoredElsewhere
    }

    package var path: String { change.path }
    /// The last part of the path.
    var name: String { change.path.split(separator: "/").last.map(String.init) ?? change.path }
    /// What follows the name's last dot, in lower case; empty when there is none.
    var ending: String {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
    /// The first bytes, where the content is binary.
    var beginning: [UInt8] { text.map { $0.isText ? [] : Array($0.bytes.prefix(4_096)) } ?? start }
    /// Whether the repository didn't have it.
    var isNew: Bool { change.status == .added || change.status == .untracked }
    /// Whether it is there now, and a file.
    var isFile: Bool { change.newPath != nil && change.newMode?.isFile != false }
    /// The added lines, with their numbers.
    var added: [(number: Int, text: String)] {
        guard !change.isBinary else { return [] }
        return change.hunks.flatMap { hunk in
            hunk.lines.compactMap { line in
                line.kind == .added ? line.newNumber.map { ($0, line.text) } : nil
            }
        }
    }

    /// A finding in this file; the evidence is the line, bounded.
    func finding(
        _ rule: String, _ severity: Finding.Severity, line: Int? = nil, column: Int? = nil, _ message: String,
        evidence: String = "", suggestion: String = ""
    ) -> Finding {
        Finding(
            file: path, line: line, severity: severity, message: message, evidence: String(evidence.prefix(400)),
            suggestion: suggestion, rule: rule, column: column)
    }

    /// What the file was before, put together from what it is and what changed; nil when that isn't known.
    ///
    /// Removed lines that weren't UTF-8 have replacement characters.
    var previous: SourceText? {
        guard !isNew, let text else { return isNew ? SourceText([]) : nil }
        // Of a file that was emptied in the work tree nothing is told.
        if text.bytes.isEmpty, change.hunks.isEmpty { return nil }
        var bytes: [UInt8] = []
        var next = 1
        func copy(upTo line: Int) {
            guard next < line else { return }
            if let range = text.range(ofLines: next...(line - 1)) { bytes += text.bytes[range] }
            next = line
        }
        for hunk in change.hunks {
            // A hunk that adds nothing and has no context stands behind the line that it names.
            copy(upTo: hunk.newCount == 0 ? hunk.newStart + 1 : hunk.newStart)
            for line in hunk.lines where line.kind != .added {
                bytes += Array(line.text.utf8)
                if !line.lacksNewline { bytes.append(0x0A) }
            }
            next = hunk.newCount == 0 ? hunk.newStart + 1 : hunk.newStart + hunk.newCount
        }
        copy(upTo: text.lineCount + 1)
        return SourceText(bytes)
    }
}

/// What a built-in specialist is: it needs no model, and looks at one changed file.
package protocol BuiltinSpecialist: Sendable {
    /// What it has to say about a file, by line.
    func findings(in file: ChangedFile) -> [Finding]
}
