import Foundation
import Synchronization
import TestSupport
import Testing

/// Text that looks random, the same for the same seed. Made while the tests run, so that no key stands in this file.
func drawn(_ count: Int, seed: UInt64 = 7) -> String {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    let all = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return String(
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return all[Int((state >> 33) % UInt64(all.count))]
        })
}

extension EndToEnd {
    @Suite("Secrets stay on this machine", .timeLimit(.minutes(3)))
    struct SecretTests {
        private let key = "ghp_" + drawn(36)
        private let password = "corr3ct-Horse!" + drawn(6, seed: 3)
        private let plain = "plainly" + drawn(20, seed: 5)
        private var pem: [String] { (0..<6).map { drawn(64, seed: UInt64($0) + 20) } }
        private var planted: [String] { [key, password, plain] + pem }

        /// A project with secrets in its code, in its test, in what its build prints, and in files that are nobody's business.
        private func project() throws -> ScratchRepository {
            let repository = try ScratchRepository()
            let block = (["-----BEGIN RSA PRIVATE " + "KEY-----"] + pem + ["-----END RSA PRIVATE " + "KEY-----"])
                .joined(separator: "\n")
            try repository.write(
                "calc.py",
                "TOKEN = \"\(key)\"\nPEM = \"\"\"\n\(block)\n\"\"\"\n\n\ndef add(a, b):\n    password = \"\(password)\"\n    return a - b\n"
            )
            try repository.write(
                "test_calc.py",
                "import unittest\nfrom calc import add\n\n\nclass AddTest(unittest.TestCase):\n    def test_add(self):\n"
                    + "        self.assertEqual(add(2, 3), 5, \"with \(plain) and Authorization: Bearer \(key)\")\n")
            try repository.write(".gitignore", "__pycache__/\n.env\nlocal/\n")
            try repository.write(".teamfixignore", "/private/\n*.secret.py\n!open.secret.py\n")
            try repository.write(".gitattributes", "hidden.py teamfix-ignore\n")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
                ofItemAtPath: repository.path + "/calc.py")
            try repository.commit("Begin")
            try repository.write(".env", "APP_SECRET=\(plain)\n")
            return repository
        }

