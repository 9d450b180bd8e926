import Specialists

/// Lines indented with tabs where a file clearly uses spaces, or the other way round.
package struct MixedIndentation: BuiltinSpecialist {
    package init() {}

    /// So many lines of a file must agree, all but one in this many.
    private static let fewest = 20
    private static let dissent = 50
    /// Where tabs mean something, and where both are usual.
    private static let excused: Set<String> = [
        "mk", "mak", "am", "in", "s", "asm", "h", "diff", "patch", "tsv", "md", "rst",
    ]

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isFile, let text = file.text, !Self.excused.contains(file.ending),
            !file.name.lowercased().contains("makefile")
        else { return [] }
        let added = file.added.filter { Self.usesTabs($0.text.utf8) != nil }
        guard !added.isEmpty else { return [] }
        // What was there before says how the file is indented; a new file says it itself.
        let own = file.isNew ? [] : Set(added.map(\.number))
        var (tabs, spaces) = (0, 0)
        for range in text.lineStarts.enumerated() where !own.contains(range.offset + 1) {
            switch Self.usesTabs(text.bytes[range.element...]) {
            case true: tabs += 1
            case false: spaces += 1
            default: break
            }
        }
        guard max(tabs, spaces) >= Self.fewest, min(tabs, spaces) * Self.dissent <= max(tabs, spaces) else { return [] }
        let fileUsesTabs = tabs > spaces
        return added.compactMap { line in
            guard Self.usesTabs(line.text.utf8) == !fileUsesTabs else { return nil }
            return file.finding(
                "whitespace/mixed-indentation", .note, line: line.number, column: 1,
                "Indented with \(fileUsesTabs ? "spaces" : "a tab") in a file that uses "
                    + "\(fileUsesTabs ? "tabs" : "spaces")",
                evidence: line.text, suggestion: "Indent it as the rest of the file.")
        }
    }

    /// Whether a line's indentation begins with a tab; nil when it has none that says something: up to three spaces
    /// align, and so do those before a comment's continuation.
    private static func usesTabs(_ line: some Sequence<UInt8>) -> Bool? {
        var spaces = 0
        for byte in line {
            switch byte {
            case 0x09: return spaces == 0 ? true : nil
            case 0x20: spaces += 1
            case 0x0A, 0x0D, UInt8(ascii: "*"): return nil
            default: return spaces >= 4 ? false : nil
            }
        }
        return nil
    }
}
