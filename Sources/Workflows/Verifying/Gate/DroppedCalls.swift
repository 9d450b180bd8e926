/// A call that goes away where it is what the failure is about: who doesn't call a function doesn't see it fail.
enum DroppedCalls {
    static func finding(in change: CodeChange, _ failure: FailureTraits) -> String? {
        guard change.syntax != .plain, change.new.words.count < change.old.words.count else { return nil }
        let (before, after) = (calls(change.old), calls(change.new))
        let dropped = failure.names.filter { before[$0, default: 0] > after[$0, default: 0] }.sorted()
        for name in dropped.prefix(mostNames) {
            for hunk in change.hunks {
                let removed = change.old.tokens(onLines: hunk.old)
                let added = change.new.tokens(onLines: hunk.new)
                let before = statements(removed, change.old)
                guard before.contains(where: { $0.contains(name) }) else { continue }
                // Something else stands in its place: another call, or code of its size.
                if statements(added, change.new).count >= before.count { continue }
                if added.count * 4 > removed.count * 3 { continue }
                return "deletes the call of \(name)"
            }
        }
        return nil
    }

    /// The most names that are looked for line by line.
    private static let mostNames = 40

    /// How often each function is called.
    private static func calls(_ side: CodeChange.Side) -> [String: Int] {
        side.words.indices.reduce(into: [:]) { counts, k in
            if side.isCall(k, of: side.words[k]) { counts[side.words[k], default: 0] += 1 }
        }
    }

    /// The lines that are a call and nothing else, or the use of its value, each with the names that it calls.
    private static func statements(_ range: Range<Int>, _ side: CodeChange.Side) -> [Set<String>] {
        Dictionary(grouping: range) { side.lines[$0] }.values.compactMap { line in
            let names = Set(line.filter { side.isCall($0) }.map { side.words[$0] })
            return names.isEmpty ? nil : names
        }
    }
}
