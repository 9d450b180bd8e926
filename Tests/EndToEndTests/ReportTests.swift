import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Reports", .timeLimit(.minutes(2)))
    struct ReportTests {
        static let unknownNames = "int main(void) { return wibble + zork; }\n"

        private func schema() throws -> JSONSchema {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try JSONSchema(contentsOf: root.appendingPathComponent("docs/fix-report.schema.json"))
        }

        @Test(
            "JSON has the documented shape however a fix ends",
            arguments: ["fixed", "not-fixed", "already-green", "not-reproducible", "unverified"])
        func shapes(outcome: String) async throws {
            let source =
                outcome == "not-fixed"
                ? Self.unknownNames
                : outcome == "already-green" ? ScratchRepository.workingC : ScratchRepository.brokenC
            let repository = try ScratchRepository.project(source)
            var arguments = ["fix", "--offline", "--format", "json", "--notes"]
            switch outcome {
            case "not-reproducible":
                try repository.write("ci.log", "other.c:3:1: error: unknown type name 'widget'\n")
                arguments += ["--build", "make", "--log", "ci.log"]
            case "unverified":
                // One of two errors can be mended, so that nothing passes.
                try repository.write(
                    "Makefile", "all: prog other.o\nprog: main.c\n\t$(CC) -o prog main.c\nother.o: other.c\n")
                try repository.write("other.c", Self.unknownNames)
                arguments += ["--build", "make -k", "--keep-unverified"]
            default: arguments += ["--build", "make"]
            }
            let run = try await repository.start(arguments).end()
            let report = try run.json
            #expect(try schema().problems(report) == [])
            #expect(report["outcome"] as? String == outcome, "\(run.errors)")
            #expect(report["exitCode"] as? Int == Int(run.status))
            #expect((report["note"] != nil) == (report["branch"] != nil))
        }

        @Test("JSON tells what failed, what was tried, and how it was verified")
        func told() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix(
                "fix", "--offline", "--build", "make", "--format", "json", "--check", "test -x prog")
            let report = try run.json
            #expect(try schema().problems(report) == [])
            let failure = try #require(report["failure"] as? [String: Any])
            #expect(failure["exitCode"] as? Int == 2)
            #expect(failure["command"] as? String == "make" && failure["freshCheckout"] as? Bool == true)
            let final = try #require(report["finalCheck"] as? [String: Any])
            #expect(final["exitCode"] as? Int == 0)
            #expect(final["command"] as? String == "test -x prog")
            #expect(final["isCheck"] as? Bool == true && final["freshCheckout"] as? Bool == true)
            let cause = try #require((report["causes"] as? [[String: Any]])?.first)
            let candidate = try #require((report["candidates"] as? [[String: Any]])?.last)
            #expect(candidate["causes"] as? [String] == [cause["id"] as? String ?? ""])
            #expect(candidate["result"] as? String == "passed")
            let step = try #require((report["steps"] as? [[String: Any]])?.first)
            #expect(step["commit"] as? String == report["commit"] as? String)
            #expect(step["changedLines"] as? Int == 2)
        }

        @Test("Markdown is on standard output, for what was fixed and what wasn't")
        func markdown() async throws {
            let repository = try ScratchRepository.project()
            let fixed = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--format", "markdown", "--sandbox", "off")
            let shown = transcript(fixed, in: repository).replacing(/`[0-9a-f]{12}`/, with: "`COMMIT`")
            try expectSnapshot(shown, named: "fix-markdown")
            try repository.write("main.c", Self.unknownNames)
            let failed = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--format", "markdown")
            #expect(failed.status == 1)
            #expect(failed.output.hasPrefix("## ❌ teamfix: not fixed\n"))
            #expect(failed.output.contains("### What is still wrong"))
            #expect(failed.output.contains("--server http://HOST:11434"))
        }

        @Test("in a job of GitHub Actions the summary grows by the report, and the output stays as asked for")
        func jobSummary() async throws {
            let repository = try ScratchRepository.project()
            let summary = repository.base + "/summary.md"
            try Data("# Mine\n".utf8).write(to: URL(fileURLWithPath: summary))
            let variable = ["GITHUB_STEP_SUMMARY": summary]
            let run = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--format", "json", environment: variable)
            #expect(run.status == 0 && run.errors == "")
            #expect(try run.json["outcome"] as? String == "fixed")
            let text = try String(contentsOfFile: summary, encoding: .utf8)
            #expect(text.hasPrefix("# Mine\n\n## ✅ teamfix: fixed\n"))
            #expect(text.contains("+    printf"))
            try repository.write("main.c", "int a;\n<<<<<<< HEAD\n")
            _ = try await repository.teamfix("analyze", "--offline", "--quiet", environment: variable)
            #expect(
                try String(contentsOfFile: summary, encoding: .utf8).contains("\n\n## 🔎 teamfix analyze: 1 finding\n"))
        }

        @Test("a summary that can't be written is a warning, and a pipe without a reader keeps nobody waiting")
        func badSummary() async throws {
            let repository = try ScratchRepository.project()
            let pipe = repository.base + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            for path in [pipe, repository.base, "/nowhere/at/all"] {
                let run = try await repository.teamfix(
                    "fix", "--offline", "--build", "make", environment: ["GITHUB_STEP_SUMMARY": path])
                #expect(run.status == 0)
                #expect(run.errors.contains("note: the job's summary (\(path)) isn't written"))
            }
        }

        @Test("--notes adds a note that git shows, and nothing else changes; without it there is none")
        func notes() async throws {
            let repository = try ScratchRepository.project()
            let plain = try repository.untouched()
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            #expect(try repository.untouched() == plain)
            #expect(try repository.git("for-each-ref", "refs/notes") == "")

            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make", "--notes")
            #expect(run.status == 0)
            let branch = try #require(run.output.firstMatch(of: /Branch (\S+)/)?.1)
            let note = try repository.git("notes", "--ref=teamfix", "show", String(branch))
            #expect(note.hasPrefix("Verified: `make` passes with it\n\nStatistics:\n"))
            #expect(note.contains("4 builds in") && note.contains("Teamfix-Branch: \(branch)"))
            let command = try #require(run.output.firstMatch(of: /git (notes --ref=teamfix show [0-9a-f]+)/)?.1)
            #expect(try repository.git(command.split(separator: " ").map(String.init)) == note)
            let after = try repository.untouched().filter {
                !$0.key.hasPrefix(".git/refs/notes") && !$0.key.hasPrefix(".git/logs/refs/notes")
            }
            #expect(after == plain)
            try repository.git("fsck", "--strict")
        }

        @Test("a note that can't be written is an error, told after the branch")
        func badNote() async throws {
            let repository = try ScratchRepository.project()
            try repository.write(".git/refs/notes/teamfix/other", try repository.git("rev-parse", "HEAD") + "\n")
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make", "--notes")
            #expect(run.status == 2)
            #expect(run.output.contains("Branch teamfix/fix-main-c"))
            #expect(run.errors.contains("refs/notes/teamfix/other stands in the way"))
            #expect(try repository.fixBranches.count == 1)
        }

        @Test("--patch is refused before any work when its file can't be written")
        func patch() async throws {
            let repository = try ScratchRepository.project()
            for path in [repository.base, "/dev/null", repository.base + "/none/x"] {
                let run = try await repository.teamfix("fix", "--offline", "--build", "make", "--patch", path)
                #expect(run.status == 64)
                #expect(run.errors.contains("the patch can't be written to \(path)"))
                #expect(run.output == "" && !run.errors.contains("reproduce"))
            }
            #expect(try repository.fixBranches == [])
        }

        @Test("when the build passes and the check fails, the check is what failed, in the report and in the commit")
        func check() async throws {
            let repository = try ScratchRepository.project(ScratchRepository.workingC)
            try repository.write("extra.c", "int extra(void) { return 1 }\n")
            try repository.commit()
            let arguments = [
                "fix", "--offline", "--quiet", "--build", "make", "--check", "gcc -c -o /dev/null extra.c",
            ]
            let run = try await repository.start(arguments).end()
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.hasPrefix("✓ fixed: `gcc -c -o /dev/null extra.c` passes with it, as `make` does\n"))
            #expect(run.output.contains("What failed, in the check after the build\n"))
            let branch = try #require(try repository.fixBranches.first)
            let message = try repository.git("log", "-1", "--format=%B", branch)
            #expect(message.contains("The check failed with:") && !message.contains("The build failed"))
            #expect(
                message.contains(
                    "`gcc -c -o /dev/null extra.c`\nfailed before and passes with this branch, as `make` did and does.")
            )

            try repository.git("merge", "-q", branch)
            let green = try await repository.start(arguments).end()
            #expect(green.status == 3)
            #expect(green.output.contains("`make` and the check"))
        }

        @Test("servers ends with 2 when none can be used, as doctor does")
        func servers() async throws {
            let repository = try ScratchRepository.project()
            let none = try await repository.teamfix("servers", "--server", "a=127.0.0.1:9", "--server", "b=127.0.0.1:9")
            #expect(none.status == 2)
            #expect(none.output.contains("a: ") && none.output.contains("b: "))
            let unasked = try await repository.teamfix("servers", "--offline", "--server", "a=127.0.0.1:9")
            #expect(unasked.status == 0)
            try await SimulatedOllama.run(models: []) { server in
                let empty = try await repository.teamfix("servers", "--server", server.url)
                #expect(empty.status == 2)
            }
        }

        @Test("init writes a server that doesn't answer as a comment, and says so")
        func initialise() async throws {
            let repository = try ScratchRepository.project()
            try await SimulatedOllama.run { server in
                let run = try await repository.teamfix(
                    "init", "--server", "here=\(server.url)", "--server", "gone=127.0.0.1:9")
                #expect(run.status == 0)
                #expect(run.output.contains("written as a comment, since it doesn't answer: gone:"))
                let text = try repository.read(".teamfix.yml")
                #expect(text.contains("\nservers:\n  - url: \"\(server.url)\"\n    name: here\n"))
                #expect(text.contains("\n#   - url: \"127.0.0.1:9\"\n#     name: gone\n"))
                let shown = try await repository.teamfix("config", environment: ["OLLAMA_HOST": ""])
                #expect(shown.output.contains("here") && !shown.output.contains("gone"))
            }
            try repository.remove(".teamfix.yml")
            _ = try await repository.teamfix("init")
            let shown = try await repository.teamfix("config", environment: ["OLLAMA_HOST": ""])
            #expect(shown.status == 0 && shown.errors == "" && !shown.output.contains("127.0.0.1:9"))
        }

        @Test("in a pipe config and doctor cut nothing; COLUMNS still does")
        func uncut() async throws {
            let repository = try ScratchRepository.project()
            let long = "make " + (1...40).map { "target-number-\($0)" }.joined(separator: " ")
            let variable = ["TEAMFIX_BUILD": long]
            let whole = try await repository.teamfix("config", environment: variable)
            #expect(whole.output.contains(long))
            let cut = try await repository.teamfix(
                "config", environment: variable.merging(["COLUMNS": "80"]) { $1 })
            #expect(cut.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
            let far = repository.base + "/" + String(repeating: "far", count: 40)
            try FileManager.default.createDirectory(atPath: far, withIntermediateDirectories: true)
            try repository.git(["init", "-q", "."], in: far)
            let doctor = try await repository.teamfix("doctor", "--offline", in: far)
            #expect(doctor.output.contains(far + "\n"))
        }

        @Test("run's text says when the budget ended it")
        func budget() async throws {
            let repository = try ScratchRepository()
            try repository.write(
                "p.yml", "problem: x\ntasks:\n  - id: a\n    input:\n      title: t\n      prompt: p\n")
            try await SimulatedOllama.run(reply: { _ in .fault(.stall(after: 1)) }) { server in
                let run = try await repository.teamfix(
                    "run", "p.yml", "--server", server.url, "--budget", "1", "--quiet")
                #expect(run.status == 1)
                #expect(run.output.contains("The plan ended before its time: the budget of 1"))
            }
        }
    }
}
