import Specialists

/// Keys and passwords in added lines.
package struct SecretsInChanges: BuiltinSpecialist {
    /// What in a line is a secret: the range in characters from 0, and what kind of one it is.
    package typealias Detector = @Sendable (String) -> [(range: Range<Int>, kind: String)]

    private let secrets: Detector

    package init(_ secrets: @escaping Detector) { self.secrets = secrets }

    /// A longer line isn't one that somebody wrote.
    private static let longestLine = 20_000

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isFile else { return [] }
        return file.added.flatMap { line -> [Finding] in
            guard line.text.utf8.count <= Self.longestLine else { return [] }
            let found = secrets(line.text)
            guard !found.isEmpty else { return [] }
            let shown = Self.hiding(found.map(\.range), in: line.text)
            return found.map { secret in
                file.finding(
                    "secret/\(Self.slug(secret.kind))", .error, line: line.number, column: secret.range.lowerBound + 1,
                    "This looks like a secret (\(secret.kind))", evidence: shown,
                    suggestion: "Take it out, and replace it where it was issued if it has left this machine.")
            }
        }
    }

    /// A range of a line's bytes, in its characters.
    package static func characters(_ bytes: Range<Int>, in line: String) -> Range<Int> {
        let all = Array(line.utf8)
        func count(_ end: Int) -> Int { String(decoding: all[..<min(end, all.count)], as: UTF8.self).count }
        let start = count(bytes.lowerBound)
        return start..<max(start, count(bytes.upperBound))
    }

    /// The line with its secrets unreadable: reports end up in logs.
    static func hiding(_ ranges: [Range<Int>], in line: String) -> String {
        var characters = Array(line)
        for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            let bounds = range.clamped(to: 0..<characters.count)
            guard !bounds.isEmpty else { continue }
            // Enough of its beginning to find it again.
            characters.replaceSubrange(bounds.dropFirst(min(4, bounds.count / 4)), with: Array("…"))
        }
        return String(characters)
    }

    private static func slug(_ kind: String) -> String {
        String(kind.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
