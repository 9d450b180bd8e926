import Events
import Foundation
import History
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The dashboard", .timeLimit(.minutes(3)))
    struct DashboardTests {
        @Test("nothing is shown without the token, and everything with it")
        func token() async throws {
            let repository = try ScratchRepository()
            try repository.record(Sample.half, as: "run-a")
            try await RunningDashboard.serve(repository) { dashboard in
                let host = "Host: 127.0.0.1:\(dashboard.port)\r\n"
                let token = dashboard.token
                #expect(token.count == 32)
                let wrong = [
                    "/", "", "/feed", "/run/run-a", "/\(String(repeating: "0", count: 32))/", "/\(token.dropLast())/",
                    "/\(token)0/", "//\(token)/", "/?token=\(token)", "/\(token.uppercased())x/", "*",
                ]
                for target in wrong {
                    let reply = try await dashboard.request("GET \(target) HTTP/1.1\r\n" + host)
                    #expect([400, 403].contains(reply.status), "\(target): \(reply.status)")
                    #expect(!reply.body.contains("run-a") && !reply.body.contains(token))
                }
                let list = try await dashboard.page()
                #expect(list.status == 200 && list.body.contains("Look into it"))
                let run = try await dashboard.page("run/run-a")
                #expect(run.status == 200 && run.body.contains("Syntax Analyst"))
                #expect(try await dashboard.page("run/none").status == 404)
                #expect(try await dashboard.page("run/..%2f..%2fetc").status == 404)
            }
        }

        @Test("a name that somebody may have pointed at this machine is refused")
        func host() async throws {
            let repository = try ScratchRepository()
            try await RunningDashboard.serve(repository) { dashboard in
                let (port, token) = (dashboard.port, dashboard.token)
                func status(_ headers: String) async throws -> Int {
                    try await dashboard.request("GET /\(token)/ HTTP/1.1\r\n" + headers).status
                }
                for good in ["127.0.0.1:\(port)", "localhost:\(port)", "LocalHost:\(port)", "[::1]:\(port)"] {
                    #expect(try await status("Host: \(good)\r\n") == 200, "\(good)")
                }
                let bad = [
                    "rebound.example:\(port)", "rebound.example", "127.0.0.1", "127.0.0.1:\(port + 1)",
                    "127.0.0.1.x:\(port)",
                    "localhost.:\(port)", "10.0.0.1:\(port)", "", "127.0.0.1:\(port)@rebound.example",
                ]
                for bad in bad.map({ "Host: \($0)\r\n" }) + [""] {
                    let code = try await status(bad)
                    #expect([400, 403].contains(code), "\(bad)")
                }
            }
        }

        @Test("a reply forbids to be framed, kept, sniffed or to load anything")
        func headers() async throws {
            let repository = try ScratchRepository()
            try await RunningDashboard.serve(repository) { dashboard in
                let first = try await dashboard.page()
                let second = try await dashboard.page()
                let policy = try #require(first.headers["content-security-policy"])
                #expect(policy.hasPrefix("default-src 'none'; "))
                for part in ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "connect-src 'self'"] {
                    #expect(policy.contains(part))
                }
                #expect(!policy.contains("unsafe"))
                #expect(policy != second.headers["content-security-policy"], "a nonce counts once")
                #expect(first.headers["referrer-policy"] == "no-referrer")
                #expect(first.headers["x-content-type-options"] == "nosniff")
                #expect(first.headers["cache-control"] == "no-store")
                #expect(first.headers["access-control-allow-origin"] == nil)
                #expect(first.headers["set-cookie"] == nil)
            }
        }

        @Test("only GET is answered, and what is too large is refused")
        func bounds() async throws {
            let repository = try ScratchRepository()
            try await RunningDashboard.serve(repository) { dashboard in
                let host = "Host: 127.0.0.1:\(dashboard.port)\r\n"
                for method in ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"] {
                    let reply = try await dashboard.request("\(method) /\(dashboard.token)/ HTTP/1.1\r\n" + host)
                    #expect(reply.status == 405, "\(method): \(reply.status)")
                }
                let long = String(repeating: "a", count: 600)
                #expect(try await dashboard.page(long).status == 414)
                let field = "X-Long: " + String(repeating: "a", count: 20_000) + "\r\n"
                let large = try await dashboard.request("GET /\(dashboard.token)/ HTTP/1.1\r\n" + host + field)
                #expect(large.status != 200)
                let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
                #expect(
                    try await dashboard.request("GET /\(dashboard.token)/ HTTP/1.1\r\n" + host + many).status != 200)
                #expect(try await dashboard.page().status == 200, "it still answers")
            }
        }

        @Test("hostile text from a run stays text, on the page, in its feed and in the report")
        func hostile() async throws {
            let repository = try ScratchRepository()
            try repository.record(Hostile.run, as: "run-h")
            try repository.runStore.keep(
                StoredPatch(
                    run: "run-h", branch: Hostile.all, commit: nil, base: nil, isVerified: false, text: Hostile.patch))
            let report = try await repository.teamfix("stats", "run-h", "--format", "html")
            #expect(report.status == 0, "\(report.errors)")
            let runs = try await repository.teamfix("stats", "--everywhere", "--format", "html")
            try await RunningDashboard.serve(repository) { dashboard in
                let pages = [
                    (try await dashboard.page("run/run-h").body, 1), (try await dashboard.page().body, 1),
                    (try await dashboard.follow("run/run-h/feed") { _ in true }.last ?? "", 0), (report.output, 0),
                    (runs.output, 0),
                ]
                for (index, (page, scripts)) in pages.enumerated() {
                    #expect(page.contains("&lt;script&gt;document.title=&#39;taken&#39;"), "page \(index)")
                    #expect(page.components(separatedBy: "<script").count - 1 == scripts, "page \(index)")
                    for tag in ["<img", "onload=document.title='", "' onmouseover", "\u{1B}", "\u{202E}", "\u{0}"] {
                        #expect(!page.contains(tag), "page \(index) has \(tag)")
                    }
                    #expect(page.components(separatedBy: "</style>").count - 1 <= 1)
                }
                let shown = pages[0].0
                #expect(shown.contains("<span class=\"removed\">-&lt;/script&gt;"))
                #expect(shown.contains("<span class=\"added\">+&lt;/script&gt;"))
            }
        }

        @Test("a page loads nothing from elsewhere, and the report needs no script")
        func selfContained() async throws {
            let repository = try ScratchRepository()
            try repository.record(Sample.half + [.runFinished(outcome: "done", exitCode: 0, duration: 2)], as: "run-a")
            let report = try await repository.teamfix("stats", "run-a", "--format", "html")
            #expect(report.status == 0 && report.errors == "")
            try repository.record(Sample.half, as: "run-b", ago: 3 * 86_400)
            let all = try await repository.teamfix("stats", "--everywhere", "--format", "html")
            #expect(all.status == 0 && all.errors == "")
            let page = try await RunningDashboard.serve(repository) { try await $0.page("run/run-a").body }
            for text in [report.output, all.output, page] {
                #expect(text.hasPrefix("<!doctype html>"))
                for load in [
                    "src=", "url(", "@import", "<link", "<iframe", "<object", "http://", "https://", "href=\"//",
                ] {
                    #expect(!text.contains(load), "it has \(load)")
                }
                for part in [
                    "<svg", "aria-label", "<main", "<nav", "Skip to the content", "lang=\"en\"", "@media print",
                ] {
                    #expect(text.contains(part), "it lacks \(part)")
                }
                #expect(!text.contains(" style="), "the policy would refuse it")
            }
            #expect(!report.output.contains("<script") && !all.output.contains("<script"))
        }

        @Test("the page of many runs has those of the repository and the time that are asked for")
        func pageOfMany() async throws {
            let repository = try ScratchRepository()
            try repository.record(Sample.half, as: "run-new")
            try repository.record(Sample.half, as: "run-old", ago: 3 * 86_400)
            let all = try await repository.teamfix("stats", "--everywhere", "--format", "html").output
            #expect(all.contains("run-new") && all.contains("run-old") && all.contains("id=\"trend\""))
            let recent = try await repository.teamfix("stats", "--everywhere", "--since", "1d", "--format", "html")
                .output
            #expect(recent.contains("run-new") && !recent.contains("run-old"))
            #expect(recent.contains("Runs that began since "))
            let own = try await repository.teamfix("stats", "--format", "html")
            #expect(own.status == 0)
            #expect(
                own.output.contains("Nothing is recorded for this repository yet") && !own.output.contains("run-new"))
        }

        @Test("Ctrl-C ends it with success, also while a page follows")
        func interrupted() async throws {
            let repository = try ScratchRepository()
            try repository.record(Sample.half, as: "run-a")
            try await RunningDashboard.serve(repository) { dashboard in
                let status = try await dashboard.whileFollowing("run/run-a/feed") { try await dashboard.interrupt() }
                #expect(status == 0)
            }
        }

        @Test("what is no port isn't taken for none", arguments: ["80a", "65536", "run-a"])
        func noPort(port: String) async throws {
            let call = try await ScratchRepository().teamfix("stats", "--serve", port)
            #expect(call.status == 64 && call.output == "", "\(call.errors)")
        }

        @Test("a port that is taken is said, with what to do")
        func taken() async throws {
            let repository = try ScratchRepository()
            try await RunningDashboard.serve(repository) { dashboard in
                let second = try await repository.teamfix("stats", "--serve", "\(dashboard.port)")
                #expect(second.status == 2 && second.output == "")
                #expect(second.errors.contains("can't listen on 127.0.0.1, port \(dashboard.port)"))
                #expect(second.errors.contains("hint:"))
            }
        }
    }
}
