/// Puts the code that a model wrote in the place of the lines that it was asked to write again.
///
/// Small models answer with more than the window, with less, or without its indentation; what can be told apart surely is set
/// right, the rest is refused: a candidate that lands in the wrong place only costs a build.
package struct ReplyPlacement: Sendable {
    package enum Problem: Error, Equatable {
        case empty
        case unchanged
        /// So much longer or shorter than the window that it can't be a rewriting of it.
        case size
        /// A line that isn't UTF-8 would lose what it has.
        case encoding
    }

    let text: SourceText
    let window: CodeWindow

    package init(text: SourceText, window: CodeWindow) {
        self.text = text
        self.window = window
    }

    /// The file with the reply in place.
    package func place(_ code: String) throws(Problem) -> SourceText {
        var reply = code.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
        }
        while reply.last?.trimmingWhitespace.isEmpty == true { reply.removeLast() }
        while reply.first?.trimmingWhitespace.isEmpty == true { reply.removeFirst() }
        guard !reply.isEmpty else { throw .empty }
        reply = Self.withoutLineNumbers(reply)
        let target = target(for: reply)
        let old = target.map { text.line($0) }
        reply = reindented(reply, like: old)
        let longest = max(old.count * 2, old.count + 12)
        guard reply.count <= longest, reply.count * 3 + 2 >= old.filter({ !$0.trimmingWhitespace.isEmpty }).count else {
            throw .size
        }
        guard text.range(ofLines: target) != nil, target.upperBound <= text.lineCount else { throw .size }
        // Blank lines at the window's edges belong to the file, not to the reply.
        let leading = old.prefix { $0.trimmingWhitespace.isEmpty }
        let trailing = leading.count < old.count ? old.reversed().prefix { $0.trimmingWhitespace.isEmpty } : []
        // Lines that differ from the old ones only in white space stay as they were, where that doesn't matter.
        let isPython = Syntax(file: window.file) == .python
        let placed = text.replacing(target, with: Array(leading) + reply + trailing.reversed()) { line in
            isPython ? line : line.filter { !$0.isWhitespace }
        }
        guard let placed else { throw .encoding }
        guard placed.bytes != text.bytes else { throw .unchanged }
        return placed
    }

    /// The window, or the larger part of the file that the reply really rewrites: when the reply's first and last lines stand
    /// in the file around the window, it is those lines that it means.
    private func target(for reply: [String]) -> ClosedRange<Int> {
        let windowLines = window.lines.upperBound - window.lines.lowerBound + 1
        if reply.count < windowLines, let part = part(for: reply) { return part }
        guard reply.count > windowLines + 2, let first = reply.first?.trimmingWhitespace,
            let last = reply.last?.trimmingWhitespace
        else {
            return window.lines
        }
        let starts = (1...window.lines.lowerBound).reversed().filter { text.line($0).trimmingWhitespace == first }
        guard let start = starts.min(by: { abs(window.lines.lowerBound - $0) < abs(window.lines.lowerBound - $1) })
        else { return window.lines }
        let expected = start + reply.count - 1
        let ends = (window.lines.upperBound...max(window.lines.upperBound, text.lineCount)).filter {
            text.line($0).trimmingWhitespace == last
        }
        guard let end = ends.min(by: { abs(expected - $0) < abs(expected - $1) }), end > start else {
            return start...max(window.lines.upperBound, min(expected, text.lineCount))
        }
        return start...end
    }

    /// The part of the window that a shorter reply rewrites line by line; nil when it begins as the window does, or when no one
    /// part resembles it most.
    private func part(for reply: [String]) -> ClosedRange<Int>? {
        let wanted = reply.map { Array($0.trimmingWhitespace.utf8) }
        func distance(_ line: Int, _ new: [UInt8]) -> Int? {
            let old = Array(text.line(line).trimmingWhitespace.utf8)
            let distance = Likeness.editDistance(old, new)
            return distance <= max(2, min(old.count, new.count) / 3) ? distance : nil
        }
        let first = window.lines.first { !text.line($0).trimmingWhitespace.isEmpty } ?? window.lines.lowerBound
        guard wanted.count <= 40, distance(first, wanted[0]) == nil else { return nil }
        var best: (start: Int, distance: Int, isOnly: Bool)?
        for start in window.lines.lowerBound...(window.lines.upperBound - reply.count + 1) {
            var sum = 0
            let isAlike = wanted.enumerated().allSatisfy { number, line in
                guard let distance = distance(start + number, line) else { return false }
                sum += distance
                return true
            }
            guard isAlike else { continue }
            if sum < best?.distance ?? .max {
                best = (start, sum, true)
            } else if sum == best?.distance {
                best?.isOnly = false
            }
        }
        guard let best, best.isOnly else { return nil }
        return best.start...(best.start + reply.count - 1)
    }

    /// Replies often come without the window's common indentation, or with another one.
    private func reindented(_ reply: [String], like old: [String]) -> [String] {
        func margin(_ lines: [String]) -> String? {
            lines.filter { !$0.trimmingWhitespace.isEmpty }.map { String($0.prefix { $0 == " " || $0 == "\t" }) }
                .min { $0.expandedWidth < $1.expandedWidth }
        }
        guard let wanted = margin(old), let found = margin(reply), wanted != found else { return reply }
        // Only when the first lines correspond: else the reply starts elsewhere, and its indentation is its own.
        guard let oldFirst = old.first(where: { !$0.trimmingWhitespace.isEmpty }), let newFirst = reply.first else {
            return reply
        }
        let oldDepth = oldFirst.prefix { $0 == " " || $0 == "\t" }.reduce(0) { $1 == "\t" ? $0 + 8 : $0 + 1 }
        let newDepth = newFirst.prefix { $0 == " " || $0 == "\t" }.reduce(0) { $1 == "\t" ? $0 + 8 : $0 + 1 }
        guard oldDepth - newDepth == wanted.expandedWidth - found.expandedWidth || found.isEmpty else { return reply }
        return reply.map { line in
            line.trimmingWhitespace.isEmpty
                ? line : wanted + (line.hasPrefix(found) ? String(line.dropFirst(found.count)) : line)
        }
    }

    /// `12: code` and `12| code` on every line: the model copied a numbering.
    private static func withoutLineNumbers(_ lines: [String]) -> [String] {
        let stripped = lines.map { line -> String? in
            let body = line.drop { $0 == " " }
            let digits = body.prefix { $0.isNumber }
            guard !digits.isEmpty, let sign = body.dropFirst(digits.count).first, sign == ":" || sign == "|" else {
                return nil
            }
            let rest = body.dropFirst(digits.count + 1)
            return rest.hasPrefix(" ") ? String(rest.dropFirst()) : String(rest)
        }
        let all = stripped.compactMap { $0 }
        return all.count == lines.count && lines.count > 1 ? all : lines
    }
}
