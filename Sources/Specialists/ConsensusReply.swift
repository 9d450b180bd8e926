/// An expert's, a synthesizer's or QA's reply in plain structured text: an answer, reasons, a confidence.
public struct ConsensusReply: Sendable, Equatable {
    /// The answer; without an `ANSWER:` label the reply's first paragraph.
    public var answer: String
    /// The reasons, in the reply's order.
    public var reasons: [String]
    /// The confidence that it states, 0 to 1; nil when it states none. A model's own word, not a probability.
    public var confidence: Double?

    private static let mostReasons = 20
    private static let mostBytes = 64 << 10
    private enum Part { case none, answer, reasons }

    /// Reads a reply. Never fails. Labels are read in any case, with Markdown around them.
    public init(_ reply: String) {
        reasons = []
        var part = Part.none
        var answer: [String] = []
        var paragraph: [String] = []
        var isParagraphOver = false
        let text = String(decoding: reply.utf8.prefix(Self.mostBytes), as: UTF8.self)
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = raw.trimming()
            if let (label, rest) = Self.label(line) {
                switch label {
                case "answer", "verdict", "decision", "recommendation":
                    part = .answer
                    if !rest.isEmpty { answer.append(rest) }
                case "confidence":
                    part = .none
                    confidence = confidence ?? Self.confidence(rest)
                default:
                    part = .reasons
                    if !rest.isEmpty { reasons.append(rest) }
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
            case .reasons: if reasons.count < Self.mostReasons { reasons.append(Self.withoutBullet(line)) }
            case .none: if !isParagraphOver { paragraph.append(line) }
            }
        }
        self.answer = (answer.isEmpty ? paragraph : answer).joined(separator: " ")
    }

    private static let labels: Set<String> = [
        "answer", "verdict", "decision", "recommendation", "confidence", "reasons", "reason", "reasoning", "rationale",
        "because",
    ]

    /// `**ANSWER:** yes` → (`answer`, `yes`)
    private static func label(_ line: String) -> (String, String)? {
        let text = line.drop { "*#_-> ".contains($0) }
        guard let colon = text.prefix(24).firstIndex(of: ":") else { return nil }
        let name = text[..<colon].filter { $0.isLetter }.lowercased()
        guard labels.contains(name) else { return nil }
        let rest = text[text.index(after: colon)...].drop { "*_ ".contains($0) }
        return (name, rest.trimming())
    }

    /// `0.8`, `80 %`, `8/10`, `high`
    private static func confidence(_ text: String) -> Double? {
        let lower = text.lowercased()
        let digits = lower.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits.hasSuffix(".") ? digits.dropLast() : digits) else {
            return lower.contains("high") ? 0.85 : lower.contains("medium") ? 0.6 : lower.contains("low") ? 0.3 : nil
        }
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
