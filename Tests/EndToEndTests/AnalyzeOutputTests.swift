import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What analyze hands out", .timeLimit(.minutes(2)))
    struct AnalyzeOutputTests {
        private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

        private func schema(_ name: String) throws -> JSONSchema {
            let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            let isOurs = name.hasPrefix("analyze")
            return try JSONSchema(
                contentsOf: (isOurs
                    ? root.appendingPathComponent("docs") : Self.folder.appendingPathComponent("Snapshots"))
                    .appendingPathComponent("\(name).schema.json"))
        }

        /// An error, a note, and a note that a comment ignores, in a file with a name that needs escaping.
        private func repository() throws -> ScratchRepository {
            let repository = try ScratchRepository()
            try repository.write("no tes,1.dat", "one\ntwo\n")
            try repository.commit()
            try repository.write(
                "no tes,1.dat", "one\n<<<<<<< HEAD\ntwo  \nthree # teamfix:ignore whitespace, tool -- on purpose  \n")
            return repository
        }

        private func analyze(_ repository: ScratchRepository, _ arguments: String...) async throws -> Ended {
            try await repository.start(["analyze", "--offline", "--quiet"] + arguments).end()
        }

        private func fingerprints(_ ended: Ended) throws -> [String] {
            try #require(try ended.json["findings"] as? [[String: Any]]).compactMap { $0["fingerprint"] as? String }
        }

        @Test("JSON has the published shape, and says what was ignored and why")
        func json() async throws {
            let run = try await analyze(try repository(), "--format", "json")
            #expect(run.status == 1 && run.errors.isEmpty)
            let report = try run.json
            #expect(try schema("analyze-report").problems(report) == [])
            #expect(report["exitCode"] as? Int == 1)
            let counts = try #require(report["counts"] as? [String: Int])
            #expect(counts["errors"] == 1 && counts["notes"] == 1 && counts["ignored"] == 1)
            let ignored = try #require((report["setAside"] as? [[String: Any]])?.first)
            #expect(ignored["setAside"] as? [String: String] == ["by": "ignored", "reason": "on purpose"])
        }

        @Test("what models say that the files don't bear out is listed, with its reason")
        func dropped() async throws {
            let repository = try repository()
            func finding(_ message: String, _ file: String, _ evidence: String) -> [String: Any] {
                [
                    "file": file, "line": 1, "severity": "error", "message": message, "evidence": evidence,
                    "suggestion": "",
                ]
            }
            let text = SimulatedJSON.text([
                "findings": [
                    finding("it counts", "no tes,1.dat", "three #"), finding("it divides", "no tes,1.dat", "a / b"),
                ]
            ])
            try await SimulatedOllama.run(reply: { _ in .text(text) }) { server in
                let run = try await repository.teamfix(
                    "analyze", "--server", server.url, "--quiet", "--format", "json", "--min-confidence", "0.99")
                let report = try run.json
                #expect(try schema("analyze-report").problems(report) == [])
                let dropped = try #require(report["droppedFindings"] as? [[String: Any]])
                #expect(!dropped.isEmpty && report["dropped"] as? Int == dropped.count)
                #expect(dropped.allSatisfy { $0["reason"] as? String == "its evidence isn't in the file" })
                let said = dropped.compactMap { ($0["finding"] as? [String: Any])?["message"] as? String }
                #expect(Set(said) == ["it divides"])
                let setAside = try #require(report["setAside"] as? [[String: Any]])
                let reasons = setAside.compactMap { ($0["setAside"] as? [String: String])?["by"] }
                // The comment on that line names other rules.
                #expect(reasons.allSatisfy { $0 == "ignored" || $0 == "confidence" } && reasons.count == 2)
                #expect(setAside.contains { $0["claimedLine"] as? Int == 1 })
            }
        }

        @Test("SARIF has what 2.1.0 asks for, and rdjson what reviewdog reads", arguments: ["sarif", "rdjson"])
        func interchange(form: String) async throws {
            let run = try await analyze(try repository(), "--format", form)
            #expect(run.status == 1 && run.errors.isEmpty)
            let name = form == "sarif" ? "sarif-2.1.0-required" : form
            #expect(try schema(name).problems(try run.json) == [])
            #expect(run.output.contains(form == "sarif" ? "no%20tes%2C1.dat" : "no tes,1.dat"))
        }

        @Test("a fingerprint is the same after lines were put above, and in SARIF")
        func stable() async throws {
            let repository = try repository()
            let before = try fingerprints(try await analyze(repository, "--format", "json"))
            let text = try String(contentsOfFile: repository.path + "/no tes,1.dat", encoding: .utf8)
            try repository.write("no tes,1.dat", "a new beginning\nof two lines\n" + text)
            #expect(try fingerprints(try await analyze(repository, "--format", "json")) == before)
            let sarif = try await analyze(repository, "--format", "sarif").output
            #expect(before.count == 2 && before.allSatisfy { sarif.contains("\"teamfixFinding/v1\" : \"\($0)\"") })
        }

        @Test("GitHub gets a command a finding, with its own escapes, and the summary as a plain line")
        func github() async throws {
            let run = try await analyze(try repository(), "--format", "github")
            let lines = run.output.split(separator: "\n")
            #expect(run.status == 1 && lines.count == 3)
            #expect(lines[0].hasPrefix("::error file=no tes%2C1.dat,line=2,endLine=2,"))
            #expect(lines[1].hasPrefix("::notice file=no tes%2C1.dat,line=3,endLine=3,"))
            #expect(lines[2].hasPrefix("teamfix analyze: 1 error and 1 note in 1 changed file; 1 ignored"))
        }

        @Test("a baseline sets aside what it has, a new finding counts, and what goes on is kept")
        func baseline() async throws {
            let repository = try repository()
            let written = try await analyze(repository, "--write-baseline", "../base.json")
            #expect(written.status == 0)
            #expect(written.output == "no findings in 1 changed file; 1 ignored, 2 in the baseline\n")
            let text = try String(contentsOfFile: repository.base + "/base.json", encoding: .utf8)
            #expect(text.contains("\"schema\" : \"teamfix.baseline/1\""))
            #expect(try await analyze(repository, "--baseline", "../base.json", "--fail-on", "note").status == 0)
            try repository.write("other.dat", ">>>>>>> theirs\n")
            try repository.git("add", "-A")
            let again = try await analyze(repository, "--baseline", "../base.json")
            #expect(again.status == 1)
            #expect(again.output.contains("other.dat:1") && !again.output.contains("no tes"))
            // Another file's findings stay in the baseline when this one's are added.
            let added = try await repository.teamfix(
                "analyze", "--offline", "--quiet", "--baseline", "../base.json", "--write-baseline", "../base.json",
                "other.dat")
            #expect(added.status == 0)
            #expect(try await analyze(repository, "--baseline", "../base.json", "--fail-on", "note").status == 0)
        }

        @Test("a baseline that can't be read or written is told before the work, with what to do")
        func badBaseline() async throws {
            let repository = try repository()
            let missing = try await analyze(repository, "--baseline", "none.json")
            #expect(missing.status == 64 && missing.output.isEmpty)
            #expect(missing.errors.contains("there is no baseline none.json"))
            #expect(missing.errors.contains("hint: write one: teamfix analyze --write-baseline none.json"))
            try repository.write("bad.json", "{\"schema\": \"teamfix.baseline/1\", \"findings\": [3]}")
            let bad = try await analyze(repository, "--baseline", "bad.json")
            #expect(bad.status == 64)
            #expect(bad.errors.contains("bad.json can't be used as a baseline"))
            #expect(bad.errors.contains("because: findings[0] is of another type"))
            let device = try await analyze(repository, "--baseline", "/dev/zero")
            #expect(device.status != 0 && device.errors.contains("is not a regular file"))
            let unwritable = try await analyze(repository, "--write-baseline", "/nowhere/at/all.json")
            #expect(unwritable.status == 64)
            #expect(unwritable.errors.contains("the baseline can't be written to /nowhere/at/all.json"))
            // The one that is to be written may be missing: that is how it begins.
            let first = try await analyze(repository, "--baseline", "new.json", "--write-baseline", "new.json")
            #expect(first.status == 0)
        }

        @Test("text is whole at 60 columns and in a pipe whose reader has gone, and one line when nothing is found")
        func text() async throws {
            let repository = try repository()
            let narrow = try await repository.teamfix(
                "analyze", "--offline", "--quiet", environment: ["COLUMNS": "60"])
            #expect(narrow.status == 1)
            let lines = narrow.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.count <= 60 } && lines.contains { $0.contains(" ^~") })
            #expect(!narrow.output.contains("\u{1B}"))
            let gone = try await repository.start(["analyze", "--offline"], closesOutput: true).end()
            #expect(gone.status == 1)
            try repository.write("no tes,1.dat", "one\ntwo\nthree\n")
            let clean = try await analyze(repository)
            #expect(clean.status == 0 && clean.output == "no findings in 1 changed file\n")
            try repository.write("no tes,1.dat", "one\ntwo\n")
            #expect(try await analyze(repository).output == "nothing has changed\n")
        }

        @Test("other commands keep their forms")
        func others() async throws {
            let run = try await repository().teamfix("servers", "--format", "sarif")
            #expect(run.status == 64 && run.output.isEmpty)
            #expect(run.errors.contains("a form of analyze's findings"))
        }
    }
}
