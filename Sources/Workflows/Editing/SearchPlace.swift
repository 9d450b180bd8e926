/// Where the lines of a SEARCH block stand in a file: exactly once, or nowhere.
///
/// First they are looked for as they are, then without regard to trailing white space, then with another indentation that is
/// the same for all of them, and last by their first and last line, where both are unique and what stands between resembles.
/// The first way that finds a place decides; where it finds several nothing is chosen.
struct SearchPlace: Sendable, Equatable {
    enum Problem: Error, Sendable, Equatable {
        case notFound
        case ambiguous(Int)
    }

    /// What has to be done to a line's indentation to make it the file's.
    enum Indentation: Sendable, Equatable {
        case same
        case added(String)
        case removed(String)
        /// Each level is written otherwise.
        case units(String, String)
    }

    var lines: ClosedRange<Int>
    var indentation: Indentation
    /// How many blank lines were taken off the search's beginning and end.
    var blank = (leading: 0, trailing: 0)

    static func == (a: Self, b: Self) -> Bool {
        a.lines == b.lines && a.indentation == b.indentation && a.blank == b.blank
    }

    static func find(_ search: [String], in text: SourceText) throws(Problem) -> SearchPlace {
        let file = (1...text.lineCount).map { text.line($0) }
        guard search.contains(where: { !$0.trimmingWhitespace.isEmpty }) else { throw .notFound }
        if let place = try only(starts(of: search, in: file) { $0 == $1 }, search.count) { return place }
        let leading = search.prefix { $0.trimmingWhitespace.isEmpty }.count
        let trailing = search.reversed().prefix { $0.trimmingWhitespace.isEmpty }.count
        let core = Array(search[leading..<(search.count - trailing)])
        let rough = starts(of: core, in: file) { $0.trimmingWhitespace == $1.trimmingWhitespace }
        let related = rough.compactMap { start in
            relation(core, Array(file[start..<(start + core.count)])).map { (start, $0) }
        }
        var found: SearchPlace?
        for wanted in [true, false] where found == nil {
            let matching = related.filter { ($0.1 == .same) == wanted }
            if let place = try only(matching.map(\.0), core.count), let first = matching.first {
                found = SearchPlace(lines: place.lines, indentation: first.1)
            }
        }
        // What stands there word for word but with an indentation of no sense isn't looked for by its ends.
        if found == nil, rough.isEmpty { found = byAnchors(core, file) }
        guard var place = found else { throw .notFound }
        place.blank = (leading, trailing)
        return place
    }

    /// A line of the replacement with the file's indentation.
    func indented(_ line: String) -> String {
        if line.trimmingWhitespace.isEmpty { return line }
        switch indentation {
        case .same: return line
        case .added(let margin): return margin + line
        case .removed(let margin):
            return line.hasPrefix(margin)
                ? String(line.dropFirst(margin.count)) : String(line.drop { $0 == " " || $0 == "\t" })
        case .units(let from, let to): return Self.converted(line, from, to)
        }
    }

    private static func only(_ starts: [Int], _ count: Int) throws(Problem) -> SearchPlace? {
        guard let start = starts.first else { return nil }
        guard starts.count == 1 else { throw .ambiguous(starts.count) }
        return SearchPlace(lines: (start + 1)...(start + count), indentation: .same)
    }

    private static func starts(
        of search: [String], in file: [String], where isSame: (String, String) -> Bool
    ) -> [Int] {
        guard !search.isEmpty, file.count >= search.count else { return [] }
        return (0...(file.count - search.count)).filter { start in
            search.indices.allSatisfy { isSame(search[$0], file[start + $0]) }
        }
    }

    private static func margin(_ line: String) -> String { String(line.prefix { $0 == " " || $0 == "\t" }) }

    /// How the file's indentation follows from the search's; nil when it follows no rule.
    private static func relation(_ search: [String], _ file: [String]) -> Indentation? {
        let pairs = zip(search, file).filter { !$0.0.trimmingWhitespace.isEmpty }.map { (margin($0), margin($1)) }
        guard let (own, theirs) = pairs.first else { return nil }
        if pairs.allSatisfy({ $0.0 == $0.1 }) { return .same }
        if theirs.hasSuffix(own) {
            let added = String(theirs.dropLast(own.count))
            if pairs.allSatisfy({ added + $0.0 == $0.1 }) { return .added(added) }
        }
        if own.hasSuffix(theirs) {
            let removed = String(own.dropLast(theirs.count))
            if pairs.allSatisfy({ $0.0 == removed + $0.1 }) { return .removed(removed) }
        }
        for (from, to) in units where pairs.allSatisfy({ converted($0.0, from, to) == $0.1 }) {
            return .units(from, to)
        }
        return nil
    }

    private static let units = [
        ("    ", "\t"), ("  ", "\t"), ("        ", "\t"), ("\t", "    "), ("\t", "  "), ("\t", "        "),
        ("  ", "    "), ("    ", "  "),
    ]

    private static func converted(_ line: String, _ from: String, _ to: String) -> String {
        var rest = line[...]
        var levels = 0
        while rest.hasPrefix(from) {
            rest = rest.dropFirst(from.count)
            levels += 1
        }
        return String(repeating: to, count: levels) + rest
    }

    /// The lines from one that is the search's first to one that is its last, when each occurs once in the file and at least
    /// half of what stands between them is the same, seen from either side: lines that nobody quoted aren't replaced.
    private static func byAnchors(_ search: [String], _ file: [String]) -> SearchPlace? {
        guard search.count >= 3 else { return nil }
        let (wanted, lines) = (search.map(\.trimmingWhitespace), file.map(\.trimmingWhitespace))
        let first = lines.indices.filter { lines[$0] == wanted[0] }
        let last = lines.indices.filter { lines[$0] == wanted[wanted.count - 1] }
        guard first.count == 1, last.count == 1, first[0] < last[0] else { return nil }
        let range = (first[0] + 1)...(last[0] + 1)
        guard abs(range.count - search.count) <= max(1, search.count / 4) else { return nil }
        let inner = lines[(first[0] + 1)..<last[0]].filter { !$0.isEmpty }
        let quoted = wanted[1..<(wanted.count - 1)].filter { !$0.isEmpty }
        guard !quoted.isEmpty, quoted.count(where: Set(inner).contains) * 2 >= quoted.count,
            inner.count(where: Set(quoted).contains) * 2 >= inner.count,
            let relation = Self.relation([search[0], search[search.count - 1]], [file[first[0]], file[last[0]]])
        else { return nil }
        return SearchPlace(lines: range, indentation: relation)
    }
}

extension SourceText {
    /// The text with the lines of a SEARCH block replaced; the lines that both have keep their bytes.
    ///
    /// - Returns: nil when a changed line isn't UTF-8.
    func replacing(_ search: [String], with replacement: [String]) throws(SearchPlace.Problem) -> SourceText? {
        let place = try SearchPlace.find(search, in: self)
        var new = replacement
        for _ in 0..<place.blank.leading where new.first?.trimmingWhitespace.isEmpty == true { new.removeFirst() }
        for _ in 0..<place.blank.trailing where new.last?.trimmingWhitespace.isEmpty == true { new.removeLast() }
        return replacing(place.lines, with: new.map(place.indented)) { line in
            var text = line[...]
            while let last = text.last, last.isWhitespace { text = text.dropLast() }
            return String(text)
        }
    }
}
