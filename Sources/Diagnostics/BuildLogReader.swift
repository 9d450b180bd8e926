/// Reads a build's output as it comes, in pieces cut anywhere, and tells what went wrong.
///
/// Whatever it is fed, its memory stays within `Limits`; nothing in the input is trusted, and no input is an error.
package struct BuildLogReader: Sendable {
    /// What it keeps at most.
    package struct Limits: Sendable, Hashable {
        /// Diagnostics.
        package var diagnostics = 2000
        /// Notes, and fix-its, of one diagnostic.
        package var notes = 64
        /// Bytes of one line; the rest of it is skipped.
        package var lineBytes = 16_384
        /// Bytes of text in all diagnostics together.
        package var textBytes = 16 << 20
        /// Lines and bytes of the tail.
        package var tailLines = 60
        package var tailBytes = 16_384

        package init() {}
    }

    private let limits: Limits
    private var pending: [UInt8] = []
    private var lineCount = 0
    private var byteCount = 0
    private var endsInLine = false
    private var tail: [[UInt8]] = []
    private var tailNext = 0
    private var context: LogContext
    private var dialects = Dialects()

    /// - Parameters:
    ///   - root: the absolute path that locations are made relative to.
    ///   - directory: where the build ran; the root when nil. Relative means below the root.
    ///   - exists: whether a file is there, asked with absolute paths. Only with it can the output of a parallel make be
    ///     attributed to the right one of several directories.
    package init(
        root: String, directory: String? = nil, limits: Limits = .init(),
        exists: (@Sendable (String) -> Bool)? = nil
    ) {
        self.limits = limits
        context = LogContext(
            paths: PathResolver(root: root, directory: directory, exists: exists),
            collector: DiagnosticCollector(limits: limits))
    }

    package mutating func consume(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { consume($0) }
    }

    package mutating func consume(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { consume($0) }
    }

    package mutating func consume(_ bytes: UnsafeRawBufferPointer) {
        bytes.withMemoryRebound(to: UInt8.self) { consume($0) }
    }

    package mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) {
        byteCount += bytes.count
        var start = 0
        var at = 0
        while at < bytes.count {
            guard bytes[at] == .newline else {
                at += 1
                continue
            }
            let piece = UnsafeBufferPointer(rebasing: bytes[start..<at])
            if pending.isEmpty {
                readLine(piece)
            } else {
                keep(piece)
                let whole = pending
                pending.removeAll(keepingCapacity: true)
                whole.withUnsafeBufferPointer { readLine($0) }
            }
            endsInLine = false
            at += 1
            start = at
        }
        if start < bytes.count {
            keep(UnsafeBufferPointer(rebasing: bytes[start...]))
            endsInLine = true
        }
    }

    /// Ends the log and gives what it said. The reader is of no further use.
    package mutating func finish() -> BuildLog {
        if endsInLine {
            let whole = pending
            pending = []
            endsInLine = false
            whole.withUnsafeBufferPointer { readLine($0) }
        }
        dialects.finish(&context)
        let findings = context.collector.findings
        return BuildLog(
            diagnostics: findings.map(\.diagnostic), rootCauses: RootCauseSearch.run(findings), tail: tailText(),
            lineCount: lineCount, byteCount: byteCount, droppedDiagnostics: context.collector.dropped)
    }

    private mutating func keep(_ piece: UnsafeBufferPointer<UInt8>) {
        let room = limits.lineBytes - pending.count
        if room > 0 { pending.append(contentsOf: piece.prefix(room)) }
    }

    private mutating func readLine(_ whole: UnsafeBufferPointer<UInt8>) {
        lineCount += 1
        let raw = Self.visible(UnsafeBufferPointer(rebasing: whole.prefix(limits.lineBytes)))
        let bytes = TerminalText.isPlain(raw) ? Array(raw) : TerminalText.cleaned(raw)
        remember(bytes)
        let prefix = LinePrefix.length(bytes)
        guard dialects.isReading || Self.isCandidate(bytes, from: prefix) else { return }
        let line = Line(prefix == 0 ? bytes : Array(bytes[prefix...]), number: lineCount)
        dialects.read(line, &context)
    }

    /// What a terminal would still show of a line that was overwritten after carriage returns.
    private static func visible(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = line.count
        while end > 0, line[end - 1] == .carriageReturn { end -= 1 }
        var start = end
        while start > 0, line[start - 1] != .carriageReturn { start -= 1 }
        return UnsafeBufferPointer(rebasing: line[start..<end])
    }

    /// Whether a line can begin anything: it holds `: `, `:3`, `(3`, or begins like one of the headings. The others,
    /// most of a log, are looked at no further.
    private static func isCandidate(_ bytes: [UInt8], from start: Int) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var at = start
            while at < bytes.count, bytes[at] == .space || bytes[at] == .tab { at += 1 }
            guard at < bytes.count else { return false }
            switch bytes[at] {
            case 0x2a, 0x2b, 0x3d, 0x3e, .dash, .underscore, .bar, 0x80...: return true  // * + = > non-ASCII
            default: break
            }
            for index in at..<bytes.count {
                let byte = bytes[index]
                guard byte == .colon || byte == .openParenthesis else { continue }
                guard index + 1 < bytes.count else { return byte == .colon }
                let next = bytes[index + 1]
                if next.isDigit || (byte == .colon && (next == .space || next == .openParenthesis || next == .quote)) {
                    return true
                }
            }
            return Dialects.headings.contains { heading in
                heading.withUTF8Buffer { wanted in
                    guard bytes.count - start >= wanted.count else { return false }
                    for index in 0..<wanted.count where bytes[start + index] != wanted[index] { return false }
                    return true
                }
            }
        }
    }

    private mutating func remember(_ bytes: [UInt8]) {
        guard limits.tailLines > 0 else { return }
        if tail.count < limits.tailLines {
            tail.append(bytes)
        } else {
            tail[tailNext] = bytes
            tailNext = (tailNext + 1) % limits.tailLines
        }
    }

    private func tailText() -> String {
        var lines: [String] = []
        var room = limits.tailBytes
        for line in (tail[tailNext...] + tail[..<tailNext]).reversed() {
            guard room > 0 else { break }
            let kept = line.prefix(min(room, 1024))
            room -= kept.count + 1
            lines.append(String(decoding: kept, as: UTF8.self))
        }
        return lines.reversed().joined(separator: "\n")
    }
}
