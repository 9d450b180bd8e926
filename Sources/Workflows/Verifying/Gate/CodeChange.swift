import Diagnostics

/// A file before and after a candidate, as the rules of the gate look at it.
struct CodeChange {
    /// One of the two texts, cut into tokens.
    struct Side {
        let file: TokenizedFile
        /// The code tokens' texts.
        let words: [String]
        let outline: FunctionOutline
        /// The 1-based line of each code token.
        let lines: [Int]

        init(_ path: String, _ text: SourceText) {
            file = TokenizedFile(path: path, text: text)
            words = file.code.map(file.string)
            outline = FunctionOutline(file, words: words)
            lines = file.code.map(file.line)
        }

        /// The indices of the code tokens on 0-based lines.
        func tokens(onLines range: Range<Int>) -> Range<Int> {
            guard !range.isEmpty else { return 0..<0 }
            let (start, end) = (first(pastLine: range.lowerBound), first(pastLine: range.upperBound))
            return start..<end
        }

        /// The first token behind a 1-based line.
        private func first(pastLine line: Int) -> Int {
            var (low, high) = (0, words.count)
            while low < high {
                let middle = (low + high) / 2
                if lines[middle] <= line { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// Whether a token is the first of its line.
        func isFirst(_ k: Int) -> Bool { k == 0 || lines[k - 1] != lines[k] }
    }

    let path: String
    let old: Side
    let new: Side
    /// The changed lines, 0-based.
    let hunks: [LineHunk]
    /// The functions that are there before and after.
    let functions: [(before: OutlinedFunction, after: OutlinedFunction)]

    init(path: String, from old: SourceText, to new: SourceText) {
        self.path = path
        self.old = Side(path, old)
        self.new = Side(path, new)
        hunks = lineHunks(old.allLines, new.allLines)
        functions = Self.pairs(self.old, self.new)
    }

    /// Functions of one name in their order; where some came or went, once the unchanged ones are put aside.
    private static func pairs(_ old: Side, _ new: Side) -> [(before: OutlinedFunction, after: OutlinedFunction)] {
        old.outline.byName.sorted { $0.key < $1.key }.flatMap { name, before in
            var before = before
            var after = new.outline.byName[name] ?? []
            if before.count != after.count {
                func bodies(_ side: Side, _ functions: [OutlinedFunction]) -> Set<ArraySlice<String>> {
                    Set(functions.map { side.words[$0.body] })
                }
                let same = bodies(old, before).intersection(bodies(new, after))
                before.removeAll { same.contains(old.words[$0.body]) }
                after.removeAll { same.contains(new.words[$0.body]) }
            }
            return zip(before, after).map { (before: $0, after: $1) }
        }
    }

    /// What a function of the new text was before; nil when it is new.
    func earlier(_ function: OutlinedFunction) -> OutlinedFunction? {
        functions.first { $0.after == function }?.before
    }

    /// Whether names that stood in a range of the old text's tokens stand no more in what its lines were replaced with.
    func lost(_ range: Range<Int>) -> Bool {
        hunks.contains { hunk in
            let removed = old.tokens(onLines: hunk.old).clamped(to: range)
            guard !removed.isEmpty else { return false }
            var there = new.words[new.tokens(onLines: hunk.new)].reduce(into: [String: Int]()) {
                $0[$1, default: 0] += 1
            }
            return removed.contains { k in
                guard !old.isConstant(k..<(k + 1)) else { return false }
                let count = there[old.words[k], default: 0]
                there[old.words[k]] = count - 1
                return count <= 0
            }
        }
    }

    var syntax: Syntax { Syntax(file: path) }

    /// The file's ending, which tells the language.
    var ending: String { path.split(separator: ".").last.map(String.init) ?? "" }

    /// Whether a 1-based line of the new text is one that the candidate wrote.
    func wrote(line: Int) -> Bool { hunks.contains { $0.new.contains(line - 1) } }

    /// Whether something occurs more often than before.
    func isAdded(_ count: (Side) -> Int) -> Bool { count(new) > count(old) }
}

extension CodeChange.Side {
    private static let constants: Set<String> = [
        "return", "pass", "true", "false", "True", "False", "None", "null", "nil", "NULL", "nullptr", "undefined",
        "raise", "NotImplementedError", "NotImplemented", "fatalError", "preconditionFailure", "unimplemented", "todo",
    ]

    /// Whether tokens are nothing but constants: numbers, strings, brackets, `return` and `pass`.
    func isConstant(_ range: Range<Int>) -> Bool {
        range.allSatisfy { k in
            switch file.code[k].kind {
            case .number, .string: true
            case .punctuation: "()[]{};,.-+!:".contains(words[k])
            default: Self.constants.contains(words[k])
            }
        }
    }

    /// Whether a function does nothing but give back a constant.
    func isHollow(_ function: OutlinedFunction) -> Bool {
        function.body.count <= 24 && isConstant(function.body)
    }

    func isCall(_ k: Int, of name: String? = nil) -> Bool {
        guard file.code[k].kind == .identifier, k + 1 < words.count, words[k + 1] == "(",
            name.map({ $0 == words[k] }) ?? !Keywords.all.contains(words[k])
        else { return false }
        return k == 0 || !["def", "func", "fn", "function", "fun", "class"].contains(words[k - 1])
    }
}
