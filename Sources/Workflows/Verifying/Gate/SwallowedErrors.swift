/// Handlers that catch everything and tell nobody.
enum SwallowedErrors {
    static func finding(in change: CodeChange) -> String? {
        let what = "swallows every exception"
        switch change.syntax {
        case .python: return change.isAdded(pythonHandlers) ? what : nil
        case .cLike:
            if change.isAdded({ braceHandlers($0, change.ending) }) { return what }
            return change.isAdded({ discards($0, change.ending) }) ? "throws an error away" : nil
        case .plain:
            guard change.ending == "rb" else { return nil }
            return change.isAdded({ side in
                side.words.indices.dropLast().count {
                    side.words[$0] == "rescue"
                        && ["nil", "Exception", "StandardError", "false"].contains(side.words[$0 + 1])
                }
            }) ? what : nil
        }
    }

    private static let everything: Set<String> = ["Exception", "BaseException"]

    private static func pythonHandlers(_ side: CodeChange.Side) -> Int {
        let words = side.words
        var count = 0
        for k in words.indices {
            if words[k] == "suppress", k + 2 < words.count, words[k + 1] == "(", everything.contains(words[k + 2]) {
                count += 1
            }
            guard words[k] == "except", side.isFirst(k),
                let colon = words.indices[k...].prefix(40).first(where: { words[$0] == ":" })
            else { continue }
            guard colon == k + 1 || words[k..<colon].contains(where: everything.contains) else { continue }
            let width = side.file.text.indentation(ofLine: side.lines[k]).expandedWidth
            let body = words.indices[(colon + 1)...].prefix {
                side.lines[$0] == side.lines[colon]
                    || side.file.text.indentation(ofLine: side.lines[$0]).expandedWidth > width
            }
            if !body.contains(where: { words[$0] == "raise" || words[$0] == "exit" }) { count += 1 }
        }
        return count
    }

    private static func braceHandlers(_ side: CodeChange.Side, _ ending: String) -> Int {
        let words = side.words
        var count = 0
        for k in words.indices {
            if ["recover", "catch_unwind", "runCatching"].contains(words[k]), k + 1 < words.count,
                "({".contains(words[k + 1]), words[k] != "recover" || ending == "go"
            {
                count += 1
            }
            guard words[k] == "catch", let open = words.indices[k...].prefix(40).first(where: { words[$0] == "{" })
            else { continue }
            let clause = words[(k + 1)..<open]
            let body = block(from: open, words)
            if body.contains(where: { ["throw", "rethrow", "abort", "exit", "fatalError"].contains(words[$0]) }) {
                continue
            }
            switch ending {
            case "js", "mjs", "cjs", "ts", "tsx", "jsx", "swift":
                // Here every handler catches everything; the one that does nothing swallows it.
                if clause.isEmpty || clause.first == "(", isSilent(body, side) { count += 1 }
            default:
                if clause.joined() == "(...)"
                    || clause.contains(where: { ["Throwable", "Exception", "RuntimeException", "Error"].contains($0) })
                {
                    count += 1
                }
            }
        }
        return count
    }

    private static func block(from open: Int, _ words: [String]) -> Range<Int> {
        var depth = 0
        for k in open..<words.count {
            if words[k] == "{" { depth += 1 }
            if words[k] == "}" { depth -= 1 }
            if depth == 0 { return (open + 1)..<max(open + 1, k) }
        }
        return (open + 1)..<max(open + 1, words.count)
    }

    /// Whether a handler does nothing but print or give back a constant.
    private static func isSilent(_ body: Range<Int>, _ side: CodeChange.Side) -> Bool {
        let idle: Set<String> = ["console", "log", "warn", "error", "print", "e", "err", "debugPrint"]
        return body.allSatisfy { idle.contains(side.words[$0]) || side.isConstant($0..<($0 + 1)) }
    }

    /// `try?` whose value nobody looks at, in Swift.
    private static func discards(_ side: CodeChange.Side, _ ending: String) -> Int {
        guard ending == "swift" else { return 0 }
        let words = side.words
        return words.indices.dropLast().count { k in
            words[k] == "try" && words[k + 1] == "?"
                && (side.isFirst(k) || k > 1 && words[k - 1] == "=" && words[k - 2] == "_")
        }
    }
}