        private func expectNothingOnTheWire(_ server: SimulatedOllama, _ what: String) {
            for request in server.requests {
                let body = String(decoding: request.body, as: UTF8.self)
                for secret in planted { #expect(!body.contains(secret), "\(what) sent a secret") }
            }
        }

        private static let mended =
            "```python\ndef add(a, b):\n    password = \"TEAMFIX_REDACTED_NUMBER\"\n    return a + b\n```\n"

        /// Mends the function with its secret as the prompt shows it.
        private func reply(_ request: SimulatedRequest) -> SimulatedReply {
            let shown = request.prompt.firstMatch(of: /password = "(TEAMFIX_REDACTED_[0-9]+)"/)
            let mark = shown.map { String($0.1) } ?? "x"
            return .text(Self.mended.replacing("TEAMFIX_REDACTED_NUMBER", with: mark))
        }

        @Test("fix sends placeholders, gets them back, and mends beside a secret without touching it")
        func fix() async throws {
            let repository = try project()
            try await SimulatedOllama.run(reply: { self.reply($0) }) { server in
                let run = try await repository.teamfix(
                    "fix", "--server", server.url, "--build", "python3 -m unittest -q", "--format", "json")
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                #expect(server.chats.contains { $0.prompt.contains("TEAMFIX_REDACTED_1") })
                #expect(server.chats.contains { $0.prompt.contains("def add(a, b):") })
                expectNothingOnTheWire(server, "fix")
                let branch = try #require(try run.json["branch"] as? String)
                let text = try repository.git("show", "\(branch):calc.py")
                let wanted = try repository.read("calc.py").replacing("a - b", with: "a + b")
                #expect(text + "\n" == wanted)
                #expect(run.errors.contains("stays out of prompts"))
                // An answer is kept as it came.
                let kept = try Data(
                    contentsOf: URL(fileURLWithPath: repository.home + "/.cache/teamfix/answers.sqlite"))
                #expect(kept.range(of: Data(password.utf8)) == nil)
                let asked = server.chats.count
                let again = try await repository.teamfix(
                    "fix", "--server", server.url, "--build", "python3 -m unittest -q", "--format", "json")
                #expect(again.status == 0, "\(again.errors)")
                #expect(server.chats.count == asked)
            }
        }

        @Test("an edit of a line with a secret is refused, and the reason says so")
        func refused() async throws {
            let repository = try project()
            let answer = "```python\ndef add(a, b):\n    password = \"other\"\n    return a + b\n```\n"
            try await SimulatedOllama.run(reply: { _ in .text(answer) }) { server in
                let run = try await repository.teamfix(
                    "fix", "--server", server.url, "--build", "python3 -m unittest -q", "--no-mutations", "--rounds",
                    "1", "--candidates",
                    "1",
                    "--verbose")
                #expect(run.status == 1, "\(run.output)\(run.errors)")
                #expect((run.output + run.errors).contains("holds a secret"))
                #expect(try repository.fixBranches == [])
                expectNothingOnTheWire(server, "fix")
            }
        }

        @Test("analyze, consensus, plan and run send no secret, whoever plans", arguments: ["rules", "model"])
        func others(planner: String) async throws {
            let repository = try project()
            let calc = try repository.read("calc.py").replacing("return a - b", with: "return a - b  # \(key)")
            try repository.write("calc.py", calc)
            try repository.write("log", "calc.py:1: error: bad token \(key) for \(plain), password=\(password)\n")
            try repository.write(
                "plan.yml",
                "problem: two with \(key)\ntasks:\n"
                    + "  - {id: one, input: {prompt: \"Is \(key) safe? password: \(password)\"}}\n"
                    + "  - {id: two, input: {prompt: \"Join {{result:one}}\"}, dependencies: [one]}\n")
            // What comes back goes into the next prompt: it must not bring the secret along.
            let reply: SimulatedOllama.Reply = { request in
                .text("ANSWER: " + String(request.prompt.suffix(3_000)))
            }
            try await SimulatedOllama.run(reply: reply) { server in
                let to = ["--server", server.url]
                let commands = [
                    ["analyze", "--log", "log", "--planner", planner],
                    ["consensus", "Is \(key) with \(plain) and password=\"\(password)\" safe?"],
                    ["plan", "analyze", "--planner", planner], ["run", "plan.yml"],
                    ["plan", "consensus", "What of \(key)?", "--planner", planner],
                    ["plan", "fix", "--build", "python3 -m unittest -q", "--planner", planner],
                ]
                for command in commands {
                    let asked = server.chats.count
                    let run = try await repository.start(command + to, environment: ["TEAMFIX_CACHE": "false"]).end()
                    #expect(run.status == 0 || run.status == 1, "\(command): \(run.errors)")
                    let sends = command[0] != "plan" || planner == "model"
                    #expect((server.chats.count > asked) == sends, "\(command)")
                    expectNothingOnTheWire(server, "\(command)")
                }
                #expect(server.chats.contains { $0.prompt.contains("TEAMFIX_REDACTED_1") })
            }
        }

        @Test(
            "a plan in a file holds no secret, and says so; what is kept from models is told",
            arguments: ["json", "yaml"])
        func plans(format: String) async throws {
            let repository = try project()
            let calc = try repository.read("calc.py").replacing("return a - b", with: "return a - b  # \(key)")
            try repository.write("calc.py", calc)
            try repository.write("hidden.py", "x = 1\n")
            try await SimulatedOllama.run { server in
                for command in [
                    ["analyze"], ["consensus", "Is \(key) with \(plain) safe?"],
                    ["fix", "--build", "python3 -m unittest -q"],
                ] {
                    let run = try await repository.start(
                        ["plan"] + command + ["--server", server.url, "--format", format]
                    ).end()
                    #expect(run.status == 0, "\(command): \(run.errors)")
                    #expect(run.output.contains("********"), "\(command)")
                    for secret in planted { #expect(!run.output.contains(secret), "\(command)") }
                    #expect(run.errors.contains("asterisks stand for it"))
                    #expect(run.errors.contains("kept from models: hidden.py") == (command.first != "consensus"))
                }
            }
        }

        @Test("a finding about a file that nobody was shown doesn't have it shown")
        func invented() async throws {
            let repository = try project()
            for file in ["hidden.py", "shown.py"] {
                try repository.write(file, "value = 'the quick brown marker'  # \(file)\n")
            }
            let findings = ["hidden.py", "shown.py"].map { file in
                #"{"file":"\#(file)","line":1,"severity":"error","message":"This value crashes the loop","#
                    + #""evidence":"value = 'the quick brown marker'  # \#(file)","suggestion":""}"#
            }
            try await SimulatedOllama.run(reply: { _ in .text("[\(findings.joined(separator: ","))]") }) { server in
                let run = try await repository.teamfix("analyze", "--server", server.url)
                #expect(run.errors.contains("kept from models: hidden.py"))
                let prompts = server.chats.map(\.prompt)
                #expect(prompts.contains { $0.contains("# shown.py") })
                // What the model itself said may be told to it again; what it didn't say may not.
                #expect(!prompts.contains { $0.contains("1 | value = 'the quick brown marker'  # hidden.py") })
                #expect(!prompts.contains { $0.contains("1 |+value = 'the quick brown marker'  # hidden.py") })
                for prompt in prompts where !prompt.contains("# shown.py") {
                    #expect(!prompt.contains("# hidden.py"), "\(prompt)")
                }
            }
        }

        @Test("excluded and ignored files, and those that hold secrets by their name, are in no prompt")
        func withheld() async throws {
            let repository = try project()
            let marker = "the quick brown marker"
            let hidden = [
                "hidden.py", "private/a.py", "b.secret.py", "server.pem", ".env.production", "deploy/id_ed25519",
                "local/c.py",
            ]
            for file in hidden + ["open.secret.py", "shown.py"] {
                try repository.write(file, "x = '\(marker)'  # \(file)\n")
            }
            try await SimulatedOllama.run(reply: { _ in .text("[]") }) { server in
                let run = try await repository.teamfix("analyze", "--server", server.url)
                #expect(run.status == 0, "\(run.errors)")
                let prompts = server.chats.map(\.prompt).joined()
                for file in hidden { #expect(!prompts.contains("# \(file)"), "\(file) was sent") }
                for file in ["open.secret.py", "shown.py"] {
                    #expect(prompts.contains("# \(file)"), "\(file) wasn't sent")
                }
                #expect(run.errors.contains("kept from models: "))
                let explained = try await repository.teamfix(
                    "analyze", "--server", server.url, "--explain-prompts", "--format", "json")
                let withheld = try #require(try explained.json["withheld"] as? [[String: String]])
                #expect(Set(withheld.compactMap { $0["file"] }) == Set(hidden.filter { !$0.hasPrefix("local/") }))
            }
            try await SimulatedOllama.run(reply: { _ in .text("Because.") }) { server in
                let run = try await repository.start(
                    ["consensus", "Why?"] + hidden + ["shown.py", "--server", server.url]
                ).end()
                #expect(run.status == 0, "\(run.errors)")
                let prompts = server.chats.map(\.prompt).joined()
                for file in hidden { #expect(!prompts.contains("# \(file)"), "\(file) was sent") }
                #expect(prompts.contains("# shown.py"))
                #expect(run.errors.contains("kept from models: "))
            }
        }

        @Test("--explain-prompts prints what is then sent, word for word, and sends nothing")
        func explained() async throws {
            let repository = try project()
            try repository.write("calc.py", try repository.read("calc.py") + "\n\ndef mul(a, b):\n    return a + b\n")
            try repository.write(
                "plan.yml", "problem: one\ntasks:\n  - {id: one, input: {prompt: \"Is \(key) safe?\"}}\n")
            let before = try repository.untouched()
            let commands = [
                ["analyze"], ["consensus", "Is \(key) safe?"], ["run", "plan.yml"],
                ["fix", "--build", "python3 -m unittest -q", "--rounds", "1"],
            ]
            for command in commands {
                try await SimulatedOllama.run(reply: { self.reply($0) }) { server in
                    let to = ["--server", "gpu=\(server.url)", "--format", "json"]
                    let run = try await repository.start(command + to + ["--explain-prompts"]).end()
                    #expect(run.status == 0, "\(command): \(run.errors)")
                    #expect(server.chats.isEmpty)
                    let prompts = try #require(try run.json["prompts"] as? [[String: Any]])
                    #expect(!prompts.isEmpty)
                    for secret in planted { #expect(!run.output.contains(secret)) }
                    let hidden = try run.json["hidden"] as? Int ?? 0
                    #expect(hidden > 0)
                    let places = try #require(prompts.first?["places"] as? [[String: String]])
                    #expect(places == [["server": "gpu", "url": server.url, "model": "qwen2.5-coder:7b"]])
                    let texts = prompts.map { prompt in
                        ((prompt["prompt"] as? [String: Any])?["messages"] as? [[String: String]] ?? [])
                            .map { $0["content"] ?? "" }.joined(separator: "\n")
                    }
                    _ = try await repository.start(command + to + ["--no-cache"]).end()
                    let sent = server.chats.map(\.prompt)
                    #expect(!sent.isEmpty)
                    // What depends on an answer is known when that is there, and a fix ends at the first good one.
                    let unknown = texts.filter { $0.contains("[here stands the result of") }.count
                    #expect(sent.count { texts.contains($0) } >= min(sent.count, texts.count) - unknown, "\(command)")
                }
            }
            let text = try await SimulatedOllama.run { server in
                try await repository.teamfix("analyze", "--server", server.url, "--explain-prompts").output
            }
            #expect(text.contains("TEAMFIX_REDACTED_1") && text.contains("nothing was sent"))
            #expect(try repository.fixBranches.count <= 1)
            #expect(try repository.untouched() == before)
        }

        @Test("a redirect takes neither prompt nor token to another host")
        func redirect() async throws {
            let repository = try project()
            try await SimulatedOllama.run { other in
                let away = SimulatedFault.status(307, body: "", headers: ["Location": other.url + "/api/chat"])
                try await SimulatedOllama.run(reply: { _ in .fault(away) }) { server in
                    let run = try await repository.teamfix(
                        "consensus", "Why?", "--server", "gpu=\(server.url)",
                        environment: ["TEAMFIX_TOKEN_GPU": drawn(24, seed: 9)])
                    #expect(run.status == 2)
                    #expect(!server.chats.isEmpty)
                    #expect(server.chats.allSatisfy { $0.headers["authorization"] == "Bearer " + drawn(24, seed: 9) })
                    #expect(other.requests.isEmpty)
                    #expect(!(run.output + run.errors).contains(drawn(24, seed: 9)))
                }
            }
        }

        @Test("a credential command of the user's own gives the token; one that fails or hangs gives none, soon")
        func credential() async throws {
            let repository = try project()
            let token = drawn(30, seed: 11)
            try await SimulatedOllama.run(reply: { _ in .text("ANSWER: yes") }) { server in
                func configure(_ command: String) throws {
                    let folder = repository.home + "/.config/teamfix"
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                    let text = "servers:\n  - name: gpu\n    url: \(server.url)\n    credential: \"\(command)\"\n"
                    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/config.yml"))
                }
                try configure("echo noise >&2; printf '%s' \(token)")
                let run = try await repository.teamfix("consensus", "Why?", environment: ["OLLAMA_HOST": ""])
                #expect(run.status == 0, "\(run.errors)")
                #expect(server.chats.allSatisfy { $0.headers["authorization"] == "Bearer \(token)" })
                #expect(!(run.output + run.errors).contains(token))
                let before = server.requests.count
                for (command, words) in [
                    ("exit 3", "it failed"), ("sleep 60 & sleep 60", "no token within"), ("true", "printed nothing"),
                ] {
                    try configure(command)
                    let failed = try await repository.teamfix("servers", environment: ["OLLAMA_HOST": ""])
                    #expect(failed.errors.contains(words), "\(failed.errors)")
                    #expect(failed.duration < .seconds(15))
                }
                #expect(server.requests.dropFirst(before).allSatisfy { $0.headers["authorization"] == nil })
            }
        }

        @Test(
            "a repository's file names no credential, even when it is trusted, and its servers get no token meant for all"
        )
        func foreignCredential() async throws {
            let repository = try project()
            try await SimulatedOllama.run(reply: { _ in .text("ANSWER: yes") }) { server in
                try repository.write(
                    ".teamfix.yml",
                    "servers:\n  - {name: mine, url: \"\(server.url)\", credential: \"touch \(repository.base)/ran\"}\n"
                )
                for arguments in [["config", "trust"], ["consensus", "Why?"]] {
                    let run = try await repository.start(arguments, environment: ["OLLAMA_HOST": ""]).end()
                    #expect(run.status == 2)
                    #expect(run.errors.contains("can't name a `credential`"))
                }
                #expect(!FileManager.default.fileExists(atPath: repository.base + "/ran"))
                try repository.write(".teamfix.yml", "servers:\n  - {name: mine, url: \"\(server.url)\"}\n")
                #expect(try await repository.teamfix("config", "trust").status == 0)
                let environment = ["OLLAMA_HOST": "", "TEAMFIX_TOKEN": drawn(24, seed: 13)]
                let run = try await repository.teamfix("consensus", "Why?", environment: environment)
                #expect(run.status == 0, "\(run.errors)")
                #expect(!server.chats.isEmpty)
                #expect(server.requests.allSatisfy { $0.headers["authorization"] == nil })
            }
        }
    }
}
