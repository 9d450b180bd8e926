/// A part of an answer that says one thing.
struct Statement {
    enum Kind { case prose, code, heading, blank }

    /// `main.c:12`
    struct Place: Equatable {
        var file: Substring
        var line: Int

        /// The same for `main.c:12` and `src/main.c:12`.
        var key: String { "\(file.split(separator: "/").last ?? file):\(line)" }

        /// Whether two are one place, as far as they say: a path may leave out its folders.
        static func agree(_ a: Place?, _ b: Place?) -> Bool {
            guard let a, let b else { return a == nil && b == nil }
            return a.line == b.line && (a.file == b.file || a.file.ends(in: b.file) || b.file.ends(in: a.file))
        }
    }

    private var kind: Kind
    /// As it stands in the answer, blank lines after it included.
    private var raw: [Substring]
    /// Which text it is from.
    let source: Int
    private(set) var place: Place?
    /// Its words without the place and the small ones, in lower case.
    private(set) var words: [String] = []
    /// The words that turn a sentence around, and numbers and names: statements that differ in one of them differ.
    private(set) var decisive: Set<String> = []
    /// The operators in it, in order: `a < b` and `a <= b` have the same words.
    private var signs = ""
    /// The names in the heading and in the line before a list that it stands below: below `foo.c:` and below `bar.c:` the same
    /// words say different things. Doesn't matter where the statement names its own place.
    private var context: [String] = []

    private init(_ kind: Kind, _ line: Substring, source: Int) {
        self.kind = kind
        raw = [line]
        self.source = source
    }

    var isHeading: Bool { kind == .heading }
    var isBlank: Bool { kind == .blank }
    var isProse: Bool { kind == .prose }

    /// Its lines as one text, blank ones around it left out.
    var text: String {
        let body = raw.prefix((raw.lastIndex { !$0.isBlank } ?? -1) + 1)
        return body.joined(separator: "\n")
    }

    /// Equal for statements that are the same but for case and punctuation; nil for what isn't compared.
    var exactKey: String? {
        switch kind {
        case .heading, .blank: nil
        case .code: "code\n\(text)"
        case .prose: words.isEmpty ? nil : "\(subject) \(words.joined(separator: " ")) \(signs)"
        }
    }

    /// What it is about, as far as that is known: its place, else the names above it.
    var subject: String { place.map { "\($0.file):\($0.line)" } ?? context.joined(separator: " ") }

    /// Its lines, and who else says it.
    func lines(also others: [String]) -> [String] {
        var lines = raw.map(String.init)
        guard !others.isEmpty, let last = raw.lastIndex(where: { !$0.isBlank }) else { return lines }
        let note = "(also: \(others.joined(separator: ", ")))"
        if kind == .code { lines.insert(note, at: last + 1) } else { lines[last] += " \(note)" }
        return lines
    }

