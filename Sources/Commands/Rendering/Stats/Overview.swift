import Foundation
import History
import Orchestration

/// Figures over many runs. Sums go from the oldest run to the newest, so that whoever adds in that order gets the same bits;
/// durations are in seconds, and nil is unknown or undefined.
package struct Overview: Encodable, Sendable {
    struct Totals: Encodable, Sendable, Equatable {
        var runs = 0
        /// Runs without an end: under way, or killed.
        var unfinished = 0
        /// Runs that ended with exit code 0.
        var succeeded = 0
        /// How the runs ended, by outcome.
        var outcomes: [String: Int] = [:]
        var duration = 0.0
        var orchestrationTime = 0.0
        var sequentialDuration = 0.0
        var tasks = StatisticsReport.Tasks()
        var attempts = 0
        var failovers = 0
        var promptTokens = 0
        var answerTokens = 0
        var builds = 0
        var buildTime = 0.0
        var candidates = 0
        /// Candidates with which the build passed.
        var passed = 0
        var refused = 0
        var fromBuiltinEngine = 0
    }

    struct Server: Encodable, Sendable, Equatable {
        var name: String
        /// The models that it was used with, by name.
        var models: [String] = []
        var runs = 0
        var attempts = 0
        var succeeded = 0
        var failed = 0
        /// How often it was lost.
        var lost = 0
        var busy = 0.0
        /// Its slots × the orchestration time of the runs that it was in.
        var slotTime = 0.0
        /// `busy` ÷ `slotTime`.
        var utilization: Double?
        var promptTokens = 0
        var answerTokens = 0
        /// Tokens a second, of the attempts that report both.
        var promptRate: Double?
        var answerRate: Double?
        /// Time to the first token.
        var firstToken = Quantiles([])
        /// The sum of those times.
        var firstTokenTime = 0.0
    }

    struct Work: Encodable, Sendable, Equatable {
        var specialist: String
        var model: String
        var attempts = 0
        var succeeded = 0
        var failed = 0
        var cached = 0
        var serviceTime = 0.0
        var answerTokens = 0
        var verified = 0
        var refused = 0
        /// `verified` ÷ what was judged.
        var verifiedRate = ShareInterval(0, of: 0)
    }

    struct Format: Encodable, Sendable, Equatable {
        var model: String
        var format: String
        var asked = 0
        var applied = 0
        var unchanged = 0
        var malformed = 0
        var verified = 0
        /// Replies that were applied or changed nothing ÷ all.
        var wellFormed = ShareInterval(0, of: 0)
    }

    /// The runs whose first plan had a pattern.
    struct Pattern: Encodable, Sendable, Equatable {
        var pattern: String
        var runs = 0
        var tasks = 0
        /// Of the runs whose efficiency is known.
        var orchestrationTime = 0.0
        var sequentialDuration = 0.0
        /// `sequentialDuration` ÷ `orchestrationTime`.
        var parallelEfficiency: Double?
        /// The runs' bound ratios; 1 is perfect.
        var boundRatio = Quantiles([])
    }

    /// What many runs had in common.
    struct Advice: Encodable, Sendable, Equatable {
        var code: RunAdvice.Code
        var subject: String?
        /// How many of the newest runs with tasks it concerns.
        var runs: Int
        var of: Int
        /// What the newest of them was told.
        var text: String
    }

    var schema = "teamfix.stats/1"
    /// The repository whose runs these are; nil for all.
    var repository: String?
    var totals = Totals()
    var trend: Trend
    var servers: [Server]
    var specialists: [Work]
    var formats: [Format]
    var patterns: [Pattern]
    var advice: [Advice]
    /// The newest runs, newest first.
    var runs: [StoredRun]

    private static let listedRuns = 30

    /// - Parameter runs: oldest first.
    package init(_ runs: [(run: StoredRun, summary: RunSummary)], repository: String?) {
        self.repository = repository
        self.runs = runs.suffix(Self.listedRuns).reversed().map { $0.run }
        trend = Trend(runs.map { (started: $0.run.started, summary: $0.summary) })
        var fold = OverviewFold()
        for run in runs { fold.add(run.summary) }
        totals = fold.totals
        servers = fold.servers
        specialists = fold.specialists
        formats = fold.formats
        patterns = fold.patterns
        advice = fold.advice
    }
}
