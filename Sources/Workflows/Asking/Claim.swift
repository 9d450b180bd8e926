/// An answer as far as two answers are compared by it: the places and words in it, and what turns a sentence around.
struct Claim: Sendable {
    /// `main.c:12` without its folders, or `:12` where no file is named.
    let places: Set<String>
    /// Whether the answer itself names them: then they are what it says.
    private let namesPlaces: Bool
    /// Whether it affirms or denies; nil when it isn't an answer to a question of yes or no.
    let verdict: Bool?
    private let words: Set<String>
    private let isNegated: Bool
    private let numbers: Set<String>
    /// What it prefers, and what it prefers that to.
    private let preferred: Set<String>
    private let rejected: Set<String>

    private static let mostBytes = 2 << 10

    /// - Parameters:
    ///   - text: the answer.
    ///   - cited: places that its evidence names and that were found there: they count where the answer itself names none.
    init(_ text: String, cited: [(file: String?, line: Int)] = []) {
        let plain = String(decoding: text.utf8.prefix(Self.mostBytes), as: UTF8.self).lowercased()
            .replacing("’", with: "'")
        let (rest, named) = Self.takingPlaces(from: plain)
        namesPlaces = !named.isEmpty
        places = named.isEmpty ? Set(cited.map { Self.place($0.file?.lowercased(), String($0.line)) }) : named
        let tokens = rest.split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "_") }.map(String.init)
        verdict = tokens.first.flatMap { Self.verdicts[$0] }
        isNegated = tokens.contains { Self.negations.contains($0) || $0.hasSuffix("n't") }
        numbers = Set(tokens.filter { $0.allSatisfy(\.isNumber) })
        words = Self.telling(tokens)
        let sides = Self.sides(of: rest)
        (preferred, rejected) = (sides.preferred, sides.rejected)
    }

    /// Whether two say the same.
    ///
    /// What two say of different lines differs; so do yes and no, a statement and its denial, opposites, other numbers, and
    /// the same choice the other way round. Else they are the same when they name a place together, or have half of their
    /// telling words in common (Jaccard's index), or nearly all of the shorter one's.
    func agrees(with other: Claim) -> Bool {
        if isOpposed(to: other) { return false }
        if verdict != nil, other.verdict != nil { return true }
        if !places.isEmpty, !other.places.isEmpty { return true }
        let all = words.union(other.words).count
        guard all > 0 else { return true }
        let shared = words.intersection(other.words).count
        let shorter = min(words.count, other.words.count)
        return 2 * shared >= all || shorter >= 2 && 5 * shared >= 4 * shorter
    }

    /// How many of its telling words others have, too, 0 to 1; 1 for one without any.
    func share(in others: [Claim]) -> Double {
        guard !words.isEmpty else { return 1 }
        let known = others.reduce(into: Set<String>()) { $0.formUnion($1.words) }
        return Double(words.intersection(known).count) / Double(words.count)
    }

    /// Whether two can't both be meant, whatever their words have in common.
    func isOpposed(to other: Claim) -> Bool {
        if let verdict, let second = other.verdict { return verdict != second }
        if !places.isEmpty, !other.places.isEmpty {
            if !Self.share(places, other.places) { return true }
            // What two quote is what both speak of, and not what they say of it.
            if namesPlaces || other.namesPlaces { return false }
        }
        if isNegated != other.isNegated { return true }
        if !numbers.isEmpty, !other.numbers.isEmpty, numbers.isDisjoint(with: other.numbers) { return true }
        if !preferred.isEmpty, !other.preferred.isEmpty, !preferred.isDisjoint(with: other.rejected),
            preferred.isDisjoint(with: other.preferred)
        {
            return true
        }
        return Self.opposites.contains { one, two in
            (words.contains(one) && other.words.contains(two) && !words.contains(two) && !other.words.contains(one))
                || (words.contains(two) && other.words.contains(one) && !words.contains(one)
                    && !other.words.contains(two))
        }
    }
}

extension Claim {
    private static let verdicts: [String: Bool] = [
        "yes": true, "no": false, "accept": true, "reject": false, "true": true, "false": false,
    ]
    private static let negations: Set<String> = ["no", "not", "never", "without", "none", "cannot", "neither", "nor"]
    private static let small: Set<String> = [
        "the", "a", "an", "is", "are", "be", "to", "of", "and", "or", "in", "on", "for", "with", "it", "its", "that",
        "this", "should", "use", "would", "at", "by", "as", "line", "lines", "because", "so", "we", "you", "i", "must",
        "has", "have", "there", "rather", "than", "instead", "favour", "favor", "over",
    ]
    private static let opposites: [(String, String)] = [
        ("keep", "remove"), ("add", "remove"), ("increase", "decrease"), ("enable", "disable"), ("allow", "forbid"),
        ("safe", "unsafe"), ("synchronous", "asynchronous"), ("before", "after"), ("more", "less"), ("left", "right"),
        ("minimum", "maximum"), ("min", "max"), ("first", "last"), ("start", "end"), ("correct", "wrong"),
        ("correct", "incorrect"), ("above", "below"),
    ].map { (stem($0.0), stem($0.1)) }

