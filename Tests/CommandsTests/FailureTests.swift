import Commands
import Foundation
import Inference
import TestSupport
import Testing

@Suite("Failures and exit codes")
struct FailureTests {
    private let plain = Style(Terminal(isTerminal: false))

    @Test("a failure says what happened, why, and what to do next")
    func text() throws {
        let failure = Failure(
            .build, "the build fails in the scratch checkout for another reason",
            causes: ["node_modules is not there", "it is ignored by git"], hints: ["carry it: --carry node_modules"])
        var text = failure.text(style: plain)
        text += "-- json\n" + jsonText(failure.json)
        text +=
            "-- server\n"
            + Failure(InferenceError(.modelNotFound, server: "ollama01", message: "no such model")).text(style: plain)
        text += "-- unexpected\n" + Failure(UnknownError()).text(style: plain)
        try expectSnapshot(text, named: "failures")
    }

    private struct UnknownError: Error, CustomStringConvertible { var description: String { "bits flipped" } }

    @Test("control sequences in an error's text don't reach the terminal")
    func sanitizing() {
        let failure = Failure(.server, "bad \u{1B}[31mred\u{1B}[0m \u{1B}]0;title\u{07}and \u{202E}backwards")
        #expect(failure.text(style: plain) == "teamfix: bad red and backwards\n")
    }

    @Test("usage errors end with 64, configuration errors with 2, help and the version with 0")
    func exitCodes() async throws {
        let teamfix = try Invoked()
        #expect(await teamfix.run("--version") == (0, "0.1.0\n", ""))
        #expect(await teamfix.run("no-such-command").status == 64)
        #expect(await teamfix.run("servers", "--wait", "0").status == 64)
        #expect(await teamfix.run("servers", "--max-workers", "0").status == 64)
        #expect(await teamfix.run("help", "config").status == 0)
        try teamfix.write("modle: x\n", to: "repo/.teamfix.yml")
        let wrong = await teamfix.run("config")
        #expect(wrong == (2, "", "teamfix: .teamfix.yml:1: `modle` is not a key\nhint: did you mean `model`?\n"))
    }

    @Test("with --format json an error is an object on standard output")
    func json() async throws {
        let teamfix = try Invoked(repository: false)
        let result = await teamfix.run("init", "--format", "json")
        #expect(result.status == 2)
        #expect(result.errors == "")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let error = try #require(object["error"] as? [String: Any])
        #expect(error["kind"] as? String == "repository")
        #expect(error["exitCode"] as? Int == 2)
    }

    @Test("teamfix alone says what to do next")
    func nextSteps() async throws {
        let teamfix = try Invoked()
        try teamfix.write("[package]\n", to: "repo/Cargo.toml")
        let result = await teamfix.run()
        #expect(result.status == 0)
        try expectSnapshot(result.output, named: "next-steps")
    }
}
