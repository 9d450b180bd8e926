/// The palette: what a piece of text is, not what it looks like. Without colours it leaves texts as they are.
package struct Style: Sendable, Equatable {
    package enum Role: Sendable, CaseIterable {
        case heading, error, warning, hint, success, faint, running, added, removed

        fileprivate var code: String {
            switch self {
            case .heading: "1"
            case .error: "1;31"
            case .warning: "33"
            case .hint: "36"
            case .success: "32"
            case .faint: "2"
            case .running: "36"
            case .added: "32"
            case .removed: "31"
            }
        }
    }

    package var hasColor: Bool
    package var glyphs: Glyphs
    /// Whether what is too wide is cut.
    package var cuts: Bool

    /// Whether bars and other drawings come through.
    package var hasUnicode: Bool { glyphs == .unicode }

    package init(_ terminal: Terminal) {
        hasColor = terminal.hasColor
        cuts = terminal.hasLimit
        glyphs = terminal.hasUnicode ? .unicode : .ascii
    }

    package func apply(_ role: Role, _ text: String) -> String {
        hasColor && !text.isEmpty ? "\u{1B}[\(role.code)m\(text)\u{1B}[0m" : text
    }

    /// The text, cut to `width` columns where there is such a limit.
    package func fit(_ text: String, to width: Int) -> String {
        cuts ? fitted(text, to: width, ellipsis: glyphs.ellipsis) : text
    }
}

/// The signs of the live view and of reports.
package struct Glyphs: Sendable, Equatable {
    package var waiting: String
    package var running: String
    package var succeeded: String
    package var failed: String
    package var skipped: String
    package var branch: String
    package var lastBranch: String
    package var ellipsis: String
    package var separator: String
    package var arrow: String
    package var rule: String

    package static let unicode = Glyphs(
        waiting: "○", running: "●", succeeded: "✓", failed: "✗", skipped: "–", branch: "├─", lastBranch: "└─",
        ellipsis: "…", separator: "·", arrow: "→", rule: "─")
    package static let ascii = Glyphs(
        waiting: ".", running: "*", succeeded: "+", failed: "x", skipped: "-", branch: "|-", lastBranch: "`-",
        ellipsis: "~", separator: "-", arrow: "->", rule: "-")
}
