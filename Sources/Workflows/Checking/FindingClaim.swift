import Specialists

/// What a finding says, as far as its words alone can be weighed.
struct FindingClaim: Sendable {
    /// Code that it quotes within its words.
    struct Span: Sendable, Equatable {
        var text: String
        /// Whether the words before it propose it: it needn't be there yet.
        var isProposed: Bool
    }

    /// The message in small letters, words apart by single spaces, one at each end; a quoted piece of code is "`".
    let words: String
    /// What the message quotes.
    let spans: [Span]
    /// What the suggestion quotes.
    let remedies: [Span]
    /// The suggestion's words, written like `words`.
    let advice: String
    /// Names that are said without quotes, as in "the variable count".
    let plainNames: [String]

    init(_ finding: Finding) {
        let (message, spans) = Self.read(finding.message)
        let (advice, remedies) = Self.read(finding.suggestion)
        words = Self.spaced(message)
        self.spans = spans
        self.remedies = remedies
        self.advice = Self.spaced(advice)
        let all = message.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        plainNames = zip(all, all.dropFirst()).filter { Self.kinds.contains($0.0.lowercased()) }.map(\.1)
    }

    /// Whether one of some phrases is in its message.
    func says(_ phrases: [String]) -> Bool { phrases.contains { words.contains(" \($0) ") } }

    func advises(_ phrases: [String]) -> Bool { phrases.contains { advice.contains(" \($0) ") } }

    /// The names that it speaks of, without those that it proposes.
    var subjects: [String] { spans.filter { !$0.isProposed }.map(\.text).compactMap(Self.name) }

    /// The code that it says should stand there.
    var proposals: [String] { (spans + remedies).filter(\.isProposed).map(\.text) }

    /// The same claim about other names reads the same.
    var shape: String {
        words.split(separator: " ").map { $0.contains { $0.isNumber } ? "`" : $0 }.joined(separator: " ")
    }

    /// `free()` and `free` are the name free; `a + b` is none.
    static func name(_ code: String) -> String? {
        let bare = code.hasSuffix("()") ? code.dropLast(2) : code[...]
        guard let first = bare.first, first.isLetter || first == "_" || first == "$",
            bare.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" })
        else { return nil }
        return String(bare)
    }

    private static let kinds: Set<String> = [
        "variable", "function", "parameter", "argument", "class", "constant", "label", "macro", "field", "method",
        "type",
        "identifier", "name", "import", "module", "struct",
    ]
    /// The word before what ought to be there.
    private static let proposing: Set<String> = [
        "to", "be", "with", "use", "using", "add", "like", "as", "insert", "write", "into", "adding", "call", "either",
        "or",
    ]
    private static let longestSpan = 400

    /// The text with each quoted piece of code as "`", and those pieces.
    private static func read(_ text: String) -> (plain: String, spans: [Span]) {
        let characters = Array(text)
        func isPart(_ k: Int) -> Bool {
            characters.indices.contains(k) && (characters[k].isLetter || characters[k].isNumber)
        }
        var plain = ""
        var spans: [Span] = []
        var k = 0
        while k < characters.count {
            let mark = characters[k]
            // An apostrophe within a word quotes nothing.
            guard mark == "`" || (mark == "'" || mark == "\"") && !isPart(k - 1),
                let end = (k + 1..<min(characters.count, k + longestSpan)).first(where: {
                    characters[$0] == mark && (mark == "`" || !isPart($0 + 1))
                }), end > k + 1
            else {
                plain.append(mark == "`" ? " " : mark)
                k += 1
                continue
            }
            let before = plain.split { !$0.isLetter }.last?.lowercased() ?? ""
            spans.append(Span(text: String(characters[k + 1..<end]), isProposed: proposing.contains(before)))
            plain += " ` "
            k = end + 1
        }
        return (plain, spans)
    }

    private static func spaced(_ plain: String) -> String {
        let kept = plain.lowercased().filter { $0 != "'" && $0 != "’" }
        let words = kept.split { !($0.isLetter || $0.isNumber || $0 == "`" || $0 == "_") }
        return " " + words.joined(separator: " ") + " "
    }
}
