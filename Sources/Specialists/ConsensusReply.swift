/// An expert's, a synthesizer's or QA's reply in plain structured text: an answer, reasons, evidence, a confidence.
public struct ConsensusReply: Sendable, Equatable {
    /// What a reply quotes to bear it out. Whether it is really there is for somebody else to check.
    public struct Citation: Codable, Sendable, Equatable {
        /// The file as the reply names it; nil when it names none.
        public var file: String?
        /// The line, from 1; nil when none is named.
        public var line: Int?
        /// The quoted text; empty when only a place is named.
        public var quote: String

        /// Creates a citation.
        public init(file: String? = nil, line: Int? = nil, quote: String) {
            self.file = file
            self.line = line
            self.quote = quote
        }
    }

    /// The answer; without an `ANSWER:` label the reply's first paragraph.
    public var answer: String
    /// The reasons, in the reply's order; at most 20.
    public var reasons: [String]
    /// What it quotes, in the reply's order; at most 20.
    public var evidence: [Citation] = []
    /// The confidence that it states, 0 to 1; nil when it states none. A model's own word, not a probability.
    public var confidence: Double?
    /// What would show that the answer is wrong, as the reply says it; at most 20.
    public var wouldChange: [String] = []
    /// What a synthesizer says of those who disagreed; at most 20.
    public var dissent: [String] = []

    private static let mostItems = 20
    private static let mostBytes = 64 << 10
    private enum Part { case none, answer, reasons, evidence, wouldChange, dissent, confidence }

    /// Reads a reply. Never fails. Labels are read in any case, with Markdown around them; a JSON object with the same keys is
    /// taken, too.
    public init(_ reply: String) {
        (answer, reasons) = ("", [])
        let text = String(decoding: reply.utf8.prefix(Self.mostBytes), as: UTF8.self)
        if takeObject(in: text) { return }
        takeLines(of: text)
    }

    private mutating func takeLines(of text: String) {
        var part = Part.none
        var answer: [String] = []
        var paragraph: [String] = []
        var isParagraphOver = false
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = raw.trimming()
            if let (label, rest) = Self.label(line) {
                part = label
                switch label {
                case .answer: if !rest.isEmpty { answer.append(rest) }
                case .confidence:
                    part = .none
                    confidence = confidence ?? Self.confidence(rest)
                default: add(rest, to: label)
                }
                continue
            }
            guard !line.isEmpty, !line.hasPrefix("```") else {
                if part == .answer, !answer.isEmpty { part = .none }
                if !paragraph.isEmpty { isParagraphOver = true }
                continue
            }
            switch part {
            case .answer: answer.append(line)
            case .none, .confidence: if !isParagraphOver { paragraph.append(line) }
            default: add(Self.withoutBullet(line), to: part)
            }
        }
        self.answer = (answer.isEmpty ? paragraph : answer).joined(separator: " ")
    }

    private mutating func add(_ item: String, to part: Part) {
        guard !Self.saysNothing(item) else { return }
        func append(to list: inout [String]) { if list.count < Self.mostItems { list.append(item) } }
        switch part {
        case .reasons: append(to: &reasons)
        case .wouldChange: append(to: &wouldChange)
        case .dissent: append(to: &dissent)
        case .evidence:
            if evidence.count < Self.mostItems, let citation = Citation(reading: item) { evidence.append(citation) }
        case .none, .answer, .confidence: break
        }
    }

    /// `none`, `n/a`, `-`: a list that is there for the form's sake.
    private static func saysNothing(_ item: String) -> Bool {
        ["", "none", "na", "nothing"].contains(item.filter { $0.isLetter || $0.isNumber }.lowercased())
    }

    /// The first object in a text that has an answer.
    private mutating func takeObject(in text: String) -> Bool {
        guard text.drop(while: \.isWhitespace).first.map({ "{`".contains($0) }) ?? false else { return false }
        for case .object(let fields) in LooseJSON.values(in: text, atMost: 4) {
            let parts = Dictionary(
                fields.sorted { $0.key < $1.key }.compactMap { key, value in
                    Self.labels[Self.plain(key)].map { ($0, value) }
                },
                uniquingKeysWith: { first, _ in first })
            guard let answer = parts[.answer]?.text, !answer.isEmpty else { continue }
            self.answer = answer
            confidence = (parts[.confidence]?.text).flatMap(Self.confidence)
            for part in [Part.reasons, .evidence, .wouldChange, .dissent] {
                guard let value = parts[part] else { continue }
                for item in value.items { add(item, to: part) }
            }
            return true
        }
        return false
    }

    private static let labels: [String: Part] = [
        "answer": .answer, "finalanswer": .answer, "claim": .answer, "verdict": .answer, "decision": .answer,
        "recommendation": .answer, "conclusion": .answer, "confidence": .confidence, "reasons": .reasons,
        "reason": .reasons, "reasoning": .reasons, "rationale": .reasons, "because": .reasons, "evidence": .evidence,
        "quote": .evidence, "quotes": .evidence, "citations": .evidence, "wouldchangemymind": .wouldChange,
        "whatwouldchangemymind": .wouldChange, "wouldchange": .wouldChange, "whatwouldchangeit": .wouldChange,
        "dissent": .dissent,
    ]

    private static func plain(_ label: some StringProtocol) -> String {
        String(label.filter { $0.isLetter }).lowercased()
    }

    /// `**ANSWER:** yes` → (`answer`, `yes`)
    private static func label(_ line: String) -> (Part, String)? {
        let text = line.drop { "*#_-> ".contains($0) }
        guard let colon = text.prefix(32).firstIndex(of: ":") else { return nil }
        guard let part = labels[plain(text[..<colon])] else { return nil }
        let rest = text[text.index(after: colon)...].drop { "*_ ".contains($0) }
        return (part, rest.trimming())
    }

    /// `0.8`, `80 %`, `8/10`, `high`
    private static func confidence(_ text: String) -> Double? {
        let lower = text.lowercased()
        let digits = lower.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits.hasSuffix(".") ? digits.dropLast() : digits) else {
            return lower.contains("high") ? 0.85 : lower.contains("medium") ? 0.6 : lower.contains("low") ? 0.3 : nil
        }
        guard !lower.prefix(while: { !$0.isNumber }).hasSuffix("-") else { return nil }
        let rest = lower.drop { !$0.isNumber }.dropFirst(digits.count).trimming()
        let scale = rest.hasPrefix("%") ? 100.0 : rest.hasPrefix("/10") ? rest.hasPrefix("/100") ? 100 : 10 : 1
        let value = number / (scale == 1 && number > 1 ? (number <= 10 ? 10 : 100) : scale)
        return (0...1).contains(value) ? value : nil
    }

    private static func withoutBullet(_ line: String) -> String {
        let text = line.drop { "-*•+ ".contains($0) }
        let digits = text.prefix { $0.isNumber }
        let rest = text.dropFirst(digits.count)
        return !digits.isEmpty && (rest.hasPrefix(".") || rest.hasPrefix(")"))
            ? rest.dropFirst().trimming() : String(text)
    }
}

