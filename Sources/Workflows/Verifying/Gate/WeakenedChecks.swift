/// Checks that stand beside the code that they check: assertions, and tests in a file of the program.
enum WeakenedChecks {
    static func finding(in change: CodeChange, _ failure: FailureTraits, isTask: Bool) -> String? {
        func checks(_ side: CodeChange.Side) -> Int { side.words.count(where: CheckNames.isCheck) }
        if checks(change.new) < checks(change.old) { return "removes a check" }
        if let name = editedTest(change), !isTask { return "edits the test \(name)" }
        for hunk in change.hunks {
            let range = change.old.tokens(onLines: hunk.old)
            let isCheck = range.contains {
                CheckNames.isCheck(change.old.words[$0])
                    && failure.failingChecks[change.path]?.contains(change.old.lines[$0]) == true
            }
            if isCheck { return "rewrites the check that fails" }
        }
        return nil
    }

    /// A test that is gone, or isn't what it was.
    private static func editedTest(_ change: CodeChange) -> String? {
        struct Test: Hashable {
            var name: String
            var body: ArraySlice<String>
        }
        func tests(_ side: CodeChange.Side) -> [Test] {
            side.outline.functions.filter(\.isTest).map { Test(name: $0.name, body: side.words[$0.body]) }
        }
        var left = tests(change.new).reduce(into: [Test: Int]()) { $0[$1, default: 0] += 1 }
        return tests(change.old).first { test in
            let count = left[test, default: 0]
            left[test] = count - 1
            return count <= 0
        }?.name
    }
}
