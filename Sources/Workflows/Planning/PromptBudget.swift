import Inference
import Orchestration

/// How much code a prompt may show: what the team's smallest window holds beside the answer and the words around the code,
/// counted in the tokens of that server's model.
package struct PromptBudget: Sendable, Equatable {
    /// The most bytes of code around a suspect; half of it for the lines that are asked for.
    package var longest: Int
    /// The most bytes that are shown of a file that isn't shown whole.
    package var mostContext: Int
    /// A file of this many bytes is shown whole.
    package var smallFile: Int

    /// A server's share in the decision.
    package struct Member: Sendable, Equatable {
        /// Its window, in tokens.
        package var contextLength: Int
        /// What its model was seen to make of text.
        package var ratio: TokenRatio
        package var isSmall: Bool

        package init(contextLength: Int, ratio: TokenRatio = TokenRatio(), isSmall: Bool = true) {
            self.contextLength = contextLength
            self.ratio = ratio
            self.isSmall = isSmall
        }
    }

    /// - Parameter team: who may get a prompt; it has to fit all of them.
    package init(team: [Member]) {
        let isSmall = team.isEmpty || team.contains(where: \.isSmall)
        // Prompts of small models grow slow and vague with more than this.
        let most = isSmall ? 9_000 : 24_000
        longest = max(200, min(most, team.map(Self.bytes).min() ?? 4_096))
        mostContext = isSmall ? 6_000 : 16_000
        smallFile = isSmall ? 3_500 : 12_000
    }

    init(of orchestrator: TeamOrchestrator?) {
        guard let orchestrator else {
            self.init(team: [])
            return
        }
        self.init(
            team: zip(orchestrator.servers, orchestrator.tokenRatios).map { server, ratio in
                Member(contextLength: server.contextLength, ratio: ratio, isSmall: server.isSmall)
            })
    }

    /// The bytes of code, of which half again is shown as the lines that are asked for, and answered: with `r` bytes a token the
    /// prompt takes `(1.5 · code + words) ÷ r` tokens, and the answer at most `code ÷ 4 + 160`.
    static func bytes(_ member: Member) -> Int {
        // In steps, so that one more count doesn't change the prompts of a run that is repeated.
        let ratio = min(4, max(1.5, (member.ratio.bytesPerToken * 2).rounded(.down) / 2))
        let window = Double(member.contextLength)
        let shown = (window - template - answer - words / ratio) / (1.5 / ratio + 0.25)
        // A prompt is refused by a more careful count, which leaves room for the shortest answer only.
        let careful = ((window - template - leastAnswer) * PromptEstimate.bytesPerToken - words) / 1.5
        return Int(min(shown, careful))
    }

    /// Tokens of a chat template, and of an answer beside its code.
    private static let template = 64.0
    private static let answer = 160.0
    private static let leastAnswer = 256.0
    /// Bytes of instructions, failure and test.
    private static let words = 2_500.0
}

extension TeamServer {
    /// Whether its model is small, of at most 8 thousand million parameters; one of unknown size is.
    var isSmall: Bool { (parameters ?? InstalledModel(name: model).parameters ?? 0) <= 8.5 }
}
