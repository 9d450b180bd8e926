/// Merges several texts statement by statement: what a later text says again is taken out of it, and the first who said it is
/// told who else did.
///
/// A statement is a list item, a line that begins with a place (`main.c:12`), a paragraph, or a fenced block. Two are the same
///
/// * when they have the same words about the same thing, whatever their case and punctuation (blocks: the same characters);
/// * at the same place, when they share half of their words, the small ones left out;
/// * without a place, from eight words on, when they share four fifths.
///
/// In the last two cases negations, numbers and names must be the same too. One text's own repetitions stay. The work is bounded:
/// statements past a count, words past a count and comparisons past a count are left as they are.
struct StatementMerge {
    /// A statement that several texts make.
    struct Repeated {
        var text: String
        /// Positions of the texts, the first who said it first.
        var sources: [Int]
    }

    /// The most statements that are compared, shared evenly over the texts, but at least 20 of each; later ones are kept as they
    /// are.
    static let mostStatements = 4_000
    /// Statements with more words are only compared for equality.
    static let mostWords = 200
    /// The most earlier statements that one is compared with.
    static let mostCompared = 64

    /// The texts without what an earlier one said; nil where nothing is left.
    private(set) var texts: [String?] = []
    private(set) var repeated: [Repeated] = []

    private var statements: [Statement] = []
    private var sources: [Int: [Int]] = [:]
    private var dropped: Set<Int> = []

    /// - Parameter labels: what each text is called where another one's statement names it.
    init(_ texts: [String], labels: [String]) {
        let share = max(20, Self.mostStatements / max(1, texts.count))
        var ranges: [Range<Int>] = []
        for (number, text) in texts.enumerated() {
            let first = statements.count
            statements += Statement.split(text, source: number)
            ranges.append(first..<statements.count)
        }
        let compared = ranges.flatMap { $0.prefix(share) }
        for index in compared { statements[index].read() }
        findRepeats(among: compared)
        for (number, range) in ranges.enumerated() {
            if range.allSatisfy({ !dropped.contains($0) && sources[$0] == nil }) {
                self.texts.append(texts[number])
                continue
            }
            let kept = range.filter { !dropped.contains($0) }
            guard kept.contains(where: { !statements[$0].isHeading && !statements[$0].isBlank }) else {
                self.texts.append(nil)
                continue
            }
            let lines = kept.flatMap { index in
                statements[index].lines(also: (sources[index] ?? []).map { labels[$0] })
            }
            self.texts.append(lines.joined(separator: "\n"))
        }
        repeated = sources.keys.sorted().map { index in
            Repeated(text: statements[index].text, sources: [statements[index].source] + (sources[index] ?? []))
        }
    }

    private mutating func findRepeats(among compared: [Int]) {
        let table = WordTable(compared.map { statements[$0].words })
        var same: [String: Int] = [:]
        // By place, and by the rarest words: who shares four fifths of the words shares one of these.
        var placed: [String: [Int]] = [:]
        var byWord: [Int: [Int]] = [:]
        for index in compared {
            let statement = statements[index]
            guard let exact = statement.exactKey else { continue }
            if let first = same[exact] {
                unite(index, with: first)
                continue
            }
            same[exact] = index
            guard statement.isProse, statement.words.count <= Self.mostWords else { continue }
            let words = table.numbers(of: statement.words)
            if let key = statement.place?.key {
                let earlier = placed[key, default: []].prefix(Self.mostCompared)
                if let first = earlier.first(where: { agree(index, $0, least: 0.5, table) }) {
                    unite(index, with: first)
                } else {
                    placed[key, default: []].append(index)
                }
            } else if words.count >= 8 {
                let prefix = words.prefix(words.count - Int((0.8 * Double(words.count)).rounded(.up)) + 1)
                var earlier: [Int] = []
                var seen: Set<Int> = []
                for other in prefix.lazy.flatMap({ byWord[$0] ?? [] }) where seen.insert(other).inserted {
                    earlier.append(other)
                    if earlier.count == Self.mostCompared { break }
                }
                if let first = earlier.first(where: { agree(index, $0, least: 0.8, table) }) {
                    unite(index, with: first)
                } else {
                    for word in prefix { byWord[word, default: []].append(index) }
                }
            }
        }
    }

    private mutating func unite(_ index: Int, with first: Int) {
        let source = statements[index].source
        guard statements[first].source != source else { return }
        dropped.insert(index)
        if sources[first]?.contains(source) != true { sources[first, default: []].append(source) }
    }

    private func agree(_ index: Int, _ other: Int, least: Double, _ table: WordTable) -> Bool {
        let (a, b) = (statements[index], statements[other])
        guard a.source != b.source, a.decisive == b.decisive, Statement.Place.agree(a.place, b.place),
            a.place != nil || a.subject == b.subject
        else { return false }
        let (mine, theirs) = (table.numbers(of: a.words), table.numbers(of: b.words))
        let shared = WordTable.shared(mine, theirs)
        let all = mine.count + theirs.count - shared
        return (shared >= 2 || shared == all) && Double(shared) >= least * Double(all)
    }
}

/// Numbers for words, the rarest first, so that sorted numbers begin with the words that tell most.
private struct WordTable {
    private var ranks: [String: Int] = [:]

    init(_ texts: some Sequence<[String]>) {
        var counts: [String: Int] = [:]
        for words in texts { for word in Set(words) { counts[word, default: 0] += 1 } }
        let ordered = counts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        for (rank, entry) in ordered.enumerated() { ranks[entry.key] = rank }
    }

    /// Each word once, in rising order.
    func numbers(of words: [String]) -> [Int] { Set(words.compactMap { ranks[$0] }).sorted() }

    /// How many numbers two rising lists have in common.
    static func shared(_ a: [Int], _ b: [Int]) -> Int {
        var (x, y, count) = (0, 0, 0)
        while x < a.count, y < b.count {
            if a[x] == b[y] { count += 1 }
            let step = a[x] <= b[y]
            if b[y] <= a[x] { y += 1 }
            if step { x += 1 }
        }
        return count
    }
}
