import Inference
import Testing

@testable import Workflows

@Suite("What a prompt shows follows the window, in the model's own tokens")
struct PromptBudgetTests {
    private func ratio(_ bytesPerToken: Double) -> TokenRatio {
        var ratio = TokenRatio()
        for _ in 0..<40 { ratio.learn(bytes: Int(bytesPerToken * 10_000), tokens: 10_000) }
        return ratio
    }

    @Test func `a small model's prompt doesn't grow with its window`() {
        for window in [8_192, 16_384, 131_072] {
            #expect(PromptBudget(team: [.init(contextLength: window)]).longest == 9_000)
        }
        #expect(PromptBudget(team: [.init(contextLength: 8_192)]).smallFile == 3_500)
        #expect(PromptBudget(team: []).longest == 4_096)
    }

    @Test func `a large model sees more, a mixed team what the small one can`() {
        let large = PromptBudget.Member(contextLength: 32_768, isSmall: false)
        #expect(PromptBudget(team: [large]).longest == 24_000)
        #expect(PromptBudget(team: [large, .init(contextLength: 32_768)]).longest == 9_000)
    }

    @Test func `text that takes more tokens leaves less room, in steps`() {
        let dense = PromptBudget(team: [.init(contextLength: 4_096, ratio: ratio(2))]).longest
        let usual = PromptBudget(team: [.init(contextLength: 4_096)]).longest
        let sparse = PromptBudget(team: [.init(contextLength: 4_096, ratio: ratio(4.4))]).longest
        #expect(dense < usual && usual < sparse)
        #expect(
            PromptBudget(team: [.init(contextLength: 4_096, ratio: ratio(3.9))])
                == PromptBudget(team: [.init(contextLength: 4_096, ratio: ratio(4.0))]))
    }

    @Test(arguments: [1_024, 2_048, 4_096, 8_192, 32_768], [1.6, 3.0, 6.0])
    func `prompt and answer fit, whatever the ratio`(window: Int, bytesPerToken: Double) {
        let ratio = ratio(bytesPerToken)
        let longest = Double(PromptBudget(team: [.init(contextLength: window, ratio: ratio, isSmall: false)]).longest)
        // What the models' own tokens make of it, and what the prompt builder makes of it before anything is sent.
        let prompt = (longest * 1.5 + 2_500) / min(4, ratio.bytesPerToken) + 64
        if longest > 200 {
            #expect(prompt + longest / 4 <= Double(window) + 1)
            #expect((longest * 1.5 + 2_500) / 3 + 64 + 256 <= Double(window) + 1)
        }
    }
}
