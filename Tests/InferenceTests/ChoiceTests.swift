import Testing

@testable import Inference

@Suite("Models, windows and token counts are chosen by rule")
struct ChoiceTests {
    private func model(_ name: String, _ size: Int64 = 4 << 30, _ capabilities: [String]? = ["completion"])
        -> InstalledModel
    {
        InstalledModel(name: name, size: size, capabilities: capabilities)
    }

    @Test(
        "The larger coding model wins over any general one",
        arguments: [
            (["llama3.3:70b", "qwen2.5-coder:7b", "qwen2.5-coder:1.5b"], "qwen2.5-coder:7b"),
            (["nomic-embed-text", "llama3.2:3b", "mistral:7b"], "mistral:7b"),
            (["starcoder2:3b", "deepseek-coder-v2:16b", "codegemma:7b"], "deepseek-coder-v2:16b"),
            (["gpt-oss:20b", "llama3.1:8b"], "gpt-oss:20b"),
            (["codellama:7b-base", "llama3.1:8b"], "llama3.1:8b"),
            (["mixtral:8x7b", "gemma3:27b"], "mixtral:8x7b"),
        ])
    func best(names: [String], expected: String) throws {
        let choice = try #require(ModelChoice(among: names.map { model($0) }))
        #expect(choice.model.name == expected)
        #expect(!choice.reason.isEmpty)
        #expect(ModelChoice(among: names.reversed().map { model($0) })?.model.name == expected)
    }

    @Test("Models that can't answer are never chosen")
    func unsuitable() {
        #expect(ModelChoice(among: []) == nil)
        #expect(ModelChoice(among: [model("bge-m3"), model("x", 1, ["embedding"]), model("llava:7b")]) == nil)
    }

    @Test("Memory bounds the size, and between equals the resident model wins")
    func memoryAndResidence() throws {
        let models = [
            model("qwen2.5-coder:32b", 20 << 30), model("qwen2.5-coder:7b", 5 << 30), model("codegemma:7b", 5 << 30),
        ]
        #expect(ModelChoice(among: models, memory: 8 << 30)?.model.name == "codegemma:7b")
        let resident = [ResidentModel(name: "qwen2.5-coder:7b", contextLength: 8192)]
        #expect(ModelChoice(among: models, resident: resident, memory: 8 << 30)?.model.name == "qwen2.5-coder:7b")
        #expect(ModelChoice(among: models, memory: 1 << 30)?.model.size == 5 << 30)
    }

    @Test("The window is the resident one where it fits, else the smallest bucket")
    func windows() {
        #expect(ContextChoice(needed: 5000, resident: 6000).contextLength == 6000)
        #expect(ContextChoice(needed: 5000, resident: 6000).isResident)
        #expect(ContextChoice(needed: 5000, resident: 4096).contextLength == 8192)
        #expect(ContextChoice(needed: 10).contextLength == 4096)
        #expect(ContextChoice(needed: 8193).contextLength == 16384)
        let capped = ContextChoice(needed: 50_000, trained: 32_768)
        #expect(capped.contextLength == 32_768 && !capped.fits)
        #expect(ContextChoice(needed: 9000, resident: 32_768, limit: 16_384).contextLength == 16_384)
    }

    @Test("Estimates start high and follow what the server counted")
    func ratio() {
        var ratio = TokenRatio()
        #expect(PromptEstimate.tokens(bytes: 3001, ratio: ratio) == 1001)
        for _ in 0..<20 { ratio.learn(bytes: 4000, tokens: 1000) }
        #expect(abs(ratio.bytesPerToken - 3.8) < 0.05)
        ratio.learn(bytes: 100_000, tokens: 10)
        ratio.learn(bytes: 10, tokens: 10)
        #expect(ratio.samples == 20)
        #expect(PromptEstimate.tokens(bytes: 0) == 0)
    }

    @Test(
        "Thinking is switched off only where the server understands it",
        arguments: [
            ("qwen2.5-coder:7b", ["completion"], "0.12.5", OllamaRequest.Think.off),
            ("qwen2.5-coder:7b", ["completion"], "0.12.4", .omitted), ("qwen3:8b", ["thinking"], "0.9.6", .off),
            ("qwen3:8b", ["thinking"], "0.8.0", .omitted), ("gpt-oss:20b", ["thinking"], "0.33.0-rc2", .low),
            ("gpt-oss:20b", ["thinking"], "0.11.0", .omitted), ("x", [], "0.0.0", .off),
            ("x", [], "nonsense", .omitted),
        ])
    func think(model: String, capabilities: [String], version: String, expected: OllamaRequest.Think) {
        let version = OllamaVersion(version)
        #expect(OllamaRequest.Think(model: model, capabilities: capabilities, version: version) == expected)
    }

    @Test(
        "A cut prompt shows in the counts",
        arguments: [
            (6_000, 514, 10, 1_024, true), (6_000, 1_024, 10, 1_024, true), (1_500, 400, 100, 1_024, false),
            (6_000, nil, 10, 1_024, false), (1_500, 514, 10, 1_024, false),
        ])
    func cuts(bytes: Int, counted: Int?, answered: Int, window: Int, isCertain: Bool) {
        let prompt = Prompt(
            model: "m", messages: [.init(.user, String(repeating: "x", count: bytes))], contextLength: window)
        let cut = PromptCut(prompt: prompt, usage: Usage(promptTokens: counted, answerTokens: answered, elapsed: 1))
        if isCertain {
            guard case .certain = cut else { return #expect(Bool(false), "\(cut)") }
        } else {
            #expect(cut == .no)
        }
    }

    @Test("A window that shifted while answering is a warning")
    func shifted() {
        let prompt = Prompt(
            model: "m", messages: [.init(.user, String(repeating: "x", count: 2_800))], contextLength: 1_024)
        let cut = PromptCut(prompt: prompt, usage: Usage(promptTokens: 900, answerTokens: 400, elapsed: 1))
        guard case .suspected(let why) = cut else { return #expect(Bool(false), "\(cut)") }
        #expect(why.contains("900 + 400"))
    }
}
