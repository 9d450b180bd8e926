/// What an output can show.
package struct Terminal: Sendable, Equatable {
    package var isTerminal: Bool
    package var columns: Int
    package var rows: Int
    /// Whether `columns` is a limit: a file or a pipe has none, and what is written there is cut nowhere.
    package var hasLimit: Bool
    package var hasColor: Bool
    /// Whether box drawing and check marks come through; otherwise ASCII stands for them.
    package var hasUnicode: Bool

    package init(
        isTerminal: Bool, columns: Int = 80, rows: Int = 24, hasLimit: Bool = true, hasColor: Bool = false,
        hasUnicode: Bool = true
    ) {
        self.isTerminal = isTerminal
        self.hasLimit = hasLimit
        self.columns = columns
        self.rows = rows
        self.hasColor = hasColor
        self.hasUnicode = hasUnicode
    }

    /// For text that goes into a file or a commit: 72 columns, no colour, ASCII signs.
    package static let plain = Terminal(isTerminal: false, columns: 72, hasColor: false, hasUnicode: false)

    /// Decides from the stream and the environment.
    ///
    /// `COLUMNS` counts where the stream doesn't know. Without either, prose is broken at 80 columns, and nothing is cut where
    /// there is no terminal. Colours need a terminal that is not `dumb`, no `--no-color`, and no
    /// `NO_COLOR` with a value. Without a UTF-8 locale, ASCII.
    package init(_ stream: TextStream, environment: [String: String], noColor: Bool) {
        let size = stream.size()
        isTerminal = stream.isTerminal && environment["TERM"] != "dumb"
        let known = size?.columns ?? environment["COLUMNS"].flatMap { Int($0) }
        columns = min(max(known ?? 80, 20), 400)
        hasLimit = isTerminal || known != nil
        rows = min(max(size?.rows ?? environment["LINES"].flatMap { Int($0) } ?? 24, 4), 400)
        hasColor = isTerminal && !noColor && environment["NO_COLOR", default: ""].isEmpty
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let encoding = locale.lowercased()
        hasUnicode = encoding.contains("utf-8") || encoding.contains("utf8")
    }
}
