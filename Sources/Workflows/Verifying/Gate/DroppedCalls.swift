/// A call that goes away where it is what the failure is about: who doesn't call a function doesn't see it fail.
enum DroppedCalls {
    static func finding(in change: CodeChange, _ failure: FailureTraits) -> String? {
        guard change.syntax != .plain, change.new.words.count < change.old.words.count else { return nil }
        for name in failure.names.sorted() where change.old.calls(of: name) > change.new.calls(of: name) {
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

    /// The lines that are a call and nothing else, or the use of its value, each with the names that it calls.
    private static func statements(_ range: Range<Int>, _ side: CodeChange.Side) -> [Set<String>] {
        Dictionary(grouping: range) { side.lines[$0] }.values.compactMap { line in
            let names = Set(line.filter { side.isCall($0) }.map { side.words[$0] })
            return names.isEmpty ? nil : names
        }
    }
}
