/// A tool's words without what differs from one run of it to the next: how long it took, when, where its scratch files lay, and
/// at which addresses its objects were. No model mends anything by these, and a prompt that is the same to the byte is one that
/// a server, or an earlier run, has answered already.
///
/// A number stays where it may be what the failure is about: only durations that stand as tools write them are taken out.
///
/// - Parameter keepingQuoted: whether durations and times within quotes stay: there a message shows what was compared. Paths and
///   addresses don't, for nobody compares those.
func steadied(_ text: String, keepingQuoted: Bool = false) -> String {
    var text = text
    var quoted: [Range<String.Index>] = []
    func isKept(_ range: Range<String.Index>) -> Bool {
        quoted.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }
    // A scratch checkout, wherever it lies: what follows is the path in the repository.
    text.replace(/(?:\/[^\s\/"'`:()\[\]]+)*\/scratch-[0-9a-z]{5,}\/[a-z]+\//, with: "")
    if keepingQuoted { quoted = quotedRanges(in: text) }
    // "Ran 3 tests in 0.012s", "took 12 ms", "Time: 0.5 s", "duration_ms 0.4".
    text.replace(
        /\b(in|took|after|[Tt]ime:|[Dd]uration:|[Ee]lapsed:)( +)\d+(?:\.\d+)?( ?)(m?s|µs|secs?|seconds|minutes)\b/
    ) { isKept($0.range) ? String($0.0) : "\($0.1)\($0.2)…\($0.3)\($0.4)" }
    if keepingQuoted { quoted = quotedRanges(in: text) }
    text.replace(/\bduration_ms:? \d+(?:\.\d+)?/) { isKept($0.range) ? String($0.0) : "duration_ms …" }
    // "--- FAIL: TestAdd (0.00s)", "[12ms]", and go's "FAIL	package	0.003s" at a line's end.
    if keepingQuoted { quoted = quotedRanges(in: text) }
    text.replace(/([(\[])\d+(?:\.\d+)? ?(m?s|µs|secs?|seconds)([)\]])/) {
        isKept($0.range) ? String($0.0) : "\($0.1)…\($0.2)\($0.3)"
    }
    text.replace(/\t\d+\.\d+s(?=\n|$)/, with: "\t…s")
    // "failed at 2026-01-31 10:00:00.000.", and a log's lines that begin with the time.
    if keepingQuoted { quoted = quotedRanges(in: text) }
    text.replace(
        /(^|\n|\bat )\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?/
    ) { isKept($0.range) ? String($0.0) : "\($0.1)…" }
    // The address of an object: longer than the numbers that people compare.
    text.replace(/\b0x[0-9a-f]{9,16}\b/, with: "0x…")
    // Files that a tool made for itself.
    text.replace(/(\/tmp|\/var\/tmp|\/var\/folders)\/[^\s"'`:()\[\]]+/) { "\($0.1)/…" }
    return text
}

/// What stands in quotes on one line. A mark within a word is an apostrophe.
private func quotedRanges(in text: String) -> [Range<String.Index>] {
    var ranges: [Range<String.Index>] = []
    var at = text.startIndex
    while at < text.endIndex {
        let mark = text[at]
        let next = text.index(after: at)
        let isWithinWord = at > text.startIndex && text[text.index(before: at)].isLetter
        guard let closing = closingMarks[mark], !isWithinWord,
            let close = text[next...].prefix(500).prefix(while: { !$0.isNewline }).indices.first(where: { place in
                let after = text.index(after: place)
                return closing.contains(text[place]) && !(after < text.endIndex && text[after].isLetter)
            })
        else {
            at = next
            continue
        }
        ranges.append(next..<close)
        at = text.index(after: close)
    }
    return ranges
}

private let closingMarks: [Character: String] = ["'": "'", "\"": "\"", "`": "`'", "‘": "’", "“": "”"]

/// Whether a line belongs to the tables at the end of a runtime's crash report: loaded images with their build ids, registers,
/// and how long it took. They differ from run to run, and nobody mends anything by them.
func isCrashTable(_ line: some StringProtocol) -> Bool {
    let text = String(line)
    return text.wholeMatch(of: /\s*0x[0-9a-f]+[–-]0x[0-9a-f]+ .*/) != nil
        || text.wholeMatch(of: /\s*Images \(\d+ omitted\):\s*/) != nil
        || text.wholeMatch(of: /\s*Backtrace took \d.*s\s*/) != nil
        || text.wholeMatch(of: /\s*Registers:\s*/) != nil
}
