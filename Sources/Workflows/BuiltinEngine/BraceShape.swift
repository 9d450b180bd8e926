/// Where a brace is missing, as a file's indentation tells.
///
/// Compilers complain where they notice, which may be the end of the file. But people indent: the `}` that doesn't stand
/// where its `{` does shows which block was left open, or opened without its `{`. Where the indentation is no help,
/// nothing is said.
struct BraceShape: Sendable {
    private struct Opening {
        var index: Int
        var line: Int
        /// Where its `}` may stand.
        var least: Int
        var most: Int
        /// `namespace` and `extern "C"`: their contents aren't indented.
        var isTransparent: Bool
    }

    /// Where to insert a brace.
    struct Missing: Equatable {
        var offset: Int
        var text: String
    }

    let layout: Layout
    /// `{` without their `}`, less `}` without their `{`.
    private(set) var balance = 0
    /// The likeliest places of a missing `}`.
    private(set) var missingClosers: [Missing] = []
    /// The likeliest places of a missing `{`.
    private(set) var missingOpeners: [Missing] = []

    init(_ layout: Layout) {
        self.layout = layout
        let file = layout.file
        for token in layout.tokens {
            if file.is(token, "{") { balance += 1 } else if file.is(token, "}") { balance -= 1 }
        }
        if balance == 1 { findCloser() }
        if balance == -1 { findOpener() }
    }

    private func opening(_ index: Int) -> Opening {
        let start = layout.statementStart(of: index)
        let line = layout.lines[index]
        let own = layout.width(ofLine: line)
        let outer = layout.isFirstOnLine(index) ? own : layout.width(ofLine: layout.lines[start])
        let isTransparent =
            layout.is(start, "namespace") || layout.is(start, "inline") && layout.is(start + 1, "namespace")
            || layout.is(start, "extern") && layout.tokens[start + 1].kind == .string
        return Opening(
            index: index, line: line, least: min(own, outer), most: outer, isTransparent: isTransparent)
    }

    /// Whether a `}` is the last one of those that begin a line: the one that the line's indentation is about.
    private func endsLeadingRun(_ index: Int) -> Bool {
        var first = index
        while !layout.isFirstOnLine(first) {
            first -= 1
            guard layout.is(first, "}") else { return false }
        }
        return !(layout.is(index + 1, "}") && layout.lines[index + 1] == layout.lines[index])
    }

    // MARK: A missing `}`

    /// Functions stand at the left margin: the first of them that begins inside another block, or the first `}` there that
    /// doesn't end one, comes after the block that was left open.
    private mutating func findCloser() {
        var open: [Opening] = []
        var early: Opening?
        for index in layout.tokens.indices {
            if layout.is(index, "{") {
                let new = opening(index)
                if new.least == 0, new.most == 0, open.contains(where: { !$0.isTransparent }), startsAtMargin(index) {
                    break
                }
                open.append(new)
            } else if layout.is(index, "}"), let last = open.popLast() {
                guard endsLeadingRun(index) else { continue }
                let width = layout.width(ofLine: layout.lines[index])
                if width < last.least, layout.lines[index] != last.line {
                    early = early ?? last
                } else if let known = early, last.index < known.index, last.least == width {
                    // A block around it ends where it should: that was a matter of style.
                    early = nil
                }
                if width == 0 {
                    if open.contains(where: { !$0.isTransparent }) { break }
                    early = nil
                }
            }
        }
        guard let left = early ?? open.last(where: { !$0.isTransparent }) ?? open.last, !left.isTransparent else {
            return
        }
        if let place = closer(for: left) { missingClosers.append(place) }
    }

    /// Whether a `{` at the left margin begins a function or a type, not a row of a table.
    private func startsAtMargin(_ index: Int) -> Bool {
        !layout.is(index - 1, ",") && !layout.is(index - 1, "{")
            && layout.isFirstOnLine(layout.statementStart(of: index))
    }

    /// Behind the last line that stands deeper than the line that opened the block.
    private func closer(for left: Opening) -> Missing? {
        let text = layout.file.text
        let isSwitch = layout.is(layout.statementStart(of: left.index), "switch")
        var last = left.line
        for line in left.line...text.lineCount where line > left.line {
            let width = layout.width(ofLine: line)
            guard layout.tokens(onLine: line) != nil else {
                // Comments and directives in the block belong to it, blank lines don't.
                if width > left.least, !text.line(line).trimmingWhitespace.isEmpty { last = line }
                continue
            }
            if width <= left.least {
                if layout.isLabel(line: line), isSwitch || left.least == 0 || width < left.least && !isCase(line) {
                    continue
                }
                break
            }
            last = line
        }
        guard last > left.line, isEven(left.index, through: last),
            let end = text.rangeWithEnding(ofLine: last)?.upperBound
        else {
            return nil
        }
        let ending = text.lineEnding
        let needsEnding = end == text.bytes.count && text.bytes.last != 0x0A
        let own = text.indentation(ofLine: left.line)
        let indentation =
            layout.width(ofLine: left.line) == left.least
            ? own : text.indentation(ofLine: layout.lines[layout.statementStart(of: left.index)])
        return Missing(offset: end, text: (needsEnding ? ending : "") + indentation + "}" + ending)
    }

