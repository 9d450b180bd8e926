import Foundation
import Subprocess
import TestSupport
import Testing

/// A Python that has Ollama's official client: `TEAMFIX_OLLAMA_PYTHON`, else `python3`; nil when it lacks the package.
private func officialClientPython() async -> Executable? {
    let named = ProcessInfo.processInfo.environment["TEAMFIX_OLLAMA_PYTHON"]
    let python = named.map { Executable.path(.init($0)) } ?? .name("python3")
    let found = try? await run(python, arguments: ["-c", "import ollama"], output: .discarded, error: .discarded)
    return found?.terminationStatus.isSuccess == true ? python : nil
}

@Suite("The simulated server satisfies a client that this project didn't write")
struct OfficialClientTests {
    @Test(
        "Ollama's own Python client chats, lists, shows, loads, unloads and reads errors",
        .enabled("needs python3 with the ollama package") { await officialClientPython() != nil })
    func official() async throws {
        let python = try #require(await officialClientPython())
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "official_client.py").path
        try await SimulatedOllama.run(reply: { request in
            let text = request.messages.last?.content ?? request.json["prompt"] as? String ?? ""
            switch text {
            case "fail": return .error(500, "the engine ran out of memory")
            case "fail later": return .fault(.errorLine(after: 2, "the engine gave up"))
            default: return .text("echo: \(text)")
            }
        }) { server in
            let result = try await run(
                python, arguments: [script, server.url], output: .string(limit: 65_536), error: .string(limit: 65_536))
            #expect(result.terminationStatus.isSuccess, "\(result.standardOutput) \(result.standardError)")
        }
    }
}
