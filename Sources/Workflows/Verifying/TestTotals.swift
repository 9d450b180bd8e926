import Diagnostics

extension TestTotals {
    /// Why a passing run doesn't count after the one before; nil when it does.
    ///
    /// A candidate that ends the program early, or takes the tests' framework apart, makes a command pass without its tests: then
    /// the last words of the runner are missing, or tell of fewer tests than before.
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
