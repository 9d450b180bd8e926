import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Decisions that are kept", .timeLimit(.minutes(2)))
    struct ConsensusDecisionTests {
        private static let reply: SimulatedOllama.Reply = { request in
            request.options["seed"] as? Int == 2
                ? .text("ANSWER: no, it is small\nREASONS:\n- [x](javascript:1) @octocat <b>\n# Forged\n")
                : .text(
                    "ANSWER: yes, bound it\nREASONS:\n- memory is finite\nWOULD CHANGE MY MIND: a fixed number of keys\n"
                )
        }

        private func decide(
            _ repository: ScratchRepository, _ folder: String, in place: String? = nil
        ) async throws -> Ended {
            try await SimulatedOllama.run(reply: Self.reply) { server in
                try await repository.start(
                    ["consensus", "Should this cache be bounded?", "--adr", folder, "--server", server.url, "--quiet"],
                    in: place
                ).end()
            }
        }

        private func names(_ repository: ScratchRepository, _ folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: repository.path + "/" + folder).sorted()
        }

        @Test("the next number is taken, and nothing that is there is changed")
        func numbers() async throws {
            let repository = try ServerTests.project()
            for (name, text) in [
                ("0009-last.md", "old"), ("0010.md", "no record"), ("notes.txt", "mine"), ("0002-x.md", "x"),
            ] {
                try repository.write("docs/decisions/" + name, text)
            }
            try repository.commit()
            let before = try repository.untouched()
            let run = try await decide(repository, "docs/decisions")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("decision saved: docs/decisions/0010-should-this-cache-be-bounded.md"))
            let path = "docs/decisions/0010-should-this-cache-be-bounded.md"
            var after = try repository.untouched()
            after[path] = nil
            #expect(after == before)
            let text = try String(contentsOfFile: repository.path + "/" + path, encoding: .utf8)
            for part in [
                "# Should this cache be bounded?", "* Status: proposed", "## Considered options", "1. yes, bound it",
                "2. no, it is small", "Expert B", "## Decision\n\nyes, bound it", "* memory is finite",
                "2 of 3 experts, 67 % of the weight", "## Dissent", "## Consequences", "* a fixed number of keys",
            ] {
                #expect(text.contains(part), "no \(part) in \(text)")
            }
            // A model's words form no link, no heading, no HTML, and mention nobody.
            #expect(!text.contains("](javascript") && !text.contains("@octocat") && !text.contains("<b>"))
            #expect(!text.contains("\n# Forged"))
            let again = try await decide(repository, "docs/decisions")
            #expect(again.status == 0)
            #expect(try names(repository, "docs/decisions").contains("0011-should-this-cache-be-bounded.md"))
        }

        @Test("a folder that isn't there is made, also from below the root")
        func makes() async throws {
            let repository = try ServerTests.project()
            try repository.write("src/a.txt", "a")
            let run = try await decide(repository, "../docs/adr", in: repository.path + "/src")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try names(repository, "docs/adr") == ["0001-should-this-cache-be-bounded.md"])
        }

        @Test(
            "a folder that is reached through a link, a file, and git's own are refused before anybody is asked",
            arguments: [
                "link", "inner/decisions", "file", ".git/decisions", ".GIT/decisions", "/", "", "../other/.git/hooks",
                "../other/.git/new", "../bare/decisions", "../link/new",
            ])
        func refused(folder: String) async throws {
            let repository = try ServerTests.project()
            let outside = repository.base + "/outside"
            try FileManager.default.createDirectory(atPath: outside + "/decisions", withIntermediateDirectories: true)
            for name in ["link", "inner"] {
                try FileManager.default.createSymbolicLink(
                    atPath: repository.path + "/" + name, withDestinationPath: outside)
            }
            try repository.write("file", "mine")
            let base = repository.base
            try repository.run(["git", "init", "-q", base + "/other"], in: base)
            try repository.run(["git", "init", "-q", "--bare", base + "/bare"], in: base)
            try FileManager.default.createSymbolicLink(
                atPath: base + "/link", withDestinationPath: base + "/other/.git/info")
            try await SimulatedOllama.run(reply: Self.reply) { server in
                let run = try await repository.start([
                    "consensus", "Is it so?", "--adr", folder, "--server", server.url, "--quiet",
                ]).end()
                #expect(run.status == 64, "\(run.output)")
                #expect(run.errors.contains("the decision can't be saved"))
                #expect(server.chats.isEmpty)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside + "/decisions") == [])
        }

        @Test("outside of the work tree a link on the way is the user's own, and what isn't there is made")
        func outside() async throws {
            let repository = try ServerTests.project()
            let place = repository.base + "/place"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: repository.base + "/link", withDestinationPath: place)
            let run = try await decide(repository, "../link/adr/new", in: repository.path)
            #expect(run.status == 0, "\(run.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: place + "/adr/new")
            #expect(names == ["0001-should-this-cache-be-bounded.md"])
        }

        @Test("decisions that are saved at the same time get a number each")
        func together() async throws {
            let repository = try ServerTests.project()
            try await SimulatedOllama.run(reply: Self.reply) { server in
                let calls = try (0..<4).map { _ in
                    try repository.start([
                        "consensus", "Is it so?", "--adr", "decisions", "--server", server.url, "--quiet",
                        "--no-synthesis",
                    ])
                }
                for call in calls {
                    let run = await call.end()
                    #expect(run.status == 0, "\(run.errors)")
                }
            }
            let names = try names(repository, "decisions")
            #expect(names.map { String($0.prefix(5)) } == ["0001-", "0002-", "0003-", "0004-"])
        }
    }
}
