/// A program that ends with success before it does its work, or a function that returns before it does.
enum LeavingEarly {
    static func finding(in change: CodeChange) -> String? {
        if change.isAdded({ exits($0, change.ending) }) { return "leaves early with success" }
        let (before, after) = (returns(change.old, change), returns(change.new, change))
        if after.count > before.count,
            after.contains(where: { change.wrote(line: change.new.lines[$0]) })
        {
            return "returns before the work is done"
        }
        return nil
    }

    private static let names: Set<String> = ["exit", "_exit", "_Exit", "quick_exit", "quit", "Exit", "exit_group"]
    private static let successes: Set<String> = ["0", "EXIT_SUCCESS", "None", "False", "0x0"]

    /// How many ends with success there are.
    private static func exits(_ side: CodeChange.Side, _ ending: String) -> Int {
        let words = side.words
        func at(_ k: Int) -> String { k < words.count ? words[k] : "" }
        /// Whether what stands in the parentheses at `k` is success; an unclosed one counts by its first word.
        func isSuccess(_ k: Int) -> Bool {
            if at(k + 1) == ")" { return true }
            return successes.contains(at(k + 1)) && [")", ";", "}", "", "as"].contains(at(k + 2))
        }
        var count = 0
        for k in words.indices {
            let isDefinition = k > 0 && ["def", "func", "void", "fn", "function"].contains(words[k - 1])
            if names.contains(words[k]), at(k + 1) == "(", !isDefinition, isSuccess(k + 1) {
                count += 1
            } else if words[k] == "SystemExit", k > 0, words[k - 1] == "raise",
                at(k + 1) != "(" || isSuccess(k + 1)
            {
                count += 1
            } else if words[k] == "exit", isScript(ending), side.isFirst(k) || "; & | { then".contains(words[k - 1]),
                at(k + 1) == "0" || k + 1 == words.count || side.isFirst(k + 1) || at(k + 1) == ";"
            {
                // A script that ends where it ended anyway isn't cut short.
                if k + 2 < words.count { count += 1 }
            }
        }
        return count
    }

    private static func isScript(_ ending: String) -> Bool {
        ["sh", "bash", "zsh", "pl", "rb", "php"].contains(ending)
    }

    /// The unconditional returns in front of a function's own further code.
    private static func returns(_ side: CodeChange.Side, _ change: CodeChange) -> [Int] {
        side.outline.functions.flatMap { function -> [Int] in
            change.syntax == .python ? indented(side, function) : braced(side, function, change.ending)
        }
    }

    private static func indented(_ side: CodeChange.Side, _ function: OutlinedFunction) -> [Int] {
        let text = side.file.text
        guard let first = function.body.first, side.isFirst(first) else { return [] }
        let width = text.indentation(ofLine: side.lines[first]).expandedWidth
        return function.body.filter { k in
            guard side.words[k] == "return", side.isFirst(k),
                text.indentation(ofLine: side.lines[k]).expandedWidth == width,
                let next = ((k + 1)..<function.body.upperBound).first(where: {
                    side.isFirst($0) && text.indentation(ofLine: side.lines[$0]).expandedWidth <= width
                        && !")]}".contains(side.words[$0])
                })
            else { return false }
            return !["def", "class", "@"].contains(side.words[next]) && function.body.upperBound - next >= 4
        }
    }

    private static func braced(_ side: CodeChange.Side, _ function: OutlinedFunction, _ ending: String) -> [Int] {
        let words = side.words
        let needsNoSemicolon = ["swift", "go", "rs", "kt"].contains(ending)
        var result: [Int] = []
        var depth = 0
        for k in function.body {
            if "({[".contains(words[k]) { depth += 1 }
            if ")}]".contains(words[k]) { depth -= 1 }
            guard depth == 0, words[k] == "return" else { continue }
            let isOwn =
                k == function.body.lowerBound || [";", "}", "{"].contains(words[k - 1])
                || needsNoSemicolon && side.isFirst(k)
            guard isOwn, let next = following(k, side, function, needsNoSemicolon) else { continue }
            // A label is jumped to; a function may stand anywhere.
            let isLabel = next + 1 < words.count && words[next + 1] == ":"
            if isLabel || ["func", "fn", "function", "case", "default", "#", "}"].contains(words[next]) { continue }
            if function.body.upperBound - next >= 6 { result.append(k) }
        }
        return result
    }

    /// Where the statement behind a return begins; nil when there is none.
    private static func following(
        _ start: Int, _ side: CodeChange.Side, _ function: OutlinedFunction, _ needsNoSemicolon: Bool
    ) -> Int? {
        var depth = 0
        for k in (start + 1)..<max(start + 1, function.body.upperBound) {
            let word = side.words[k]
            if needsNoSemicolon, depth == 0, side.isFirst(k), !".?&|+-*/=<>:)]}".contains(word),
                !"&|+-*/=<>,:(".contains(side.words[k - 1])
            {
                return k
            }
            if "({[".contains(word) { depth += 1 }
            if ")}]".contains(word) { depth -= 1 }
            if depth == 0, word == ";" { return k + 1 < function.body.upperBound ? k + 1 : nil }
        }
        return nil
    }
}
