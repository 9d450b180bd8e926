import Events
import History

/// A patch, file by file. Added and removed lines differ by their sign, not only by their colour.
struct PatchView {
    /// The most lines that are shown.
    static let mostLines = 3000
    private static let longestLine = 1000

    struct File: Equatable {
        var name: String
        var added = 0
        var removed = 0
        var lines: [Substring] = []
    }

    let files: [File]
    /// Lines that aren't shown.
    let left: Int

    init(_ text: String) {
        var files: [File] = []
        var shown = 0
        var left = 0
        var isInHunk = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("diff --git ") {
                files.append(File(name: Self.name(in: line)))
                isInHunk = false
            }
            guard !files.isEmpty else { continue }
            if line.hasPrefix("@@") { isInHunk = true }
            if isInHunk, line.hasPrefix("+") { files[files.count - 1].added += 1 }
            if isInHunk, line.hasPrefix("-") { files[files.count - 1].removed += 1 }
            guard shown < Self.mostLines else {
                left += 1
                continue
            }
            shown += 1
            files[files.count - 1].lines.append(line)
        }
        while files.last?.lines.last == "" { files[files.count - 1].lines.removeLast() }
        self.files = files
        self.left = left
    }

    /// The new name of `diff --git a/old b/new`, quotes and all.
    private static func name(in line: Substring) -> String {
        let rest = line.dropFirst("diff --git ".count)
        guard let cut = rest.ranges(of: rest.hasPrefix("\"") ? "\" \"b/" : " b/").last else { return String(rest) }
        let name = rest[cut.upperBound...]
        return String(rest.hasPrefix("\"") ? name.dropLast() : name)
    }

    var drawing: HTML {
        let shown = files.enumerated().map { index, file -> HTML in
            let head = file.lines.firstIndex { $0.hasPrefix("@@") } ?? file.lines.endIndex
            let lines = file.lines.enumerated().map { line($0.element, isHead: $0.offset < head) }
            return """
                <details class="file" id="file-\(index)" open><summary><code>\(file.name)</code> \
                <span class="added">+\(file.added)</span> <span class="removed">-\(file.removed)</span></summary>\
                <pre class="diff" tabindex="0" role="region" aria-label="Changes in \(file.name)">\(lines)</pre>\
                </details>
                """
        }
        let rest: HTML = left > 0 ? "<p>\(counted(left, "more line")) of the patch: see its branch.</p>" : ""
        return "\(shown)\(rest)"
    }

    private func line(_ line: Substring, isHead: Bool) -> HTML {
        let text = shortened(String(line), to: Self.longestLine)
        let look =
            switch line.first {
            case _ where isHead: "about"
            case "+": "added"
            case "-": "removed"
            case "@": "hunk"
            case " ": "same"
            default: "about"
            }
        return "<span class=\"\(look)\">\(text)\n</span>"
    }
}