    /// Takes a text apart. Its parts' lines, one after the other, are the text again.
    static func split(_ text: String, source: Int) -> [Statement] {
        var parts: [Statement] = []
        var fence: Substring?
        var isOpen = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let content = line.drop { $0 == " " || $0 == "\t" }
            if let mark = fence {
                parts[parts.count - 1].raw.append(line)
                if content.hasPrefix(mark), content.dropFirst(mark.count).isBlank { (fence, isOpen) = (nil, false) }
            } else if content.hasPrefix("```") || content.hasPrefix("~~~") {
                parts.append(Statement(.code, line, source: source))
                fence = content.prefix { $0 == content.first }
            } else if content.isBlank {
                if parts.isEmpty {
                    parts.append(Statement(.blank, line, source: source))
                } else {
                    parts[parts.count - 1].raw.append(line)
                }
                isOpen = false
            } else if content.first == "#" {
                parts.append(Statement(.heading, line, source: source))
                isOpen = false
            } else if isOpen, let first = parts.last?.raw.first,
                line.indentation > first.indentation || !beginsItem(content) && Place(beginning: content) == nil
            {
                parts[parts.count - 1].raw.append(line)
            } else {
                parts.append(Statement(.prose, line, source: source))
                isOpen = true
            }
        }
        var above: (heading: [String], line: [String]) = ([], [])
        for index in parts.indices {
            switch parts[index].kind {
            case .heading: above = (names(in: parts[index].text), [])
            case .code, .blank: break
            case .prose:
                parts[index].context = above.heading + above.line
                if parts[index].text.hasSuffix(":") { above.line = names(in: parts[index].text) }
            }
        }
        return parts
    }

    private static func names(in text: String) -> [String] {
        Set(text.split(whereSeparator: \.isWhitespace).compactMap(name)).sorted()
    }

    /// A word that names something, such as `foo.c`, `max_count`, `readAll` or a number, without the punctuation around it.
    private static func name(_ token: Substring) -> String? {
        func isPart(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || character == "_"
        }
        guard let first = token.firstIndex(where: isPart), let last = token.lastIndex(where: isPart) else { return nil }
        let word = token[first...last]
        let isName =
            token.contains("`") || word.dropFirst().contains(where: \.isUppercase)
            || word.contains { $0.isNumber || $0 == "_" || $0 == "/" || $0 == "." }
        return isName ? String(word) : nil
    }

    private static func beginsItem(_ line: Substring) -> Bool {
        if let first = line.first, "-*+•".contains(first) { return line.dropFirst().first == " " }
        let digits = line.prefix { $0.isNumber }
        let rest = line.dropFirst(digits.count)
        return !digits.isEmpty && digits.count <= 3 && (rest.hasPrefix(". ") || rest.hasPrefix(") "))
    }

    private static let negations: Set<Substring> = [
        "no", "not", "never", "without", "none", "cannot", "can't", "don't", "doesn't", "isn't", "shouldn't", "won't",
    ]
    private static let small: Set<Substring> = [
        "the", "a", "an", "is", "are", "be", "in", "of", "on", "at", "to", "and", "it", "this", "that", "line", "there",
    ]

    /// Finds the place and the words. The first place counts; another one is a number like any other. Until it is called, and in
    /// what isn't prose, there are none.
    mutating func read() {
        guard kind == .prose else { return }
        var body = raw.joined(separator: " ")[...]
        let content = body.drop { $0 == " " || $0 == "\t" }
        if Self.beginsItem(content), let space = content.firstIndex(of: " ") { body = content[space...] }
        for token in body.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            if place == nil, let found = Place(beginning: token.drop { "`*_(['\"".contains($0) }) {
                place = found
                continue
            }
            if let name = Self.name(token) { decisive.insert(name) }
            signs += Self.signs(in: token)
            for word in token.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "_") }) {
                let plain = word.lowercased()
                if Self.negations.contains(plain[...]) { decisive.insert(plain) }
                if !Self.small.contains(plain[...]) { words.append(plain) }
            }
        }
        if !signs.isEmpty { decisive.insert(signs) }
    }

    /// A dash, a star and an exclamation mark are punctuation, unless they stand alone or in code.
    private static func signs(in token: Substring) -> String {
        let isCode = token.contains("`") || !token.contains { $0.isLetter || $0.isNumber }
        return token.filter { "=<>+/%&|^~\\".contains($0) || isCode && "-*!".contains($0) }
    }
}

extension Statement.Place {
    /// Reads `src/main.c:12` or `src/main.c:12:5` at the beginning of a text.
    init?(beginning text: Substring) {
        let head = text.prefix(300).prefix { !$0.isWhitespace }
        guard let colon = head.firstIndex(of: ":"), head[..<colon].contains(where: { $0 == "." || $0 == "/" }) else {
            return nil
        }
        let digits = head[head.index(after: colon)...].prefix { $0.isNumber }
        guard let line = Int(digits), line > 0, !head[..<colon].isEmpty else { return nil }
        self.init(file: head[..<colon], line: line)
    }
}

extension Substring {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
    fileprivate var indentation: Int { prefix { $0 == " " || $0 == "\t" }.count }

    /// Whether another path is this one without its first folders.
    fileprivate func ends(in other: Substring) -> Bool { hasSuffix("/" + other) }
}
