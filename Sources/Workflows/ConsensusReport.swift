import Orchestration
import Specialists

extension Consensus {
    /// What an expert quoted, and whether it is there.
    package struct Quoted: Sendable, Codable, Equatable {
        package var file: String?
        package var line: Int?
        package var quote: String
        package var check: Material.Check
    }

    /// What one expert said.
    package struct Opinion: Sendable, Codable, Equatable {
        package var expert: String
        package var role: String
        package var server: String?
        package var model: String?
        /// Sampling temperature.
        package var temperature: Double
        package var answer: String
        package var reasons: [String]
        package var evidence: [Quoted]
        /// What the expert itself says, 0 to 1; nil when it says nothing. Models are sure of much that isn't so.
        package var confidence: Double?
        /// What would change its mind, as it says.
        package var wouldChange: [String]
        /// What its voice counts; 1 for an expert of whom nothing is known.
        package var weight: Double
        /// The number of its group, from 1.
        package var group: Int
        /// Whether it agrees with the answer that won.
        package var agrees: Bool
    }

    /// Experts who say the same.
    package struct Group: Sendable, Codable, Equatable {
        /// The claim, in the words of the first of them.
        package var claim: String
        /// The experts' names.
        package var experts: [String]
        /// Their share of all weight, 0 to 1.
        package var share: Double
        /// How the others ranked it, 0 (last) to 1 (first); nil without a ranking.
        package var rank: Double?
        /// What decided: the share, or with a rank `(2 · share + rank) ÷ 3`.
        package var support: Double
        /// The reasons of its members, each once.
        package var reasons: [String]
        /// What trying it showed; nil where nothing was tried.
        package var verdict: String?
        package var isVerified: Bool?
    }

    /// What became of the experts' patches.
    package struct Patched: Sendable, Codable, Equatable {
        package var outcome: FixReport.Outcome
        /// Why, in words.
        package var reason: String
        package var command: String
        package var branch: String?
        package var commit: String?
        /// The commit that holds what wasn't committed, on which the branch stands.
        package var snapshot: String?
        /// In git's format; empty when none was verified.
        package var patch: String
    }

    /// What became of the ballots of a blind ranking.
    package struct Ballots: Sendable, Codable, Equatable {
        package var counted: Int
        /// Those that ranked nothing that could be read, and those that didn't come. Whom nobody waited for isn't among them.
        package var lost: Int
    }

    /// The outcome.
    package struct Report: Sendable, Codable {
        package var question: String
        /// The synthesizer's answer; the words of the group that won when it gave none or left that group.
        package var answer: String
        package var reasons: [String]
        /// The weighted share of the experts who agree with the winning group, 0 to 1: agreement, not correctness.
        package var agreement: Double
        /// How much speaks for the winning answer: from how many agree, what was checked, and how they have fared before.
        package var confidence: Confidence
        package var opinions: [Opinion]
        /// Experts that gave no answer, and why.
        package var missing: [String]
        package var isSynthesized: Bool
        /// Those who say the same, together: the winning group first.
        package var groups: [Group]
        /// What the synthesizer says of the dissent.
        package var dissent: [String]
        /// What would change the answer.
        package var wouldChange: [String]
        /// Experts that weren't waited for, since they couldn't change which group wins.
        package var unheard: [String]
        /// The ballots; nil without a ranking.
        package var ballots: Ballots?
        /// What the synthesizer said when it left the group that won; nil when it didn't.
        package var strayed: String?
        /// The files that the experts saw.
        package var files: [String]
        /// What they didn't see, and why.
        package var leftOut: [String]
        /// For a patch: what became of it.
        package var patched: Patched?

        /// The groups that lost.
        package var losing: ArraySlice<Group> { groups.dropFirst() }
    }
}
