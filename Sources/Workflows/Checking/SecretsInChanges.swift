import Specialists

/// Keys and passwords in added lines.
package struct SecretsInChanges: BuiltinSpecialist {
    /// What in a text of one or several lines is a secret: its bytes, and what kind of one it is. A key of several lines is
    /// told once, by its first line.
    package typealias Detector = @Sendable (String) -> [(range: Range<Int>, kind: String)]

    private let secrets: Detector

    package init(_ secrets: @escaping Detector = scanned) { self.secrets = secrets }

    /// What the scanner is sure of.
    package static let scanned: Detector = { text in
        SecretScanner().secrets(in: Array(text.utf8)).filter { !$0.isContinuation }.map { ($0.range, $0.kind.rawValue) }
    }

    /// A longer line isn't one that somebody wrote.
    private static let longestLine = 20_000

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isFile else { return [] }
        return Self.runs(file.added.filter { $0.text.utf8.count <= Self.longestLine }).flatMap { run in
            findings(in: run, of: file)
        }
    }

    private typealias Run = (first: Int, lines: [String])

    /// Lines that follow one another: a key has several.
    private static func runs(_ added: [(number: Int, text: String)]) -> [Run] {
        var runs: [Run] = []
        for line in added {
            if let last = runs.last, last.first + last.lines.count == line.number {
                runs[runs.count - 1].lines.append(line.text)
            } else {
                runs.append((line.number, [line.text]))
            }
        }
        return runs
    }

    private func findings(in run: Run, of file: ChangedFile) -> [Finding] {
        let text = SourceText(run.lines.joined(separator: "\n"))
        let found = secrets(text.string)
        let byLine = Dictionary(grouping: found) { text.line(at: $0.range.lowerBound) }
        return found.compactMap { secret in
            let index = text.line(at: secret.range.lowerBound)
            guard let place = text.rangeWithEnding(ofLine: index) else { return nil }
            // Other secrets of the line are nobody's business either.
            let hidden = (byLine[index] ?? []).map { $0.range.clamped(to: place) }.filter { !$0.isEmpty }
                .map { ($0.lowerBound - place.lowerBound)..<($0.upperBound - place.lowerBound) }
            let line = Array(text.bytes[place].prefix { $0 != 0x0A })
            let before = line[..<min(line.count, secret.range.lowerBound - place.lowerBound)]
            return file.finding(
                "secret/\(Self.slug(secret.kind))", Self.severity(of: secret.kind, in: file.path),
                line: run.first + index - 1,
                column: String(decoding: before, as: UTF8.self).count + 1,
                "This looks like a secret (\(secret.kind))", evidence: Self.hiding(hidden, in: line),
                suggestion: "Take it out, and replace it where it was issued if it has left this machine.")
        }
    }

    /// What tests of cryptography and of logins hold are made up, nearly always; a token that a service has issued isn't.
    private static func severity(of kind: String, in path: String) -> Finding.Severity {
        let madeUp: [SecretKind] = [.privateKey, .assigned]
        return looksLikeTest(path) && madeUp.contains { $0.rawValue == kind } ? .note : .error
    }

    /// The line with its secrets unreadable but for enough of their beginning to find them again: reports end up in logs.
    static func hiding(_ ranges: [Range<Int>], in line: [UInt8]) -> String {
        var bytes = line
        for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            let bounds = range.clamped(to: 0..<bytes.count)
            guard !bounds.isEmpty else { continue }
            bytes.replaceSubrange(bounds.dropFirst(min(4, bounds.count / 4)), with: Array("…".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func slug(_ kind: String) -> String {
        String(kind.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
