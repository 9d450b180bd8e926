import Foundation

/// Seconds for people: `0.4s`, `12.3s`, `2m05s`, `1h02m`.
func shownDuration(_ seconds: Double) -> String {
    let tenths = (max(0, seconds) * 10).rounded()
    if !tenths.isFinite || tenths > 1e12 { return "?" }
    if tenths < 600 { return "\(Int(tenths) / 10).\(Int(tenths) % 10)s" }
    let whole = Int((tenths / 10).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600 ? "\(whole / 60)m\(two(whole % 60))s" : "\(whole / 3600)h\(two(whole % 3600 / 60))m"
}

/// A number with a fixed count of decimals, independent of the locale.
func shownNumber(_ number: Double, decimals: Int) -> String {
    number.isFinite ? String(format: "%.\(decimals)f", number) : "0"
}

/// A share of 1 in percent.
package func shownPercent(_ share: Double) -> String { "\(shownNumber(share * 100, decimals: 0)) %" }

/// `1 task`, `2 tasks`.
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// Text that is cut to so many characters, with a sign that it was.
package func shortened(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(max(1, length - 1)) + "…"
}

/// A moment, in UTC: the page may be read on another machine than the one it tells of.
package func shownDate(_ date: Date) -> String {
    date.formatted(.iso8601.dateTimeSeparator(.space).timeZoneSeparator(.omitted)).replacing("Z", with: " UTC")
}

/// The last part of a path.
package func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
