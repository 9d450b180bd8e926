/// unittest's report: a heading that names the test, then its traceback.
struct UnittestReport: Dialect {
    private(set) var testForTraceback: String?
    private var sawRule = false

    var isReading: Bool { testForTraceback != nil || sawRule }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.count == 70, line.bytes.allSatisfy({ $0 == 0x3d }) {
            sawRule = true
            testForTraceback = nil
            return false
        }
        if sawRule {
            sawRule = false
            if let start = line.starts("FAIL: ") ? 6 : line.starts("ERROR: ") ? 7 : nil {
                testForTraceback = Self.name(line.text(start))
                log.collector.breakOff()
                return true
            }
        }
        guard testForTraceback != nil else { return false }
        if line.starts("Ran "), line.contains(" test") {
            testForTraceback = nil
            return false
        }
        return line.bytes.count == 70 && line.bytes.allSatisfy { $0 == .dash }
    }

    mutating func finish(_ log: inout LogContext) {}

    /// `test_x (mod.Class.test_x) (i=1)` and, before 3.11, `test_x (mod.Class)`: both as `mod.Class.test_x`.
    static func name(_ text: String) -> String {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[1].hasPrefix("("), let close = parts[1].firstIndex(of: ")") else { return text }
        let inside = parts[1][parts[1].index(after: parts[1].startIndex)..<close]
        return inside.hasSuffix("." + parts[0]) ? String(inside) : "\(inside).\(parts[0])"
    }
}
