import Events
import Foundation
import History
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The dashboard follows", .timeLimit(.minutes(3)))
    struct DashboardFollowingTests {
        @Test("a run of another process, from its first task to its end")
        func liveRun() async throws {
            let repository = try ServerTests.project()
            // The model answers when the page has shown that it is at work.
            let (isSeen, seen) = AsyncStream<Void>.makeStream()
            try await SimulatedOllama.run(reply: { _ in
                for await _ in isSeen {}
                return .text(ServerTests.corrected)
            }) { server in
                try await RunningDashboard.serve(repository) { dashboard in
                    #expect(try await dashboard.page().body.contains("Nothing is recorded yet"))
                    let fix = try repository.start(
                        ["fix", "--quiet", "--server", server.url, "--build", "python3 -m unittest -q"])
                    #expect(await server.wait { $0.asked > 0 })
                    let list = try await dashboard.follow("feed") {
                        $0.contains("<h2 id=\"now\">") && $0.contains(" ended")
                    }
                    #expect(list.last?.contains("href=\"run/") == true)
                    let id = try #require(try repository.runStore.latestRun()?.id)
                    let during = try await dashboard.follow("run/\(id)/feed") { $0.contains("class=\"node running\"") }
                    #expect(during.last?.contains("class=\"bar running\"") == true)
                    #expect(during.last?.contains("id=\"patch\"") == false)
                    seen.finish()
                    let after = try await dashboard.follow("run/\(id)/feed") {
                        $0.contains("exit code 0") && $0.contains("id=\"patch\"")
                    }
                    #expect(await fix.end().status == 0)
                    let page = try #require(after.last)
                    #expect(page.contains("<span class=\"badge succeeded\">"))
                    #expect(page.contains("<span class=\"added\">+    return a + b\n</span>"))
                    #expect(page.contains("<span class=\"removed\">-    return a - b\n</span>"))
                    #expect(page.contains("qwen2.5-coder:7b"))
                    #expect(after.count > 1, "it was pushed, not only there")
                }
            }
        }

        @Test("events as they come, and says what an old run without an end may mean")
        func pushed() async throws {
            let repository = try ScratchRepository()
            try repository.record(Sample.half, as: "run-a")
            try repository.record(Sample.half, as: "run-old", ago: 7200)
            try await RunningDashboard.serve(repository) { dashboard in
                let old = try await dashboard.page("run/run-old").body
                #expect(old.contains("it may have been killed"))
                #expect(old.contains("<span class=\"badge waiting\">"))
                let isWritten = Mutex(false)
                let pages = try await dashboard.follow("run/run-a/feed") { page in
                    // Another process adds to the run once the page is there.
                    let isFirst = isWritten.withLock { written in
                        defer { written = true }
                        return !written
                    }
                    if isFirst {
                        let end = TaskEnd(
                            task: "logic", attempt: 1, server: "ollama01", model: "coder:7b", outcome: .failed,
                            reason: "the line was cut", elapsed: 1)
                        let record = RunRecord(
                            run: "run-a", sequence: Sample.half.count + 1, elapsed: 2, event: .taskFinished(end))
                        try? repository.runStore.append([record], started: Date())
                    }
                    return page.contains("the line was cut")
                }
                let (first, last) = (try #require(pages.first), try #require(pages.last))
                #expect(first.contains("1 of 3 tasks done, 1 running") && !first.contains("id=\"failures\""))
                #expect(last.contains("1 of 3 tasks done, 1 failed") && last.contains("id=\"failures\""))
                #expect(last.contains("class=\"bar failed\""))
            }
        }

        @Test(
            "in a browser, where the policy lets its own script run and no other",
            .enabled(if: Program.exists("chromium")))
        func browser() async throws {
            let repository = try ScratchRepository()
            try repository.record(Hostile.run, as: "run-h")
            try await RunningDashboard.serve(repository) { dashboard in
                let page = try await Browser.document(
                    at: "http://127.0.0.1:\(dashboard.port)/\(dashboard.token)/run/run-h",
                    once: "document.getElementById('connection').textContent === 'Live'", in: repository)
                #expect(page.contains(">Live</span>"), "its own script runs and is connected")
                #expect(page.contains("run-h · teamfix</title>"), "no other script has run")
                #expect(!page.contains("<img"))
            }
        }
    }
}
