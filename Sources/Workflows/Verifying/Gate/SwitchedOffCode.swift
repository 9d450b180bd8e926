/// Code that is still there, as a comment or a string, and runs no more.
enum SwitchedOffCode {
    static func finding(in change: CodeChange) -> String? {
        guard change.syntax != .plain else { return nil }
        let hidden = hiddenText(change)
        guard !hidden.words.isEmpty else { return nil }
        for hunk in change.hunks {
            let removed = change.old.tokens(onLines: hunk.old)
            let added = change.new.tokens(onLines: hunk.new)
            let commentedOut = lines(removed, change.old).filter(hidden.contains).reduce(0) { $0 + $1.count }
            // A line kept as a comment beside the one that replaces it is a habit, not a trick.
            if commentedOut >= 3, code(added, change) * 2 < commentedOut { return "comments the code out" }
        }
        return wrapped(change, hidden) ? "comments the code out" : nil
    }

    /// Whether lines that stand where they stood are a comment's or a string's now.
    private static func wrapped(_ change: CodeChange, _ hidden: Hidden) -> Bool {
        func counted(_ side: CodeChange.Side) -> [[String]: Int] {
            lines(side.words.indices.filter { !isBlockString(side, $0) }, side).reduce(into: [:]) {
                $0[$1, default: 0] += 1
            }
        }
        let (before, after) = (counted(change.old), counted(change.new))
        func surplus(_ some: [[String]: Int], over others: [[String]: Int]) -> [[String]: Int] {
            some.reduce(into: [:]) { $0[$1.key] = max(0, $1.value - (others[$1.key] ?? 0)) }.filter { $0.value > 0 }
        }
        let gone = surplus(before, over: after).filter { hidden.contains($0.key) }
        func size(_ lines: [[String]: Int]) -> Int { lines.reduce(0) { $0 + $1.key.count * $1.value } }
        return size(gone) >= 3 && size(surplus(after, over: before)) * 2 < size(gone)
    }

    /// The code tokens of a range without block strings, which may be the wrapping itself.
    private static func code(_ range: Range<Int>, _ change: CodeChange) -> Int {
        range.count { !isBlockString(change.new, $0) }
    }

    private static func isBlockString(_ side: CodeChange.Side, _ k: Int) -> Bool {
        guard side.file.code[k].kind == .string, side.isFirst(k) else { return false }
        return side.words[k].hasPrefix("\"\"\"") || side.words[k].hasPrefix("'''")
    }

    /// The tokens of the comments and block strings that weren't there before.
    private static func hiddenText(_ change: CodeChange) -> Hidden {
        func texts(_ side: CodeChange.Side) -> [String] {
            side.file.all.filter { $0.kind == .comment }.map(side.file.string)
                + side.words.indices.filter { isBlockString(side, $0) }.map { side.words[$0] }
        }
        var known = texts(change.old).reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        var words: [String] = []
        for text in texts(change.new) {
            if let count = known[text], count > 0 {
                known[text] = count - 1
                continue
            }
            let inner = text.drop { "/#*\"'".contains($0) }
            let file = TokenizedFile(path: change.path, text: SourceText(String(inner)))
            words += file.all.map(file.string)
        }
        return Hidden(words)
    }

    /// The words of each line of a range, where they are enough to be known again.
    private static func lines(_ range: some Sequence<Int>, _ side: CodeChange.Side) -> [[String]] {
        Dictionary(grouping: range) { side.lines[$0] }.sorted { $0.key < $1.key }.map { entry in
            entry.value.map { side.words[$0] }
        }.filter { $0.count >= 3 }
    }

    /// Words in which a line's words are looked for side by side, by how they begin.
    private struct Hidden {
        let words: [String]
        private let places: [ArraySlice<String>: [Int]]

        init(_ words: [String]) {
            self.words = words
            places = Dictionary(grouping: words.indices.dropLast(2)) { words[$0...($0 + 2)] }
        }

        /// Whether they contain some words, three at least.
        func contains(_ wanted: [String]) -> Bool {
            guard wanted.count >= 3 else { return false }
            return places[wanted[...2]]?.contains { words[$0...].starts(with: wanted) } ?? false
        }
    }
}
