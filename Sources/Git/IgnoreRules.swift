/// The lines of a file in `.gitignore`'s syntax.
struct IgnoreRules: Sendable {
    /// The longest line that is read, and the most lines.
    static let longestLine = 1_024
    static let mostLines = 10_000

    private struct Rule: Sendable {
        var pieces: [Piece]
        /// `!pattern`: what an earlier line excludes comes back.
        var includes: Bool
        var isFolder: Bool
        /// Without a slash it means a name in any folder.
        var isName: Bool
    }

    private enum Piece: Sendable {
        case byte(UInt8)
        /// `?`
        case any
        /// `*`
        case star
        /// `**/`
        case folders
        /// `**` at the end
        case rest
        case set(Set<UInt8>, isNegated: Bool)
    }

    private var rules: [Rule] = []

    init(_ content: [UInt8]) {
        for line in content.split(separator: 0x0A).prefix(Self.mostLines) where line.count <= Self.longestLine {
            if let rule = Self.rule(Array(line)) { rules.append(rule) }
        }
    }

    var isEmpty: Bool { rules.isEmpty }

    /// What the last line that matches says: true excludes, false takes back; nil when none matches.
    ///
    /// - Parameter path: relative to the folder that the file lies in.
    /// - Parameter steps: what may still be spent; when it is used up, it is below zero and the answer is worth nothing.
    func decision(_ path: String, isFolder: Bool, steps: inout Int) -> Bool? {
        let whole = Array(path.utf8)
        let name = Array(whole[(whole.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...])
        for rule in rules.reversed() where isFolder || !rule.isFolder {
            if Self.matches(rule.pieces, rule.isName ? name : whole, &steps) { return !rule.includes }
            if steps < 0 { return nil }
        }
        return nil
    }

    private static func rule(_ line: [UInt8]) -> Rule? {
        var text = line[...]
        if text.last == 0x0D { text.removeLast() }
        while text.last == 0x20, text.dropLast().last != UInt8(ascii: "\\") { text.removeLast() }
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        let includes = first == UInt8(ascii: "!")
        if includes { text.removeFirst() }
        let isFolder = text.last == UInt8(ascii: "/")
        if isFolder { text.removeLast() }
        let isName = !text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text.removeFirst() }
        guard !text.isEmpty else { return nil }
        return Rule(pieces: pieces(Array(text)), includes: includes, isFolder: isFolder, isName: isName)
    }

    private static func pieces(_ text: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var at = 0
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\\") where at + 1 < text.count:
                pieces.append(.byte(text[at + 1]))
                at += 2
            case UInt8(ascii: "*"):
                var end = at
                while end < text.count, text[end] == UInt8(ascii: "*") { end += 1 }
                let isAlone = at == 0 || text[at - 1] == UInt8(ascii: "/")
                if end - at > 1, isAlone, end == text.count {
                    pieces.append(.rest)
                } else if end - at > 1, isAlone, text[end] == UInt8(ascii: "/") {
                    pieces.append(.folders)
                    end += 1
                } else {
                    pieces.append(.star)
                }
                at = end
            case UInt8(ascii: "?"):
                pieces.append(.any)
                at += 1
            case UInt8(ascii: "["):
                guard let (set, end) = set(text, from: at) else {
                    pieces.append(.byte(text[at]))
                    at += 1
                    continue
                }
                pieces.append(set)
                at = end
            default:
                pieces.append(.byte(text[at]))
                at += 1
            }
        }
        return pieces
    }

    /// `[a-z]`, `[!a]`; nil when it isn't closed.
    private static func set(_ text: [UInt8], from start: Int) -> (Piece, Int)? {
        var at = start + 1
        let isNegated = at < text.count && (text[at] == UInt8(ascii: "!") || text[at] == UInt8(ascii: "^"))
        if isNegated { at += 1 }
        let first = at
        var bytes: Set<UInt8> = []
        while at < text.count, text[at] != UInt8(ascii: "]") || at == first {
            if at + 2 < text.count, text[at + 1] == UInt8(ascii: "-"), text[at + 2] != UInt8(ascii: "]") {
                if text[at] <= text[at + 2] { bytes.formUnion(text[at]...text[at + 2]) }
                at += 3
            } else {
                bytes.insert(text[at])
                at += 1
            }
        }
        return at < text.count ? (.set(bytes, isNegated: isNegated), at + 1) : nil
    }

    /// Goes through the pattern once, and keeps every place of the text that it may have come to.
    private static func matches(_ pieces: [Piece], _ text: [UInt8], _ steps: inout Int) -> Bool {
        let slash = UInt8(ascii: "/")
        var reached = [true] + [Bool](repeating: false, count: text.count)
        // The first and the last place: most patterns leave none behind their first byte.
        var (first, last) = (0, 0)
        for piece in pieces {
            var now = [Bool](repeating: false, count: text.count + 1)
            let end =
                switch piece {
                case .byte, .any, .set: min(last + 1, text.count)
                case .star, .folders, .rest: text.count
                }
            steps -= 8 + end - first
            guard steps >= 0 else { return false }
            var was = false
            var ends: (first: Int, last: Int)?
            for place in first...end {
                let byte = place > 0 ? text[place - 1] : slash
                let before = place > 0 && reached[place - 1]
                switch piece {
                case .byte(let wanted): now[place] = before && byte == wanted
                case .any: now[place] = before && byte != slash
                case .set(let bytes, let isNegated):
                    now[place] = before && byte != slash && bytes.contains(byte) != isNegated
                case .star: now[place] = reached[place] || place > 0 && now[place - 1] && byte != slash
                case .folders: now[place] = reached[place] || was && byte == slash
                case .rest: now[place] = was || reached[place]
                }
                was = was || reached[place]
                if now[place] { ends = (ends?.first ?? place, place) }
            }
            guard let span = ends else { return false }
            (first, last) = (span.first, span.last)
            reached = now
        }
        return reached[text.count]
    }
}
