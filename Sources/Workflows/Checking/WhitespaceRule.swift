import Git

/// What git takes for a white space error: `core.whitespace`, and the `whitespace` attribute of a path.
package struct WhitespaceRule: Sendable, Hashable {
    /// Kinds of errors, and what excuses one.
    package struct Kinds: OptionSet, Sendable, Hashable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let blankAtEnd = Kinds(rawValue: 1)
        package static let spaceBeforeTab = Kinds(rawValue: 2)
        package static let indentWithNonTab = Kinds(rawValue: 4)
        /// A carriage return at a line's end is none.
        package static let returnAtEnd = Kinds(rawValue: 8)
        package static let blankAtEndOfFile = Kinds(rawValue: 16)
        package static let tabInIndent = Kinds(rawValue: 32)

        static let usual: Kinds = [.blankAtEnd, .blankAtEndOfFile, .spaceBeforeTab]
    }

    package var kinds = Kinds.usual
    /// How many columns a tab has, 1 to 63.
    package var tabWidth = 8

    /// Git's default.
    package init() {}

    /// What a `core.whitespace` says; nil is git's default. What git doesn't know is passed over, as git does.
    package init(configured: String?) {
        for word in (configured ?? "").split(whereSeparator: { ", \t\n\r".contains($0) }) {
            let isNegated = word.hasPrefix("-")
            let name = isNegated ? word.dropFirst() : word
            // Git takes any beginning of a name, the first that fits.
            if let known = Self.names.first(where: { $0.name.hasPrefix(name) }), !name.isEmpty {
                if isNegated { kinds.subtract(known.kinds) } else { kinds.formUnion(known.kinds) }
            }
            if name.hasPrefix("tabwidth="), let width = Int(name.dropFirst(9)), (1..<64).contains(width) {
                tabWidth = width
            }
        }
    }

    /// The rule for a path with this attribute.
    package func with(attribute: AttributeValue?) -> WhitespaceRule {
        switch attribute {
        case nil: return self
        case .text(let text): return WhitespaceRule(configured: text)
        case .set:
            var rule = self
            rule.kinds = [.blankAtEnd, .blankAtEndOfFile, .spaceBeforeTab, .indentWithNonTab]
            return rule
        case .unset:
            var rule = self
            rule.kinds = []
            return rule
        }
    }

    private static let names: [(name: String, kinds: Kinds)] = [
        ("trailing-space", [.blankAtEnd, .blankAtEndOfFile]), ("space-before-tab", .spaceBeforeTab),
        ("indent-with-non-tab", .indentWithNonTab), ("cr-at-eol", .returnAtEnd), ("blank-at-eol", .blankAtEnd),
        ("blank-at-eof", .blankAtEndOfFile), ("tab-in-indent", .tabInIndent),
    ]

    /// What is wrong in a line, and the byte where each begins, from 0.
    ///
    /// - Parameter line: the line without its line feed.
    func errors(in line: [UInt8]) -> [(kind: Kinds, offset: Int)] {
        var found: [(kind: Kinds, offset: Int)] = []
        var end = line.count
        if kinds.contains(.returnAtEnd), line.last == 0x0D { end -= 1 }
        var textEnd = end
        if kinds.contains(.blankAtEnd) {
            while textEnd > 0, Self.isBlank(line[textEnd - 1]) { textEnd -= 1 }
            if textEnd < end { found.append((.blankAtEnd, textEnd)) }
        }
        var (position, written) = (0, 0)
        while position < textEnd, line[position] == 0x20 || line[position] == 0x09 {
            if line[position] == 0x09 {
                if kinds.contains(.spaceBeforeTab), written < position {
                    if !found.contains(where: { $0.kind == .spaceBeforeTab }) {
                        found.append((.spaceBeforeTab, written))
                    }
                } else if kinds.contains(.tabInIndent), !found.contains(where: { $0.kind == .tabInIndent }) {
                    found.append((.tabInIndent, position))
                }
                written = position + 1
            }
            position += 1
        }
        if kinds.contains(.indentWithNonTab), position - written >= tabWidth {
            found.append((.indentWithNonTab, written))
        }
        return found
    }

    /// The first of the blank lines that a change adds at a file's end, from 1; nil when it adds none.
    func newBlankLines(old: @autoclosure () -> [UInt8], new: [UInt8]) -> Int? {
        guard kinds.contains(.blankAtEndOfFile) else { return nil }
        let blank = Self.blankLinesAtEnd(new)
        guard blank > 0, blank > Self.blankLinesAtEnd(old()) else { return nil }
        let lines = new.count { $0 == 0x0A } + (new.last == 0x0A ? 0 : 1)
        return lines - blank + 1
    }

    /// As git counts them: a file of blank lines alone has one less than one would think.
    private static func blankLinesAtEnd(_ bytes: [UInt8]) -> Int {
        guard var end = bytes.indices.last else { return 0 }
        if bytes[end] == 0x0A { end -= 1 }
        var count = 0
        while end > 0 {
            var feed = end
            while feed >= 0, bytes[feed] != 0x0A { feed -= 1 }
            guard feed == end || bytes[(feed + 1)...end].allSatisfy(isBlank) else { break }
            count += 1
            end = feed - 1
        }
        return count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
