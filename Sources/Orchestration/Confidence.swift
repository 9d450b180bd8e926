/// How much speaks for a statement, 0 to 1: from who agrees, what was checked, and how those who say it have fared.
///
/// Three odds are multiplied, as if their sources were independent (the multiplicative pool of Bordley, *Management Science*
/// 28, 1982; see also Genest and Zidek, *Statistical Science* 1, 1986):
///
/// ```
/// odds = agreement ÷ (1 − agreement) × record ÷ (1 − record) × evidence        value = odds ÷ (1 + odds)
/// ```
///
/// * *agreement* = `a ÷ (n + 1)`, with `a` of `n` independent sources saying it. That is Laplace's rule applied to the others:
///   one source alone is 0.5 and tells nothing, two of two 0.67, one of three 0.25.
/// * *record* = the mean of the best ``TrackRecord`` among those who say it; 0.5 when nothing is known.
/// * *evidence* = a factor a kind: refuted 1/9, unchecked 1, found 2, verified 99. These are assumptions, not measurements.
///
/// The value rises with `a`, with each verified result, and with the evidence; it falls with `n` and with each refused result.
/// Two roles on one model count as two sources although their errors go together: a team of one model is surer than it should be.
public struct Confidence: Codable, Sendable, Equatable {
    /// What a check has shown.
    public enum Evidence: String, Codable, Sendable, CaseIterable, Comparable {
        /// A check speaks against it: what it quotes isn't there, the build fails, it names nothing that goes wrong.
        case refuted
        /// Nobody has checked it.
        case unchecked
        /// What it quotes is in the material.
        case found
        /// It did what it should: the build passes.
        case verified

        /// The weakest first.
        public static func < (a: Self, b: Self) -> Bool { a.odds < b.odds }

        var odds: Double {
            switch self {
            case .refuted: 1.0 / 9
            case .unchecked: 1
            case .found: 2
            case .verified: 99
            }
        }
    }

    /// The confidence, 0 to 1.
    public let value: Double
    /// The same with the record's lower credible bound (95 %) instead of its mean: what is left when the record flatters.
    public let lower: Double
    /// Sources that say it.
    public let agreeing: Int
    /// Independent sources that could have said it: those that didn't read one another's answers.
    public let independent: Int
    /// What a check has shown.
    public let evidence: Evidence
    /// The best record among those who say it.
    public let record: TrackRecord

    /// Combines what is known.
    ///
    /// - Parameters:
    ///   - agreeing: sources that say it; at least 0.
    ///   - independent: sources that were asked; taken as `agreeing` when it is smaller. When both are 0, agreement says nothing.
    public init(
        agreeing: Int, independent: Int, evidence: Evidence = .unchecked, record: TrackRecord = TrackRecord()
    ) {
        self.agreeing = max(0, agreeing)
        self.independent = max(independent, self.agreeing)
        self.evidence = evidence
        self.record = record
        let agreement = self.independent == 0 ? 0.5 : Double(self.agreeing) / (Double(self.independent) + 1)
        func pooled(_ record: Double) -> Double {
            let odds = agreement / (1 - agreement) * record / (1 - record) * evidence.odds
            return odds / (1 + odds)
        }
        value = pooled(record.mean)
        lower = pooled(record.lowerBound())
    }

    /// The same where one more source was asked, and says it, too.
    package var withOneMoreVoice: Confidence {
        Confidence(agreeing: agreeing + 1, independent: independent + 1, evidence: evidence, record: record)
    }
}