    /// The telling words, by their stems.
    private static func telling(_ tokens: [String]) -> Set<String> {
        Set(tokens.filter { !small.contains($0) && !negations.contains($0) }.map(stem))
    }

    /// A word without the commonest endings; never shorter than three letters.
    private static func stem(_ word: String) -> String {
        guard word.allSatisfy(\.isLetter) else { return word }
        for ending in ["ing", "ed", "es", "s", "e"] where word.hasSuffix(ending) && word.count >= ending.count + 3 {
            return String(word.dropLast(ending.count))
        }
        return word
    }

    /// `a rather than b`: what is wanted and what isn't.
    private static func sides(of text: String) -> (preferred: Set<String>, rejected: Set<String>) {
        for divider in [" rather than ", " instead of ", " in favour of ", " in favor of ", " over ", ", not "] {
            guard let range = text.firstRange(of: divider) else { continue }
            func words(_ part: Substring) -> Set<String> {
                telling(part.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
            }
            let (before, after) = (words(text[..<range.lowerBound]), words(text[range.upperBound...]))
            let (wanted, other) = divider.contains("favo") ? (after, before) : (before, after)
            return (wanted.subtracting(other), other.subtracting(wanted))
        }
        return ([], [])
    }

    /// The places that a text names, and the text without them.
    private static func takingPlaces(from text: String) -> (rest: String, places: Set<String>) {
        var places: Set<String> = []
        var rest = text
        for match in text.matches(of: /([a-z0-9_.\/-]+\.[a-z0-9]+):([0-9]{1,7})/) {
            places.insert(place(String(match.1), String(match.2)))
        }
        rest = rest.replacing(/[a-z0-9_.\/-]+\.[a-z0-9]+:[0-9]{1,7}(?::[0-9]+)?/, with: " ")
        for match in rest.matches(of: /\blines? +(?:number +|no\. +)?([0-9]{1,7})/) {
            places.insert(place(nil, String(match.1)))
        }
        rest = rest.replacing(/\blines? +(?:number +|no\. +)?[0-9]{1,7}/, with: " ")
        return (rest, places)
    }

    private static func place(_ file: String?, _ line: String) -> String {
        (file?.split(separator: "/").last.map(String.init) ?? "") + ":" + line
    }

    /// Whether two sets have a place in common; one without a file is any file's line of that number.
    private static func share(_ one: Set<String>, _ other: Set<String>) -> Bool {
        if !one.isDisjoint(with: other) { return true }
        func lines(_ places: Set<String>) -> Set<Substring> {
            Set(places.compactMap { $0.split(separator: ":").last })
        }
        let isVague = one.contains { $0.hasPrefix(":") } || other.contains { $0.hasPrefix(":") }
        return isVague && !lines(one).isDisjoint(with: lines(other))
    }
}

/// Claims that say the same, together.
enum ClaimGroups {
    /// The groups, each in order, by their first member. A claim joins the first group of which at least half says what it
    /// says: the same claims in the same order always give the same groups.
    static func of(_ claims: [Claim]) -> [[Int]] {
        var groups: [[Int]] = []
        for (number, claim) in claims.enumerated() {
            let home = groups.firstIndex { group in
                2 * group.count { claims[$0].agrees(with: claim) } >= group.count
            }
            if let home { groups[home].append(number) } else { groups.append([number]) }
        }
        return groups
    }

    /// The same for plain texts.
    static func of(_ texts: [String]) -> [[Int]] { of(texts.map { Claim($0) }) }

    /// Joins groups that somebody else found to say the same; what is opposed stays apart.
    static func joined(_ groups: [[Int]], _ pairs: [(Int, Int)], claims: [Claim]) -> [[Int]] {
        var home = Array(groups.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while home[index] != index { index = home[index] }
            return index
        }
        for (one, two) in pairs where groups.indices.contains(one) && groups.indices.contains(two) {
            let (first, second) = (min(root(one), root(two)), max(root(one), root(two)))
            let members = (groups.indices.filter { root($0) == first }, groups.indices.filter { root($0) == second })
            let isOpposed = members.0.flatMap { groups[$0] }.contains { a in
                members.1.flatMap { groups[$0] }.contains { claims[a].isOpposed(to: claims[$0]) }
            }
            if first != second, !isOpposed { home[second] = first }
        }
        return groups.indices.filter { home[$0] == $0 }.map { kept in
            groups.indices.filter { root($0) == kept }.flatMap { groups[$0] }.sorted()
        }
    }
}
