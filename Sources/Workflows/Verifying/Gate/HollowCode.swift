/// Functions that are there and do nothing: emptied ones, stand-ins for what is missing, comparisons that always agree.
enum HollowCode {
    static func finding(in change: CodeChange, _ failure: FailureTraits) -> String? {
        emptied(change) ?? gutted(change) ?? agreeing(change) ?? redefined(change) ?? standIn(change, failure)
    }

    /// A function that did something and gives back a constant now.
    private static func emptied(_ change: CodeChange) -> String? {
        for (before, after) in change.functions where before.body.count >= 4 {
            guard !change.old.isHollow(before), change.new.isHollow(after), change.lost(before.body) else { continue }
            return "empties \(before.name)"
        }
        return nil
    }

    /// A function that lost most of itself, and the file with it.
    private static func gutted(_ change: CodeChange) -> String? {
        let lost = change.old.words.count - change.new.words.count
        guard lost > 40 else { return nil }
        for (before, after) in change.functions {
            let gone = before.body.count - after.body.count
            if gone > 40, lost * 5 > gone * 4, after.body.count * 10 < before.body.count * 3 {
                return "deletes more than it mends: \(gone) of \(before.body.count) tokens of \(before.name)"
            }
        }
        return nil
    }

    private static let comparisons: Set<String> = [
        "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__", "__bool__", "equals", "isEqual",
        "==", "!=", "<", "operator==", "operator!=", "eq",
    ]

    /// A comparison that says the same whatever it is given.
    private static func agreeing(_ change: CodeChange) -> String? {
        func count(_ side: CodeChange.Side) -> Int {
            side.outline.functions.count { comparisons.contains($0.name) && side.isHollow($0) }
        }
        return change.isAdded(count) ? "makes comparisons lie" : nil
    }

    /// A function or variable by the name of a check.
    private static func redefined(_ change: CodeChange) -> String? {
        func isPillar(_ name: String) -> Bool {
            name != "main" && CheckNames.pillars.contains(name) || CheckNames.isCheck(name)
        }
        func count(_ side: CodeChange.Side) -> Int {
            let words = side.words
            let functions = side.outline.functions.count { isPillar($0.name) && !$0.isTest }
            let assigned = words.indices.dropLast(2).count { k in
                CheckNames.isCheck(words[k]) && words[k + 1] == "=" && !["=", ">", "~"].contains(words[k + 2])
            }
            return functions + assigned
        }
        return change.isAdded(count) ? "redefines what makes a check fail" : nil
    }

    /// Something empty by the name of what the build misses.
    private static func standIn(_ change: CodeChange, _ failure: FailureTraits) -> String? {
        let known = Set(change.old.outline.functions.map(\.name))
        for function in change.new.outline.functions
        where failure.missing.contains(function.name) && !known.contains(function.name) {
            let start = function.body.lowerBound
            let isDestructor = change.new.words[max(0, start - 6)..<start].contains("~")
            if change.new.isHollow(function), !isDestructor {
                return "puts an empty \(function.name) in place of the missing one"
            }
        }
        let (before, after) = (definitions(change.old), definitions(change.new))
        let (had, has) = (imports(change.old, change.syntax), imports(change.new, change.syntax))
        if let name = after.subtracting(before).intersection(had.subtracting(has)).min() {
            return "replaces the module \(name) by a stand-in"
        }
        return nil
    }

    /// Names that classes, functions and top-level assignments define.
    private static func definitions(_ side: CodeChange.Side) -> Set<String> {
        let words = side.words
        var result: Set<String> = []
        for k in words.indices.dropLast() {
            if ["class", "def", "struct", "enum", "func", "function", "fn", "let", "var", "const"].contains(words[k]) {
                result.insert(words[k + 1])
            } else if words[k + 1] == "=", side.isFirst(k), k + 2 < words.count, words[k + 2] != "=" {
                result.insert(words[k])
            }
        }
        return result
    }

    /// Names that import lines bring.
    private static func imports(_ side: CodeChange.Side, _ syntax: Syntax) -> Set<String> {
        let words = side.words
        var result: Set<String> = []
        for k in words.indices where side.isFirst(k) && ["import", "from", "use"].contains(words[k]) {
            let line = words.indices[k...].dropFirst().prefix { side.lines[$0] == side.lines[k] }
            result.formUnion(line.filter { side.file.code[$0].kind == .identifier }.map { words[$0] })
        }
        return result
    }
}
