import Diagnostics
import Workflows

/// A line of source code with its number, and below it what is meant, as compilers show it.
struct SourceSnippet {
    private struct Cell {
        var shown: String
        var width: Int
    }

    private static let tabStop = 4
    /// More marks than that on one character are meant to spoil the screen.
    private static let mostScalars = 16

    private var cells: [Cell] = []
    /// The cells that are meant; it may lie behind the last one.
    private var marked: Range<Int>
    private var skipped: Bool
    private var number: String
    private var style: Style

    /// - Parameter columns: what is meant, in characters from 1; nil for the whole line.
    init(_ excerpt: Excerpt, columns: Range<Int>?, style: Style) {
        self.style = style
        number = padded(String(excerpt.line), to: max(4, String(excerpt.line).count), alignRight: true)
        skipped = excerpt.skipped > 0
        var at = 0
        for character in excerpt.text {
            let cell = Self.cell(character, at: at, style)
            cells.append(cell)
            at += cell.width
        }
        if let columns {
            let start = min(max(0, columns.lowerBound - 1 - excerpt.skipped), cells.count)
            marked = start..<max(start + 1, min(columns.upperBound - 1 - excerpt.skipped, cells.count))
        } else {
            let first = excerpt.text.prefix { $0 == " " || $0 == "\t" }.count
            let last = excerpt.text.reversed().prefix { $0.isWhitespace }.count
            marked = first < cells.count ? first..<max(first + 1, cells.count - last) : 0..<1
        }
    }

    /// What is invisible, or moves the cursor, is shown as something: code that hides is what a reviewer has to see.
    private static func cell(_ character: Character, at: Int, _ style: Style) -> Cell {
        if character == "\t" {
            let width = tabStop - at % tabStop
            return Cell(shown: String(repeating: " ", count: width), width: width)
        }
        let text = String(character)
        let width = displayWidth(text)
        let isPlain = character.unicodeScalars.count <= mostScalars && width > 0 && sanitized(text) == text
        if isPlain, style.glyphs == .unicode || character.isASCII { return Cell(shown: text, width: width) }
        return isPlain
            ? Cell(shown: String(repeating: "?", count: width), width: width)
            : Cell(shown: style.glyphs == .unicode ? "\u{FFFD}" : "?", width: 1)
    }

    /// Two lines of at most `width` columns. A long line is cut around what is meant.
    func lines(width: Int, role: Style.Role) -> [String] {
        let room = max(8, width - number.count - 3)
        let starts = cells.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.width) }
        let total = starts.last ?? 0
        let from = starts[marked.lowerBound]
        // Two thirds of the room are for what comes before, as long as nothing behind is lost for that.
        let needed = max(total, from + 1)
        let low = needed <= room ? 0 : from < room * 2 / 3 ? 0 : min(from - room / 3, max(0, needed - room))
        let ellipsis = style.glyphs.ellipsis
        let mark = displayWidth(ellipsis)
        let cutsBefore = low > 0 || skipped
        let cutsAfter = total > low + room
        var text = ""
        var below = ""
        var begins = true
        if cutsBefore {
            text = ellipsis
            below = String(repeating: " ", count: mark)
        }
        let first = low + (low > 0 ? mark : 0)
        let last = low + room - (cutsAfter ? mark : 0) - (low == 0 && skipped ? mark : 0)
        var position = first
        for (index, cell) in cells.enumerated() where starts[index] >= first && starts[index + 1] <= last {
            // A wide character that stands across the edge leaves a gap.
            let gap = String(repeating: " ", count: starts[index] - position)
            text += gap + cell.shown
            below += gap
            position = starts[index + 1]
            if marked.contains(index), cell.width > 0 {
                below += (begins ? "^" : "~") + String(repeating: "~", count: cell.width - 1)
                begins = false
            } else {
                below += String(repeating: " ", count: cell.width)
            }
        }
        if cutsAfter { text += ellipsis }
        // Behind the line's end, where something is missing.
        if begins { below += "^" }
        while below.last == " " { below.removeLast() }
        while text.last == " " { text.removeLast() }
        let gutter = String(repeating: " ", count: number.count)
        return [
            style.apply(.faint, "\(number) |") + (text.isEmpty ? "" : " " + text),
            style.apply(.faint, "\(gutter) |") + " " + colored(below, role),
        ]
    }

    private func colored(_ below: String, _ role: Style.Role) -> String {
        let spaces = below.prefix { $0 == " " }
        return spaces + style.apply(role, String(below.dropFirst(spaces.count)))
    }
}
