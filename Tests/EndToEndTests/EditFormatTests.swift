import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Edit formats by size and record", .timeLimit(.minutes(2)))
    struct EditFormatTests {
        private let build = ["--build", "python3 -m unittest -q"]
        private static let block =
            "calc.py\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n>>>>>>> REPLACE\n"

        @Test("a small model writes lines again, a large one blocks, and the record says how well")
        func bySize() async throws {
            for (size, formats) in [("1.5B", ["line", "function"]), ("32.8B", ["search-replace"])] {
                let repository = try ServerTests.project()
                try await SimulatedOllama.run(
                    models: [SimulatedModel("coder:latest", parameterSize: size)],
                    reply: { request in
                        .text(request.prompt.contains("<<<<<<< SEARCH") ? Self.block : ServerTests.corrected)
                    }
                ) { server in
                    let none = try await repository.teamfix("stats", "--models")
                    #expect(none.output == "no model has been asked for code yet\n")
                    let run = try await repository.start(["fix", "--quiet", "--server", server.url] + build).end()
                    #expect(run.status == 0, "\(run.output)\(run.errors)")
                }
                let shown = try await repository.teamfix("stats", "--models")
                #expect(shown.status == 0)
                #expect(shown.output.contains("coder:latest"))
                let rows = try #require(
                    try await repository.teamfix("stats", "--models", "--format", "json").json["models"]
                        as? [[String: Any]])
                let named = rows.compactMap { $0["format"] as? String }
                #expect(!named.isEmpty && Set(named).isSubset(of: formats), "\(named)")
                #expect(named.allSatisfy(shown.output.contains))
                #expect(rows.reduce(0) { $0 + ($1["verified"] as? Int ?? 0) } >= 1)
            }
        }

        @Test("a format that a model has often failed to write is given up for another one, unless it is asked for")
        func byRecord() async throws {
            let repository = try ServerTests.project()
            // Its blocks are never what stands there; code it can write.
            let answers: SimulatedOllama.Reply = { request in
                request.prompt.contains("<<<<<<< SEARCH")
                    ? .text("<<<<<<< SEARCH\nnothing like it \(request.number)\n=======\nx\n>>>>>>> REPLACE\n")
                    : .text(ServerTests.corrected)
            }
            try await SimulatedOllama.run(
                models: [SimulatedModel("coder:latest", parameterSize: "32.8B")], reply: answers
            ) { server in
                let fix = ["fix", "--quiet", "--no-mutations", "--server", server.url, "--no-cache"] + build
                let first = try await repository.start(fix + ["--candidates", "16", "--rounds", "1"]).end()
                #expect(first.status == 1, "\(first.output)\(first.errors)")
                let asked = try await repository.start(fix + ["--rounds", "1", "--edit-format", "search-replace"]).end()
                #expect(asked.status == 1)
                let second = try await repository.start(fix).end()
                #expect(second.status == 0, "\(second.output)\(second.errors)")
            }
        }

        @Test("a format that isn't there is refused, with those that are")
        func unknown() async throws {
            let repository = try ServerTests.project()
            let run = try await repository.teamfix("fix", "--edit-format", "udiff")
            #expect(run.status == 64 || run.status == 2)
            #expect(run.errors.contains("search-replace"))
        }
    }
}
