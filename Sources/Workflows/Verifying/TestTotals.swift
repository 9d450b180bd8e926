/// How many tests a run of a test command says it ran, and how many of them it skipped.
///
/// A candidate that ends the program early, or takes the tests' framework apart, makes a command pass without its tests: then
/// the last words of the runner are missing, or tell of fewer tests than before.
struct TestTotals: Sendable, Equatable {
    var ran: Int
    var skipped: Int

    /// Reads the last lines of a command's output; nil when they tell of no tests.
    init?(_ tail: String) {
        var found: TestTotals?
        for line in tail.split(whereSeparator: \.isNewline) {
            if let totals = Self.totals(line) {
                // A command may run several suites, one after the other.
                found = TestTotals(ran: (found?.ran ?? 0) + totals.ran, skipped: (found?.skipped ?? 0) + totals.skipped)
            } else if let skipped = line.firstMatch(of: /^OK \(.*skipped=(\d+)/)?.1, found != nil {
                found?.skipped += Self.number(skipped)
            }
        }
        guard let found else { return nil }
        self = found
    }

    private init(ran: Int, skipped: Int) {
        self.ran = ran
        self.skipped = skipped
    }

    /// A number of tests: sums of what a program prints can't overflow.
    private static func number(_ digits: Substring) -> Int { min(Int(digits) ?? 0, 1_000_000_000) }

    private static func totals(_ line: Substring) -> TestTotals? {
        guard line.utf8.count < 400 else { return nil }
        // unittest, Swift Testing
        if let match = line.firstMatch(of: /^Ran (\d+) tests? in\s/) {
            return TestTotals(ran: number(match.1), skipped: 0)
        }
        if let match = line.firstMatch(of: /Test run with (\d+) tests? .*(?:passed|failed) after/) {
            return TestTotals(ran: number(match.1), skipped: 0)
        }
        // cargo
        if let match = line.firstMatch(of: /^test result: .* (\d+) passed; (\d+) failed; (\d+) ignored/) {
            let skipped = number(match.3)
            return TestTotals(ran: (number(match.1)) + (number(match.2)) + skipped, skipped: skipped)
        }
        // pytest: `=== 1 failed, 2 passed, 1 skipped in 0.12s ===`
        if line.contains(" in "),
            line.firstMatch(
                of: /^=*\s*(?:\d+ [a-z]+, )*\d+ (?:passed|failed|skipped|xfailed|error|errors)\b.* in [\d.]+s/) != nil
        {
            var totals = TestTotals(ran: 0, skipped: 0)
            for match in line.matches(of: /(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|deselected)\b/) {
                let count = number(match.1)
                totals.ran += match.2 == "deselected" ? 0 : count
                totals.skipped += ["skipped", "xfailed"].contains(match.2) ? count : 0
            }
            return totals
        }
        return nil
    }

    /// Why a passing run doesn't count after the one before; nil when it does.
    static func refusal(before: TestTotals?, after: TestTotals?) -> String? {
        guard let before, before.ran > 0 else { return nil }
        guard let after else { return "it passes, but none of the \(before.ran) tests is told of any more" }
        if after.ran < before.ran { return "it passes, but only \(after.ran) of \(before.ran) tests run" }
        if after.skipped > before.skipped {
            return "it passes, but \(after.skipped) tests are skipped, where \(before.skipped) were"
        }
        return nil
    }
}
