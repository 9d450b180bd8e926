/// How many tests a run of a test command says it ran, and how many of them it skipped: of all suites together.
package struct TestTotals: Sendable, Hashable, Codable {
    package var ran: Int
    package var skipped: Int

    package init(ran: Int, skipped: Int) {
        self.ran = ran
        self.skipped = skipped
    }

    /// Takes in what a line of a runner tells.
    mutating func add(_ other: TestTotals) {
        // Each is bounded, and a log has fewer lines than would make the sums overflow.
        ran += other.ran
        skipped += other.skipped
    }

    /// Whether a line may tell of totals, by its first bytes: most lines of a log don't, and each is looked at.
    @inline(__always)
    static func mayTell(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 7 else { return false }
        switch bytes[0] {
        case UInt8(ascii: "R"): return bytes[1] == UInt8(ascii: "a") && bytes[2] == UInt8(ascii: "n")
        case UInt8(ascii: "t"): return bytes[1] == UInt8(ascii: "e") && bytes[5] == UInt8(ascii: "r")
        case UInt8(ascii: "T"): return bytes[1] == UInt8(ascii: "e") && bytes[5] == UInt8(ascii: "r")
        case UInt8(ascii: "O"): return bytes[1] == UInt8(ascii: "K") && bytes[3] == UInt8(ascii: "(")
        case UInt8(ascii: "="): return bytes[1] == UInt8(ascii: "=") || bytes[1] == UInt8(ascii: " ")
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return bytes.contains(UInt8(ascii: ","))
                || bytes[bytes.count - 1] == UInt8(ascii: "s")
        // Swift Testing begins its lines with a symbol.
        case 0xE2, 0xF4: return true
        default: return false
        }
    }

    /// What one line of a runner's output tells; nil for any other line.
    /// - Parameter before: what was told before it: some runners say on a line of its own how many were skipped.
    static func read(_ line: String, after before: TestTotals?) -> TestTotals? {
        guard line.utf8.count < 400 else { return nil }
        // unittest, Swift Testing
        if let match = line.firstMatch(of: /^Ran (\d+) tests? in\s/) {
            return TestTotals(ran: number(match.1), skipped: 0)
        }
        if let skipped = line.firstMatch(of: /^OK \(.*skipped=(\d+)/)?.1 {
            return before == nil ? nil : TestTotals(ran: 0, skipped: number(skipped))
        }
        if let match = line.firstMatch(of: /Test run with (\d+) tests? .*(?:passed|failed) after/) {
            return TestTotals(ran: number(match.1), skipped: 0)
        }
        // cargo
        if let match = line.firstMatch(of: /^test result: .* (\d+) passed; (\d+) failed; (\d+) ignored/) {
            let skipped = number(match.3)
            return TestTotals(ran: number(match.1) + number(match.2) + skipped, skipped: skipped)
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

    /// A number of tests: sums of what a program prints can't overflow.
    private static func number(_ digits: Substring) -> Int { min(Int(digits) ?? 0, 1_000_000_000) }
}
