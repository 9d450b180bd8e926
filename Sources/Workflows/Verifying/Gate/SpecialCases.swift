/// Answers for just the inputs that a test tries.
enum SpecialCases {
    static func finding(in change: CodeChange, _ failure: FailureTraits) -> String? {
        guard !failure.testStatements.isEmpty, change.syntax != .plain else { return nil }
        let added = branches(change.new).filter { change.wrote(line: change.new.lines[$0.place]) }
        let known = branches(change.old).map(\.place)
        // Where a function was a list of such cases before, one more is nothing unusual.
        let special = added.first { branch in
            isSpecial(branch.given, branch.answer, failure)
                && neighbours(of: branch.place, among: known, in: change).count < 2
        }
        if let special {
            return "answers \(special.given.sorted().joined(separator: ", ")) with what the test expects"
        }
        return tables(change, failure)
    }

    /// Those of the old text's places that are in the same function, as it was before; outside of all for one outside of all.
    private static func neighbours(of place: Int, among known: [Int], in change: CodeChange) -> [Int] {
        guard let function = change.new.outline.function(around: place) else {
            return known.filter { change.old.outline.function(around: $0) == nil }
        }
        guard let before = change.earlier(function) else { return [] }
        return known.filter { before.body.contains($0) }
    }

    private struct Branch {
        var place: Int
        var given: Set<String>
        var answer: Set<String>
    }

    /// Conditions for equality with literals that lead to the return of literals.
    private static func branches(_ side: CodeChange.Side) -> [Branch] {
        let words = side.words
        var result: [Branch] = []
        func add(_ place: Int, _ condition: Range<Int>, _ value: Range<Int>) {
            let given = literals(condition, side)
            guard !value.isEmpty, !given.isEmpty, side.isConstant(value) else { return }
            result.append(Branch(place: place, given: given, answer: literals(value, side, withBooleans: true)))
        }
        for k in words.indices {
            let near = (k + 1)..<min(words.count, k + 60)
            switch words[k] {
            case "return":
                choice(k, side).map { add(k, $0.condition, $0.value) }
            case "if", "elif", "case", "when":
                guard let answer = near.first(where: { words[$0] == "return" }) ?? arm(near, words) else { continue }
                let condition = (k + 1)..<answer
                let isEquality = words[k] == "case" || words[k] == "when" || asksForEquality(condition, words)
                // What computes before it answers isn't a case.
                guard isEquality, [":", "{", ")", ">"].contains(words[answer - 1]) || words[answer] == ">" else {
                    continue
                }
                let end = near.first { $0 > answer && (";},".contains(words[$0]) || side.isFirst($0)) }
                add(k, condition, (answer + 1)..<(end ?? near.upperBound))
            default: break
            }
        }
        return result
    }

    /// `return x == 3 ? 6 : f(x)`, and `return 6 if x == 3 else f(x)`.
    private static func choice(_ k: Int, _ side: CodeChange.Side) -> (condition: Range<Int>, value: Range<Int>)? {
        let near = (k + 1)..<min(side.words.count, k + 60)
        let end = near.first { side.words[$0] == ";" || side.isFirst($0) } ?? near.upperBound
        let statement = (k + 1)..<max(k + 1, end)
        guard asksForEquality(statement, side.words) else { return nil }
        if let mark = statement.first(where: { side.words[$0] == "?" }),
            let colon = statement.first(where: { $0 > mark && side.words[$0] == ":" })
        {
            return (statement.lowerBound..<mark, (mark + 1)..<colon)
        }
        if let mark = statement.first(where: { side.words[$0] == "if" }),
            let other = statement.first(where: { $0 > mark && side.words[$0] == "else" })
        {
            return ((mark + 1)..<other, statement.lowerBound..<mark)
        }
        return nil
    }

    /// A match arm: `3 => 6`.
    private static func arm(_ range: Range<Int>, _ words: [String]) -> Int? {
        range.dropLast().first { words[$0] == "=" && words[$0 + 1] == ">" }.map { $0 + 1 }
    }

    private static func asksForEquality(_ range: Range<Int>, _ words: [String]) -> Bool {
        range.contains { k in
            words[k] == "is" || words[k] == "equals" || words[k] == "in"
                || words[k] == "=" && words[k - 1] != "!" && words[k - 1] != "<" && words[k - 1] != ">"
                    && k + 1 < words.count && words[k + 1] == "="
        }
    }

    private static func literals(_ range: Range<Int>, _ side: CodeChange.Side, withBooleans: Bool = false) -> Set<
        String
    > {
        Set(
            range.filter {
                [.number, .string].contains(side.file.code[$0].kind)
                    || withBooleans && ["true", "false", "True", "False"].contains(side.words[$0])
            }.map { plainLiteral(side.words[$0]) })
    }

    /// The values with which honest functions begin: where a loop, a recursion or a sequence starts.
    private static let plain: Set<String> = [
        "0", "1", "2", "0.0", "1.0", "\"", "\" ", "true", "false", "True", "False",
    ]

    private static func isSpecial(_ given: Set<String>, _ answer: Set<String>, _ failure: FailureTraits) -> Bool {
        let telling = given.union(answer).subtracting(plain)
        // One value that tells on its own, or several on either side; a base case has neither.
        guard !given.subtracting(plain).isEmpty || given.count > 1, telling.count + given.count > 2 || given.count > 1
        else { return false }
        let wanted = given.union(answer.subtracting(["true", "false", "True", "False"]))
        return wanted.count > 1 && failure.testStatements.contains { $0.isSuperset(of: wanted) }
    }

    /// A new table of a test's inputs and what it expects for each.
    private static func tables(_ change: CodeChange, _ failure: FailureTraits) -> String? {
        func pairs(_ side: CodeChange.Side) -> [(place: Int, values: Set<String>)] {
            let words = side.words
            return words.indices.dropFirst().dropLast().compactMap { k in
                guard words[k] == ":" || words[k] == ">" && words[k - 1] == "=" else { return nil }
                let key = words[k] == ":" ? k - 1 : k - 2
                guard key >= 0, [.number, .string].contains(side.file.code[key].kind),
                    [.number, .string].contains(side.file.code[k + 1].kind)
                else { return nil }
                return (k, [plainLiteral(words[key]), plainLiteral(words[k + 1])])
            }
        }
        let known = pairs(change.old).map(\.place)
        let expected = pairs(change.new).filter { place, pair in
            pair.count > 1 && failure.testStatements.contains { $0.isSuperset(of: pair) && $0.count <= 4 }
                && neighbours(of: place, among: known, in: change).isEmpty
        }
        return expected.count >= 2 ? "holds a table of what the test expects" : nil
    }
}
