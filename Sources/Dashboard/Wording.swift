import Foundation

/// A number with a fixed count of decimals, independent of the locale.
func shownNumber(_ number: Double, decimals: Int) -> String {
    number.isFinite ? String(format: "%.\(decimals)f", number) : "0"
}

/// A share of 1 in percent.
package func shownPercent(_ share: Double) -> String { "\(shownNumber(share * 100, decimals: 0)) %" }

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
