import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What the team did, from its events", .timeLimit(.minutes(4)))
    struct StatsTests {
        static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        static let root = folder.deletingLastPathComponent().deletingLastPathComponent().path

        private static let plan = """
            {"problem": "Words", "success": "any-task-complete", "tasks": [
              {"id": "a", "input": {"prompt": "Say one."}},
              {"id": "b", "input": {"prompt": "Say two."}, "policy": {"retries": 1}},
              {"id": "c", "input": {"prompt": "Join {{result:a}} and {{result:b}}."}, "dependencies": ["a", "b"]}]}
            """

        /// Runs a Python program in the repository, with what teamfix sees there.
        private func python(_ arguments: [String], in repository: ScratchRepository) async throws -> Ended {
            try await Call(
                ["python3"] + arguments, in: repository.path, environment: repository.isolated, scratch: repository.base
            ).end(within: .seconds(200))
        }

        private func lines(_ text: String) throws -> [[String: Any]] {
            try text.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
            }
        }

        private func kinds(_ text: String) throws -> [String] {
            try lines(text).compactMap { ($0["event"] as? [String: Any])?.keys.first }
        }

        @Test(
            "every figure is what a program of its own makes of the events, to the last bit",
            .enabled(if: Program.exists("python3")))
        func recomputed() async throws {
            let repository = try ServerTests.project()
            try repository.write("p.json", Self.plan)
            let failures = Mutex(0)
            let reply: SimulatedOllama.Reply = { request in
                let number = failures.withLock { number in
                    number += request.prompt.contains("Say two.") ? 1 : 0
                    return number
                }
                if request.prompt.contains("Say two."), number % 3 != 0 { return .error(500, "not now") }
                return request.prompt.contains("Say") || request.prompt.contains("Join")
                    ? .text("some words for an answer") : .text(ServerTests.corrected)
            }
            try await SimulatedOllama.run(reply: reply) { one in
                try await SimulatedOllama.run(reply: reply) { two in
                    let servers = ["--server", "one=\(one.url)", "--server", "two=\(two.url)", "--quiet"]
                    for number in 0..<4 {
                        let cache = number == 2 ? [] : ["--no-cache"]
                        _ = try await repository.start(["run", "p.json"] + servers + cache).end()
                    }
                    let fix = try await repository.start(["fix", "--build", "python3 -m unittest -q"] + servers).end()
                    #expect(fix.status == 0, "\(fix.output)\(fix.errors)")
                    _ = try await repository.start(["consensus", "Is Say right?"] + servers).end()
                    let killed = try repository.start(["run", "p.json", "--no-cache"] + servers)
                    killed.signal(SIGKILL)
                    _ = await killed.end()
                }
            }
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "python3 -m unittest -q")
            let script = Self.folder.appendingPathComponent("recompute_stats.py").path
            // What the first call derived and kept, the second one reads.
            for _ in 0..<2 {
                let checked = try await python([script, Program.path], in: repository)
                #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
                #expect(checked.output.contains("every figure is the same"))
            }
        }

        @Test("a replay says what the run said, byte for byte, and asks no server")
        func replay() async throws {
            let repository = try ServerTests.project()
            let build = ["--build", "python3 -m unittest -q"]
            try await SimulatedOllama.run(reply: { _ in .text(ServerTests.corrected) }) { server in
                for more in [[], ["--format", "json"], ["--verbose"], ["--format", "markdown"]] {
                    let arguments = ["fix", "--no-cache", "--server", server.url] + build + more
                    let run = try await repository.start(arguments).end()
                    #expect(run.status == 0, "\(run.errors)")
                    let verbose = more == ["--verbose"] ? more : []
                    let asked = server.requests.count
                    let replay = try await repository.start(["stats", "replay", "--last"] + verbose).end()
                    #expect(replay.status == 0)
                    #expect(replay.output == run.output)
                    #expect(replay.errors == run.errors)
                    #expect(server.requests.count == asked)
                }
                let json = try await repository.teamfix("stats", "replay", "--last", "--format", "json", "--quiet")
                #expect(try json.json["outcome"] as? String == "fixed")
                let text = try await repository.teamfix("stats", "replay", "--last", "--format", "text", "--quiet")
                #expect(text.status == 64)
                #expect(text.errors.contains("shown as markdown"))
            }
        }

        @Test("a run that was prevented is replayed with what prevented it")
        func failedReplay() async throws {
            let repository = try ServerTests.project()
            let run = try await repository.teamfix("consensus", "Why?")
            #expect(run.status == 2)
            let replay = try await repository.teamfix("stats", "replay", "--last")
            #expect(replay.status == 0)
            #expect(replay.output == run.output)
            #expect(replay.errors == run.errors)
            let shown = try await repository.teamfix("stats", "--last")
            #expect(shown.output.contains("consensus"))
        }

        @Test("a replay takes the run's time, divided by the speed that is asked for")
        func replaySpeed() async throws {
            let repository = try ScratchRepository.project()
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "sleep 1; make")
            let fast = try await repository.teamfix("stats", "replay", "--last", "--speed", "max")
            #expect(fast.duration < .seconds(2))
            let slow = try await repository.teamfix("stats", "replay", "--last", "--speed", "1")
            #expect(slow.duration > .seconds(2))
            #expect(slow.output == fast.output && slow.errors == fast.errors)
            #expect(try await repository.teamfix("stats", "replay", "--last", "--speed", "0").status == 64)
        }

        @Test("events are JSON lines while the run goes on, and the same ones afterwards")
        func events() async throws {
            let repository = try ScratchRepository.project()
            let file = repository.base + "/events.jsonl"
            let run = try await repository.teamfix("fix", "--offline", "--build", "make", "--events", file)
            #expect(run.status == 0)
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(try kinds(written).first == "runStarted")
            #expect(try kinds(written).suffix(2) == ["runFinished", "resultShown"])
            let sequences = try lines(written).compactMap { $0["sequence"] as? Int }
            #expect(sequences == Array(1...max(1, sequences.count)))
            let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(permissions == 0o600)
            #expect(try await repository.teamfix("stats", "events", "--last").output == written)
            // On standard output they stand in place of the result, which is their last line.
            let piped = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--events", "-", "--format", "json")
            let shown = try #require(try lines(piped.output).last?["event"] as? [String: Any])
            let result = try #require((shown["resultShown"] as? [String: Any])?["_0"] as? [String: Any])
            #expect((result["text"] as? String)?.contains("\"outcome\" : \"fixed\"") == true)
            // A run that isn't recorded has them, too.
            let unrecorded = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--events", "-", "--no-history")
            #expect(try kinds(unrecorded.output).last == "resultShown")
            #expect(try await repository.teamfix("stats", "--format", "json").json["runs"] as? [[String: Any]] != nil)
            let listed = try #require(
                try await repository.teamfix("stats", "--format", "json").json["runs"] as? [[String: Any]])
            #expect(listed.count == 2)
            let nowhere = try await repository.teamfix("fix", "--offline", "--build", "make", "--events", "/proc/x/y")
            #expect(nowhere.status == 64)
            #expect(nowhere.errors.contains("the events can't be written to /proc/x/y"))
        }

        @Test("a pipe that nobody reads is refused before anything is run")
        func pipe() async throws {
            let repository = try ScratchRepository.project()
            let pipe = repository.base + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            let run = try await repository.teamfix("fix", "--offline", "--build", "make", "--events", pipe)
            #expect(run.status == 64)
            #expect(run.errors.contains("a pipe that nobody reads"))
        }

        @Test("every form of the figures is what its readers expect")
        func forms() async throws {
            let repository = try ScratchRepository.project()
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            let prometheus = try await repository.teamfix("stats", "--format", "prometheus")
            #expect(prometheus.output.contains("teamfix_runs_total{outcome=\"fixed\"} 1\n"))
            let otlp = try await repository.teamfix("stats", "--last", "--format", "otlp")
            #expect(try otlp.json["resourceSpans"] is [Any])
            let csv = try await repository.teamfix("stats", "--last", "--format", "csv")
            #expect(csv.output.hasPrefix("run,lane,name,attempt,state,start,end\r\n"))
            let chart = try await repository.teamfix("stats", "--last", environment: ["COLUMNS": "60"])
            #expect(chart.output.contains("┣"))
            #expect(chart.output.contains("\nbuilds "))
            for wrong in [
                ["--format", "otlp"], ["--last", "--format", "prometheus"], ["--since", "soon"],
                ["--listen", "127.0.0.1"], ["--serve", "--format", "json"], ["--serve", "--since", "1d"],
            ] {
                #expect(try await repository.start(["stats"] + wrong).end().status == 64)
            }
            let none = try await repository.teamfix("stats", "--since", "0s")
            #expect(none.output.contains("nothing is recorded"))
        }

        @Test("pruning keeps to its bounds, and says first what it would do")
        func pruning() async throws {
            let repository = try ScratchRepository.project()
            for _ in 0..<3 { _ = try await repository.teamfix("analyze", "--offline", "--quiet") }
            #expect(try await repository.teamfix("stats", "prune").output.hasPrefix("nothing to remove: 3 runs"))
            let dry = try await repository.teamfix("stats", "prune", "--keep", "1", "--dry-run")
            #expect(dry.output.hasPrefix("would remove 2 runs; left: 1 run,"))
            let done = try await repository.teamfix("stats", "prune", "--keep", "1", "--format", "json")
            #expect(try done.json["removed"] as? Int == 2)
            #expect(try await repository.teamfix("stats", "prune", "--older-than", "0s").output.contains("1 run"))
            #expect(try await repository.teamfix("stats", "prune", "--keep", "0").status == 64)
            #expect(try await repository.teamfix("stats", "prune", "--older-than", "tomorrow").status == 64)
        }

        @Test(
            "a history that can't be used costs a run one line",
            arguments: ["a folder in its place", "no folder to be had", "noise", "damage within"])
        func unusable(how: String) async throws {
            let repository = try ScratchRepository.project()
            let state = repository.base + "/state"
            let history = state + "/teamfix/history.sqlite"
            var environment = ["XDG_STATE_HOME": state]
            switch how {
            case "a folder in its place":
                try FileManager.default.createDirectory(atPath: history, withIntermediateDirectories: true)
            case "no folder to be had": environment = ["XDG_STATE_HOME": "/proc/teamfix"]
            case "noise":
                try FileManager.default.createDirectory(atPath: state + "/teamfix", withIntermediateDirectories: true)
                try String(repeating: "noise", count: 5000).write(toFile: history, atomically: false, encoding: .utf8)
            default:
                for _ in 0..<4 {
                    _ = try await repository.teamfix(
                        "fix", "--offline", "--quiet", "--build", "make", environment: environment)
                }
                let size = try #require(try FileManager.default.attributesOfItem(atPath: history)[.size] as? Int)
                let file = try #require(FileHandle(forUpdatingAtPath: history))
                try file.seek(toOffset: 4096)
                try file.write(contentsOf: Data(repeating: 0xA5, count: size - 4096))
                try file.close()
            }
            let run = try await repository.teamfix("fix", "--offline", "--build", "make", environment: environment)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("Branch teamfix/"))
            let isMended = how == "noise" || how == "damage within"
            #expect(isMended || !run.output.contains("teamfix apply "), "nothing can be applied from there")
            let said = run.errors.split(separator: "\n").filter { $0.contains("history") }
            #expect(said.count == 1, "\(run.errors)")
            // Damage is set aside, so that the next run is recorded.
            guard isMended else { return }
            let next = try await repository.teamfix(
                "fix", "--offline", "--build", "make", environment: environment)
            #expect(!next.errors.contains("history"), "\(next.errors)")
            #expect(try await repository.teamfix("stats", "--last", environment: environment).status == 0)
        }

        @Test(
            "two processes at once, one killed at random moments, lose no acknowledged event",
            .enabled(if: Program.exists("python3")))
        func stress() async throws {
            let repository = try ScratchRepository.project()
            let run = try await python(
                [Self.root + "/Benchmarks/history-stress", Program.path, "--runs", "24"], in: repository)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains(", 0 problems"))
        }
    }
}
