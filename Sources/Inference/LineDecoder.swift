/// Cuts a byte stream into lines, whatever the pieces it comes in.
///
/// Lines end in `\n` or `\r\n`; blank lines are kept, since they end a server-sent event. A line longer than the bound
/// is refused rather than buffered.
struct LineDecoder {
    /// A line passed the bound.
    struct LineTooLong: Error, Equatable {
        /// The bound in bytes.
        var limit: Int
    }

    /// The longest line in bytes: what Ollama's own client accepts.
    static let defaultLimit = 8_000_000

    private let limit: Int
    private var pending: [UInt8] = []

    init(limit: Int = defaultLimit) {
        self.limit = limit
    }

    /// The lines that `bytes` completes, without their ends.
    mutating func lines(adding bytes: some Collection<UInt8>) throws(LineTooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try keep(rest[..<end])
            lines.append(takeLine())
            rest = rest[rest.index(after: end)...]
        }
        try keep(rest)
        return lines
    }

    private mutating func keep(_ part: some Collection<UInt8>) throws(LineTooLong) {
        guard pending.count + part.count <= limit else { throw LineTooLong(limit: limit) }
        pending.append(contentsOf: part)
    }

    /// The last line, when the stream ended without a line end; nil when nothing is left.
    mutating func finish() -> [UInt8]? {
        pending.isEmpty ? nil : takeLine()
    }

    private mutating func takeLine() -> [UInt8] {
        var line = pending
        pending.removeAll(keepingCapacity: line.count < 65_536)
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }
}
