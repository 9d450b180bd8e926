import Diagnostics

/// An edit that the built-in engine proposes for one root cause, with where the knowledge comes from.
package struct Proposal: Sendable, Hashable {
    /// What it does, as a commit message would say it: `Insert ';' before '}'`.
    package var title: String
    package var edits: [Edit]
    /// How likely it is right, from the kind of knowledge behind it.
    package var grounds: Grounds

    package init(_ title: String, edits: [Edit], grounds: Grounds) {
        self.title = title
        self.edits = edits
        self.grounds = grounds
    }

    /// What a proposal rests on, best first. Proposals are tried in this order.
    package enum Grounds: Int, Sendable, Comparable {
        /// What is missing explains whatever else is said about the file; it is tried before anything else is touched.
        case explainsAll
        /// A rule about one well-known slip that fits the message and the code exactly.
        case knownSlip
        /// The compiler printed the edit.
        case fixIt
        /// The message names the replacement ("did you mean").
        case suggestion
        /// A rule about the kind of message; several places are possible.
        case likelySlip
        /// A name from the surroundings that resembles the unknown one.
        case resemblance

        /// How it stands against other grounds where proposals contend, 0 to 1: an order, not a probability.
        package var standing: Double { 1 / Double(rawValue + 2) }

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
}

/// One thing that the built-in engine knows: from a root cause and the files to proposals, best first.
protocol MendRule: Sendable {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal]
}

/// The built-in engine: what compilers already know, and what their messages say to people who read them often.
///
/// It reads diagnostics, not prompts, costs no token, and decides nothing: every proposal is verified by the build.
package struct BuiltinEngine: Sendable {
    /// The most proposals for one root cause: each costs a build.
    package static let mostProposals = 12

    private let rules: [any MendRule]

    package init() {
        rules = [
            GluedNameRule(), MisspeltKeywordRule(), FixItRule(), SuggestionRule(), MissingHeaderRule(),
            StraySymbolRule(),
            OperatorSlipRule(), ListSlipRule(),
            TypeCastRule(), MissingBraceRule(), BracketRule(), BraceRule(), OwnHeaderRule(),
            RenamedNameRule(), UnknownNameRule(), OnlyOneOfItsShapeRule(),
            MissingDeclarationRule(), LateDefinitionRule(), StringRule(), SwiftRule(), PythonRule(), MakefileRule(),
            ConflictMarkerRule(),
        ]
    }

    /// Proposals for one root cause, best first, without duplicates and without those that change nothing.
    package func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        var seen: Set<[Edit]> = []
        let all = rules.flatMap { $0.proposals(for: cause, in: files) }
        let ordered = all.enumerated().sorted {
            ($0.element.grounds, $0.offset) < ($1.element.grounds, $1.offset)
        }.map(\.element)
        return Array(
            ordered.filter { proposal in
                let changes = proposal.edits.contains { edit in
                    guard let text = files[edit.file], edit.range.upperBound <= text.bytes.count else { return false }
                    return !text.bytes[edit.range].elementsEqual(edit.replacement)
                }
                return changes && seen.insert(proposal.edits).inserted
            }.prefix(Self.mostProposals))
    }
}
