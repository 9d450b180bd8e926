/// Seconds for people: `0.4s`, `12.3s`, `2m05s`, `1h02m`.
package func shownDuration(_ seconds: Double) -> String {
    let tenths = (max(0, seconds) * 10).rounded()
    if !tenths.isFinite || tenths > 1e12 { return "?" }
    if tenths < 600 { return "\(Int(tenths) / 10).\(Int(tenths) % 10)s" }
    let whole = Int((tenths / 10).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600 ? "\(whole / 60)m\(two(whole % 60))s" : "\(whole / 3600)h\(two(whole % 3600 / 60))m"
}

/// `1 task`, `2 tasks`.
package func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