extension ConsensusReply.Citation {
    private static let mostText = 600

    /// Reads `main.c:12 | the text`, ``line 12: `the text` `` and the like; nil when there is neither a place nor a quote.
    init?(reading item: String) {
        let text = String(item.prefix(Self.mostText))
        var rest = text[...]
        if let match = text.firstMatch(of: /([A-Za-z0-9_.\/-]+\.[A-Za-z0-9]+)(?::|,? +line +)([0-9]{1,7})/) {
            (file, line) = (String(match.1), Int(match.2))
            // What stands before a place only leads up to it, unless nothing stands behind it.
            let behind = text[match.range.upperBound...]
            rest = behind.contains { $0.isLetter || $0.isNumber } ? behind : text[..<match.range.lowerBound]
        } else if let match = text.firstMatch(of: /[Ll](?:ine )?([0-9]{1,7})/),
            match.range.lowerBound == text.startIndex
        {
            (file, line) = (nil, Int(match.1))
            rest = text[match.range.upperBound...]
        } else {
            (file, line) = (nil, nil)
        }
        quote = Self.quoted(in: rest)
        if quote.isEmpty, line == nil { return nil }
    }

    /// What stands between backticks or quotation marks, or else all of it without what leads up to it.
    private static func quoted(in text: Substring) -> String {
        for mark in ["`", "\""] as [Character] {
            guard let first = text.firstIndex(of: mark), let last = text.lastIndex(of: mark), first < last else {
                continue
            }
            let leading = text[..<first]
            // A string literal in quoted code is part of it.
            guard mark == "`" || !leading.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            return text[text.index(after: first)..<last].trimming()
        }
        return text.drop { "|:-–—, \t)]".contains($0) }.trimming()
    }
}

extension LooseJSON.Value {
    /// The items of a list as texts, or one text; a citation that is an object becomes the line that it stands for.
    fileprivate var items: [String] {
        switch self {
        case .array(let items): items.flatMap(\.items)
        case .object(let fields):
            [
                [fields["file"]?.text, fields["line"]?.text].compactMap(\.self).joined(separator: ":")
                    + ((fields["quote"] ?? fields["text"])?.text.map { " | \($0)" } ?? "")
            ]
        default: text.map { [$0] } ?? []
        }
    }
}
