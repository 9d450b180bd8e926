import Diagnostics
import Git

/// A change as models read it: every line with its number, `+` before added ones, removed lines without a number; around
/// each change the function that holds it where that is small, else ten lines. A new file has no marks: every line would have one, and
/// small models take it for a part of the code.
struct ChangeContext {
    /// Lines shown before and after a change.
    static let around = 10
    /// The most lines of a function that is shown whole.
    static let smallFunction = 40
    /// A larger file isn't cut into functions.
    private static let mostBytes = 256 << 10

    let change: FileChange
    /// The newer side; without it only what the comparison brought is shown.
    let text: SourceText?

    /// Whether all of it is new.
    static func isNew(_ change: FileChange) -> Bool {
        [.added, .untracked].contains(change.status)
            && change.hunks.allSatisfy { $0.lines.allSatisfy { $0.kind == .added } }
    }

    /// - Parameter longest: the most bytes, about.
    func shown(longest: Int) -> String {
        var lines = ["Changes of \(change.path):"]
        var size = 0
        let isNew = Self.isNew(change)
        for piece in pieces() {
            lines.append("@@ \(sanitized(piece.section))")
            for line in piece.lines {
                let text = "\(line.number.map(String.init) ?? "-") |\(isNew ? " " : line.sign)\(sanitized(line.text))"
                size += text.utf8.count + 1
                guard size <= longest else {
                    lines.append("(the rest is left out: too long)")
                    return lines.joined(separator: "\n")
                }
                lines.append(text)
            }
        }
        return lines.joined(separator: "\n")
    }

    private struct Line {
        var number: Int?
        var sign: Character
        var text: String
    }

    private struct Piece {
        var section: String
        var lines: [Line]
    }

    private func pieces() -> [Piece] {
        let hunks = change.hunks.map { hunk in
            Piece(
                section: hunk.section,
                lines: hunk.lines.map {
                    Line(number: $0.newNumber, sign: Self.sign($0.kind), text: $0.text)
                })
        }
        guard let text, !text.bytes.isEmpty, change.status != .added, change.status != .untracked else { return hunks }
        return joined(text).map { piece($0.window, $0.hunks, text) }
    }

    private static func sign(_ kind: Hunk.Kind) -> Character {
        switch kind {
        case .added: "+"
        case .removed: "-"
        case .context: " "
        }
    }

    /// The lines that each hunk is shown with.
    private func reach(_ hunk: Hunk, _ text: SourceText, _ blocks: CodeBlocks?) -> ClosedRange<Int> {
        let touched = Evidence.changedLines(
            FileChange(status: .modified, oldPath: nil, newPath: change.path, hunks: [hunk]))
        let first = min(touched.map(\.lowerBound).min() ?? hunk.newStart, text.lineCount)
        let last = min(max(first, touched.map(\.upperBound).max() ?? first), text.lineCount)
        var window = max(1, first - Self.around)...min(text.lineCount, last + Self.around)
        for line in [first, last] {
            guard let block = blocks?.enclosingFunction(of: line), block.count <= Self.smallFunction else { continue }
            let upper = min(text.lineCount, max(block.upperBound, last))
            window = max(1, min(block.lowerBound, first))...max(upper, first)
        }
        // What the comparison itself brought is in it in any case.
        let hunkEnd = min(text.lineCount, max(hunk.newStart, hunk.newStart + hunk.newCount - 1))
        let hunkStart = max(1, min(hunk.newStart, text.lineCount))
        return min(window.lowerBound, hunkStart)...max(window.upperBound, hunkEnd)
    }

    /// The windows of all hunks, those that touch as one, and which hunks each holds.
    private func joined(_ text: SourceText) -> [(window: ClosedRange<Int>, hunks: [Hunk])] {
        let blocks =
            text.bytes.count <= Self.mostBytes ? CodeBlocks(TokenizedFile(path: change.path, text: text)) : nil
        var result: [(window: ClosedRange<Int>, hunks: [Hunk])] = []
        for hunk in change.hunks {
            let window = reach(hunk, text, blocks)
            if let last = result.last, window.lowerBound <= last.window.upperBound + 1 {
                let bounds =
                    min(last.window.lowerBound, window.lowerBound)...max(last.window.upperBound, window.upperBound)
                result[result.count - 1] = (bounds, last.hunks + [hunk])
            } else {
                result.append((window, [hunk]))
            }
        }
        return result
    }

    /// The window's lines with the hunks' marks, and the removed lines where they stood.
    private func piece(_ window: ClosedRange<Int>, _ hunks: [Hunk], _ text: SourceText) -> Piece {
        var lines: [Line] = []
        var next = window.lowerBound
        func context(upTo line: Int) {
            while next < line, next <= window.upperBound {
                lines.append(Line(number: next, sign: " ", text: text.line(next)))
                next += 1
            }
        }
        for hunk in hunks {
            context(upTo: hunk.newCount == 0 ? hunk.newStart + 1 : hunk.newStart)
            for line in hunk.lines {
                lines.append(Line(number: line.newNumber, sign: Self.sign(line.kind), text: line.text))
                if let number = line.newNumber { next = number + 1 }
            }
        }
        context(upTo: window.upperBound + 1)
        return Piece(section: hunks.first?.section ?? "", lines: lines)
    }
}