    /// Whether the statements of a block stand at one indentation: where they don't, the layout tells nothing about its end.
    private func isEven(_ open: Int, through last: Int) -> Bool {
        var depth = 0
        var width: Int?
        for index in layout.tokens.indices.dropFirst(open + 1) {
            let line = layout.lines[index]
            guard line <= last else { break }
            let begins = layout.isFirstOnLine(index) && [";", "{", "}"].contains(layout.string(index - 1))
            if depth == 0, begins, !layout.is(index, "}"), !layout.is(index, "{"), !layout.isLabel(line: line) {
                let here = layout.width(ofLine: line)
                if let width, here > width { return false }
                width = width ?? here
            }
            if layout.is(index, "{") { depth += 1 } else if layout.is(index, "}") { depth -= 1 }
            if depth < 0 { break }
        }
        return true
    }

    private func isCase(_ line: Int) -> Bool {
        guard let first = layout.tokens(onLine: line)?.first else { return false }
        return layout.is(first, "case") || layout.is(first, "default")
    }

    // MARK: A missing `{`

    /// The first `}` that stands deeper than the block that it ends, while that block goes on: it ends another one.
    private mutating func findOpener() {
        var open: [Opening] = []
        for index in layout.tokens.indices {
            if layout.is(index, "{") {
                open.append(opening(index))
            } else if layout.is(index, "}") {
                let last = open.popLast()
                guard endsLeadingRun(index) else { continue }
                let line = layout.lines[index]
                let width = layout.width(ofLine: line)
                if let last, !last.isTransparent || width > 0 {
                    guard width > last.most, line != last.line, goesOn(after: index, deeperThan: last.most) else {
                        continue
                    }
                }
                if let place = header(above: line, width: width), !missingOpeners.contains(place) {
                    missingOpeners.append(place)
                }
                if missingOpeners.count == 2 || last == nil { return }
            }
        }
    }

    private func goesOn(after index: Int, deeperThan width: Int) -> Bool {
        // Lines only grow, and everything may stand on one of them: halved, not stepped through.
        var (next, end) = (index + 1, layout.tokens.count)
        while next < end {
            let middle = (next + end) / 2
            if layout.lines[middle] > layout.lines[index] { end = middle } else { next = middle + 1 }
        }
        guard next < layout.tokens.count else { return false }
        return layout.width(ofLine: layout.lines[next]) > width || layout.is(next, "}")
    }

    /// The place behind a header above a line, at the same indentation, that has deeper lines below it and no `{`.
    func header(above line: Int, width: Int) -> Missing? {
        var hasBlock = false
        var upper = line - 1
        while upper >= 1, line - upper < 3_000 {
            defer { upper -= 1 }
            guard let range = layout.tokens(onLine: upper), let first = range.first else { continue }
            let here = layout.width(ofLine: upper)
            if here > width {
                hasBlock = true
                continue
            }
            if layout.isLabel(line: upper) {
                if isCase(upper) { hasBlock = true }
                continue
            }
            guard here == width, hasBlock, let end = headerEnd(first, width: width),
                startsBlock(after: end, width: width)
            else { return nil }
            return insertion(behind: end)
        }
        return nil
    }

    /// Whether deeper lines follow a header, without a `{`.
    private func startsBlock(after end: Int, width: Int) -> Bool {
        let next = end + 1
        return next < layout.tokens.count && !layout.is(next, "{") && !layout.is(next, ";")
            && layout.lines[next] > layout.lines[end]
            && (layout.width(ofLine: layout.lines[next]) > width || isCase(layout.lines[next]))
    }

    private func headerEnd(_ first: Int, width: Int) -> Int? {
        var start = first
        while layout.is(start, "}") { start += 1 }
        if layout.is(start, "else"), layout.is(start + 1, "if"), layout.lines[start] == layout.lines[start + 1] {
            start += 1
        }
        switch layout.string(start) {
        case "else", "do", "try": return start
        case "if", "for", "while", "switch", "catch":
            return layout.is(start + 1, "(") ? layout.closing(start + 1) : nil
        default:
            guard width == 0, start == first, layout.tokens[first].kind == .identifier else { return nil }
            return functionHeaderEnd(first)
        }
    }

    /// The `)` of `int f(int a)`, with `const` and the like behind it.
    private func functionHeaderEnd(_ first: Int) -> Int? {
        var k = first
        while k < layout.tokens.count, k - first < 60, !layout.is(k, "(") {
            guard layout.tokens[k].kind == .identifier || ["*", "&", ":", "~"].contains(layout.string(k)) else {
                return nil
            }
            k += 1
        }
        guard k > first + 1 || layout.statementStart(of: first) < first, layout.is(k, "("), var end = layout.closing(k)
        else { return nil }
        // A macro that takes the function's name comes with parentheses of its own.
        if layout.is(end + 1, "("), let parameters = layout.closing(end + 1) { end = parameters }
        while ["const", "noexcept", "override"].contains(layout.string(end + 1)) { end += 1 }
        return end
    }

    private func insertion(behind end: Int) -> Missing {
        let file = layout.file
        let line = layout.lines[end]
        if prefersOwnLine, let next = file.text.rangeWithEnding(ofLine: line)?.upperBound {
            let start = layout.lines[layout.statementStart(of: end)]
            let indentation = file.text.indentation(ofLine: start)
            return Missing(offset: next, text: indentation + "{" + file.text.lineEnding)
        }
        return Missing(offset: layout.tokens[end].range.upperBound, text: " {")
    }

    /// Whether most headers in the file have their `{` below them.
    private var prefersOwnLine: Bool {
        var own = 0
        for index in layout.tokens.indices.dropFirst() where layout.is(index, "{") && layout.is(index - 1, ")") {
            own += layout.isFirstOnLine(index) ? 1 : -1
        }
        return own > 0
    }
}
