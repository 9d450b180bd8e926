#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a build's output as it comes, in pieces cut anywhere, and tells what went wrong.
///
/// Reports that other programs read are understood where they stand, too: SARIF at the beginning of any line, JUnit's
/// XML at the beginning of the input.
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
        /// Bytes of one SARIF or JUnit report; what is beyond them is not read.
        package var reportBytes = 48 << 20
        /// Lines and bytes of the tail.
        package var tailLines = 60
        package var tailBytes = 16_384

        package init() {}
    }

    private let limits: Limits
    private let filter = LineFilter()
    private var pending: [UInt8] = []
    private var lineCount = 0
    private var byteCount = 0
    private var endsInLine = false
    private var tail: LogTail
    private var tests: TestTotals?
    private var context: LogContext
    private var dialects = Dialects()
    /// Whether a dialect is in the middle of something, and must see every line.
    private var isReading = false
    /// Whether there is no room for any error.
    private var isFull = false
    private var report: ReportInput?
    /// Whether a line has turned out to be no report's beginning, however it begins.
    private var isPlainLine = false
    /// Whether something began like a report and was none: it isn't tried again.
    private var hasFailedReport = false

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
        tail = LogTail(lines: limits.tailLines, bytes: limits.tailBytes)
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
        read(bytes)
    }

    /// Ends the log and gives what it said. The reader is of no further use.
    package mutating func finish() -> BuildLog {
        endReport()
        if endsInLine {
            let whole = pending
            pending = []
            endsInLine = false
            whole.withUnsafeBufferPointer { readLine($0, isLast: true) }
        }
        dialects.finish(&context)
        let findings = context.collector.findings
        return BuildLog(
            diagnostics: findings.map(\.diagnostic), rootCauses: RootCauseSearch.run(findings), tail: tail.text,
            tests: tests, lineCount: lineCount, byteCount: byteCount, droppedDiagnostics: context.collector.dropped)
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        let last = LogTail.start(of: bytes, lines: limits.tailLines)
        var at = 0
        while at < bytes.count {
            if report != nil {
                at += readReport(UnsafeBufferPointer(rebasing: bytes[at...]))
                continue
            }
            if !endsInLine, !isPlainLine, !hasFailedReport,
                ReportInput.mayBegin(bytes[at], isFirst: lineCount < 8)
            {
                report = ReportInput(limit: limits.reportBytes)
                continue
            }
            guard let found = memchr(base + at, Int32(UInt8.newline), bytes.count - at) else {
                keep(UnsafeBufferPointer(rebasing: bytes[at...]))
                endsInLine = true
                return
            }
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            let piece = UnsafeBufferPointer(rebasing: bytes[at..<end])
            if pending.isEmpty {
                readLine(piece, isLast: at >= last)
            } else {
                keep(piece)
                let whole = pending
                pending.removeAll(keepingCapacity: true)
                whole.withUnsafeBufferPointer { readLine($0, isLast: at >= last) }
            }
            endsInLine = false
            isPlainLine = false
            at = end + 1
        }
    }

    private mutating func keep(_ piece: UnsafeBufferPointer<UInt8>) {
        let room = limits.lineBytes - pending.count
        if room > 0 { pending.append(contentsOf: piece.prefix(room)) }
    }

    // MARK: lines

    private mutating func readLine(_ whole: UnsafeBufferPointer<UInt8>, isLast: Bool) {
        lineCount += 1
        let raw = Self.visible(UnsafeBufferPointer(rebasing: whole.prefix(limits.lineBytes)))
        if TerminalText.isPlain(raw) {
            readClean(raw, isLast: isLast)
        } else {
            TerminalText.cleaned(raw).withUnsafeBufferPointer { readClean($0, isLast: isLast) }
        }
    }

    private mutating func readClean(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) {
        if isLast { tail.append(Array(bytes)) }
        if TestTotals.mayTell(bytes) { countTests(String(decoding: bytes.prefix(400), as: UTF8.self)) }
        let prefix = LinePrefix.length(bytes)
        let isInCommand = context.paths.isInCommand
        guard isReading || filter.isCandidate(bytes, from: prefix, isInCommand: isInCommand) else { return }
        guard context.collector.takesWarnings || !skips(bytes, from: prefix) else { return }
        dialects.read(Line(Array(bytes[prefix...]), number: lineCount), &context)
        isReading = dialects.isReading
    }

    private mutating func countTests(_ line: String) {
        guard let told = TestTotals.read(line, after: tests) else { return }
        tests = TestTotals(ran: tests?.ran ?? 0, skipped: tests?.skipped ?? 0)
        tests?.add(told)
    }

    /// Whether a line only says what there is no room for any more. Logs of millions of errors consist of such lines, so
    /// that they are told by their bytes.
    private mutating func skips(_ bytes: UnsafeBufferPointer<UInt8>, from prefix: Int) -> Bool {
        let takesErrors = context.collector.takesErrors
        if let severity = LineFilter.severity(bytes, from: prefix) {
            if severity.isNote { return context.collector.current == nil && !isReading }
            guard !severity.isError || !takesErrors else { return false }
            context.collector.drop()
            dialects.leaveOut()
            isReading = dialects.isReading
            return true
        }
        guard !takesErrors else { return false }
        if !isFull {
            // Whatever was in the middle of something has nothing to say any more that there were room for.
            isFull = true
            dialects.finish(&context)
            isReading = false
        }
        guard !isReading, !LineFilter.namesTest(bytes, from: prefix) else { return false }
        if LineFilter.mentionsError(bytes) { context.collector.drop() }
        return true
    }

    /// What a terminal would still show of a line that was overwritten after carriage returns.
    private static func visible(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = line.count
        while end > 0, line[end - 1] == .carriageReturn { end -= 1 }
        guard let base = line.baseAddress, memchr(base, Int32(UInt8.carriageReturn), end) != nil else {
            return UnsafeBufferPointer(rebasing: line[..<end])
        }
        var start = end
        while start > 0, line[start - 1] != .carriageReturn { start -= 1 }
        return UnsafeBufferPointer(rebasing: line[start..<end])
    }

    // MARK: reports

    /// Feeds a report that has begun; how many bytes belong to it.
    private mutating func readReport(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let taken = report?.take(bytes) else { return bytes.count }
        switch taken {
        case .more: return bytes.count
        case .none(let held):
            // What has come before this piece is text after all.
            report = nil
            isPlainLine = true
            held.withUnsafeBufferPointer { read($0) }
            return 0
        case .end(let count):
            endReport()
            return count
        }
    }

    private mutating func endReport() {
        guard let report else { return }
        self.report = nil
        let result = report.finish(&context, firstLine: lineCount + 1)
        guard result.isReport else {
            // What ended on its first line costs nothing to try again; what took in many might do so at each of them.
            if report.bytes.contains(.newline) { hasFailedReport = true } else { isPlainLine = true }
            report.bytes.withUnsafeBufferPointer { read($0) }
            return
        }
        lineCount += result.lines
        isPlainLine = true
        for line in result.summary { tail.append(Array(line.utf8)) }
        // What stands behind a report is a log again.
        if result.length < report.bytes.count {
            report.bytes[result.length...].withUnsafeBufferPointer { read($0) }
        }
    }
}
