extension SecretScan {
    /// A private key between its marks: the lines in between, each for itself, so that the text keeps its lines. The marks alone are no secret.
    mutating func privateKey(at start: Int) {
        guard has("-----BEGIN ", at: start) else { return }
        let lineEnd = lineEnd(from: start)
        let label = start + 11
        guard let close = firstDashes(from: label, before: min(lineEnd, label + 40)),
            Array(bytes[label..<close]).holds(Array("PRIVATE KEY".utf8))
        else { return }
        var isFirst = true
        // All on one line, with `\n` written out.
        if let mark = firstDashes(from: close + 5, before: lineEnd), mark - close > 40 {
            add(.privateKey, close + 5..<mark, isSure: true)
            keysEnd = mark
            return
        }
        var at = lineEnd + 1
        var short = 0
        while at < bytes.count {
            let end = self.lineEnd(from: at)
            let line = at..<min(end, at + 4096)
            keysEnd = end
            if let body = keyBody(in: line, isFirst: isFirst) {
                add(.privateKey, body, isSure: isFirst || found.last?.isSure == true, isContinuation: !isFirst)
                isFirst = false
                short = 0
            } else if !isFirst, let rest = lastLine(in: line) {
                add(.privateKey, rest, isSure: true, isContinuation: true)
                return
            } else {
                short += 1
                // `Proc-Type`, `DEK-Info` and an empty line may stand before the key; nothing stands in it.
                if short > 4 || !isFirst || Array(bytes[line]).holds(Array("-----END".utf8)) { return }
            }
            at = end + 1
        }
    }

    private func lineEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        return end
    }

    private func firstDashes(from start: Int, before limit: Int) -> Int? {
        var at = start
        while at + 5 <= limit {
            if has("-----", at: at) { return at }
            at += 1
        }
        return nil
    }

    /// The longest run of base64 in the line, when there are 32 bytes or more of it.
    private func keyBody(in line: Range<Int>, isFirst: Bool) -> Range<Int>? {
        var best: Range<Int>?
        var at = line.lowerBound
        while at < line.upperBound {
            let start = at
            while at < line.upperBound, ByteClass.base64.contains(bytes[at]) { at += 1 }
            // A diff's plus sign is no part of the key.
            let isMarked =
                start == line.lowerBound || bytes[start - 1] == UInt8(ascii: "|") || isBlank(bytes[start - 1])
            let from = isMarked && bytes[start] == UInt8(ascii: "+") ? start + 1 : start
            if at - from >= 32, at - from > best?.count ?? 0 { best = from..<at }
            at += 1
        }
        // A long name in code that follows a mark is no key.
        guard let best, SecretValue.entropy(bytes[best]) >= 3.5 else { return nil }
        if isFirst, SecretValue.meanSegment(bytes[best]) >= 3 { return nil }
        return best
    }

    /// The short line that ends a key: base64 with nothing else but what a literal or a diff puts around it.
    private func lastLine(in line: Range<Int>) -> Range<Int>? {
        let text = bytes[line]
        guard !Array(text).holds(Array("-----".utf8)) else { return nil }
        let around = ByteClass(" \t0123456789|+-\"'\\,;\r")
        guard let first = text.firstIndex(where: { !around.contains($0) }) else { return nil }
        var end = first
        while end < line.upperBound, ByteClass.base64.contains(bytes[end]) { end += 1 }
        return end - first >= 4 ? first..<end : nil
    }
}
