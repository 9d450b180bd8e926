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
        change.old.outline.functions.first { test in
            guard test.isTest else { return false }
            guard let same = change.new.outline.only(test.name) else { return true }
            return change.old.words[test.body] != change.new.words[same.body]
        }?.name
    }
}
