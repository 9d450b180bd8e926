import Foundation
import Inference
import Testing

@testable import Orchestration

@Suite("What a model makes of text is learned from its server's counts, and kept")
struct TokenRatioTests {
    private func usage(bytes: Int?, tokens: Int?) -> Usage {
        var usage = Usage(promptTokens: tokens, answerTokens: 10, promptDuration: 1, answerDuration: 1, elapsed: 2)
        usage.promptBytes = bytes
        return usage
    }

    @Test func `a count teaches, and a part of a prompt doesn't`() throws {
        var rates = ServerRates()
        rates.learn(usage(bytes: nil, tokens: 1_000))
        rates.learn(usage(bytes: 4_000, tokens: nil))
        rates.learn(usage(bytes: 4_000, tokens: 1_000), sharesPrefix: true)
        #expect(rates.tokens == TokenRatio())
        #expect(rates.profile(server: "s", model: "m", search: nil).tokens == nil)
        for _ in 0..<20 { rates.learn(usage(bytes: 4_000, tokens: 1_000)) }
        #expect(abs(rates.tokens.bytesPerToken - 3.8) < 0.05)
        let kept = try JSONDecoder().decode(
            ServerProfile.self,
            from: try JSONEncoder().encode(rates.profile(server: "s", model: "m", search: nil)))
        #expect(kept.isPlausible)
        #expect(ServerRates(kept).tokens == rates.tokens)
    }

    @Test func `a profile of an older version has none, and an impossible one isn't believed`() throws {
        let old = #"{"server":"s","model":"m","answers":3}"#
        #expect(try JSONDecoder().decode(ServerProfile.self, from: Data(old.utf8)).tokens == nil)
        let odd = #"{"server":"s","model":"m","answers":3,"tokens":{"bytesPerToken":-1,"samples":3}}"#
        #expect(try !JSONDecoder().decode(ServerProfile.self, from: Data(odd.utf8)).isPlausible)
    }
}
