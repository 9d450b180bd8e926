import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The hook, with hooks that were there before", .timeLimit(.minutes(5)))
    struct HookChainTests {
        /// A hook that notes its name, its arguments and its standard input, and ends with a status.
        private func note(_ repository: ScratchRepository, _ name: String, status: Int = 0) throws {
            try repository.write(
                ".git/hooks/\(name)",
                "#!/bin/sh\necho \"$# $*\" > '\(repository.base)/\(name).arguments'\n"
                    + "cat > '\(repository.base)/\(name).input'\nexit \(status)\n", executable: true)
        }

        private func noted(_ repository: ScratchRepository, _ name: String) throws -> String {
            try String(contentsOfFile: "\(repository.base)/\(name)", encoding: .utf8)
        }

        @Test(
            "an earlier hook runs first, its status stops the commit, and uninstall brings it back",
            arguments: [3, 130])
        func status(status: Int) async throws {
            let repository = try ScratchRepository.hooked()
            try note(repository, "pre-commit", status: status)
            let before = try repository.everything()
            try await repository.install()
            try repository.write("a.txt", ScratchRepository.marker)
            let run = try await repository.user("commit", "-qam", "Stopped")
            #expect(run.status == 1)
            #expect(run.errors == "")
            #expect(try noted(repository, "pre-commit.arguments") == "0 \n")
            try repository.git("checkout", "-q", "--", "a.txt")
            let removed = try await repository.teamfix("hook", "uninstall")
            #expect(removed.output.contains("the hook that was there before is back"))
            var after = try repository.everything()
            // Git's own refresh of the index.
            after[".git/index"] = before[".git/index"]
            #expect(after == before)
        }

        @Test("killed at any moment of an install, the earlier hook is whole, and uninstall finds it")
        func killed() async throws {
            let repository = try ScratchRepository.hooked()
            try note(repository, "pre-commit", status: 3)
            let hook = repository.path + "/.git/hooks/pre-commit"
            let hooks = repository.path + "/.git/hooks"
            let original = try #require(try ScratchRepository.contents(of: hooks)["pre-commit"])
            for moment in 0..<16 {
                let call = try repository.start(["hook", "install"])
                // Moments are tried, not awaited: whatever has happened by then must be sound.
                try await Task.sleep(for: .milliseconds(10 * moment))
                call.signal(SIGKILL)
                _ = await call.end()
                let left = try ScratchRepository.contents(of: hooks)
                #expect(FileManager.default.isExecutableFile(atPath: hook))
                #expect([left["pre-commit"], left["pre-commit.before-teamfix"]].contains(original))
                #expect(try await repository.teamfix("hook", "uninstall").status == 0)
                var after = try ScratchRepository.contents(of: hooks)
                #expect(after["pre-commit"] == original)
                #expect(after["pre-commit.before-teamfix"] == nil)
                after = after.filter { $0.key.hasPrefix(".teamfix-hook-") }
                #expect(after.isEmpty)
            }
        }

        @Test("standard input stays for whom it is meant")
        func input() async throws {
            let repository = try ScratchRepository.hooked()
            try repository.write("a.txt", ScratchRepository.marker)
            try repository.git("add", "a.txt")
            let run = try await Call(
                ["sh", "-c", "\"$0\" hook run pre-commit --offline && cat", Program.path], in: repository.path,
                environment: repository.isolated, input: "for others\n", scratch: repository.base
            ).end()
            #expect(run.places("a.txt").count == 1)
            #expect(run.output == "for others\n")
        }

        @Test("commit-msg gets its file, and so does the hook before it")
        func arguments() async throws {
            let repository = try ScratchRepository.hooked()
            try note(repository, "commit-msg")
            try await repository.install("--commit-msg", "--block")
            let bad = try await repository.user("commit", "-q", "--allow-empty", "-m", "fixup!")
            #expect(bad.status == 1)
            #expect(bad.errors.contains("commit message:1: error: The message has no subject"))
            #expect(try noted(repository, "commit-msg.arguments") == "1 .git/COMMIT_EDITMSG\n")
            let good = try await repository.user("commit", "-q", "--allow-empty", "-m", "Mend the sum")
            #expect(good.status == 0)
            #expect(good.errors == "")
        }

        @Test("pre-push reviews what the remote hasn't got, and the hook before it reads the same lines")
        func push() async throws {
            let repository = try ScratchRepository.hooked()
            let remote = repository.base + "/remote.git"
            try repository.git("init", "-q", "--bare", remote)
            try repository.git("remote", "add", "origin", remote)
            try repository.git("push", "-q", "origin", "main")
            try note(repository, "pre-push")
            try await repository.install("--pre-push", "--block")
            let old = try repository.git("rev-parse", "HEAD")
            try repository.write("b.txt", "good\n")
            let new = try repository.commit("Good")
            let good = try await repository.user("push", "-q", "origin", "main")
            #expect(good.status == 0, "\(good.errors)")
            #expect(try noted(repository, "pre-push.arguments") == "2 origin \(remote)\n")
            #expect(try noted(repository, "pre-push.input") == "refs/heads/main \(new) refs/heads/main \(old)\n")
            try repository.git("checkout", "-q", "-b", "side")
            try repository.write("a.txt", ScratchRepository.marker)
            try repository.commit("Bad")
            try repository.write("b.txt", "more\n")
            try repository.commit("More")
            let bad = try await repository.user("push", "-q", "origin", "side")
            #expect(bad.status == 1)
            #expect(bad.places("a.txt").count == 1)
            #expect(bad.errors.contains("push stopped: 1 finding in 2 changed files"))
            let skipped = try await repository.user(
                "push", "-q", "origin", "side", environment: ["TEAMFIX_SKIP": "1"])
            #expect(skipped.status == 0, "\(skipped.errors)")
            let deleted = try await repository.user("push", "-q", "origin", ":side")
            #expect(deleted.status == 0, "\(deleted.errors)")
        }

        @Test("without teamfix a commit goes on, with a line that says so; the earlier hook keeps its say")
        func missing() async throws {
            let repository = try ScratchRepository.hooked()
            let elsewhere = repository.base + "/teamfix"
            try FileManager.default.createSymbolicLink(atPath: elsewhere, withDestinationPath: Program.path)
            let installed = try await Call(
                [elsewhere, "hook", "install", "--block"], in: repository.path, environment: repository.isolated,
                scratch: repository.base
            ).end()
            #expect(installed.status == 0, "\(installed.errors)")
            try FileManager.default.removeItem(atPath: elsewhere)
            try repository.write("a.txt", ScratchRepository.marker)
            let run = try await repository.user("commit", "-qam", "Unseen")
            #expect(run.status == 0)
            #expect(run.errors.hasPrefix("teamfix: not found"))
            #expect(run.errors.split(separator: "\n").count == 1)
        }

        @Test("what breaks inside teamfix stops nobody")
        func broken() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install("--block")
            try repository.write(".teamfix.yml", "nonsense: [\n")
            try repository.write("a.txt", ScratchRepository.marker)
            let run = try await repository.user("commit", "-qam", "Unseen")
            #expect(run.status == 0)
            #expect(run.errors.hasPrefix("teamfix: no review: "))
            #expect(run.errors.split(separator: "\n").count == 1)
        }

        @Test("core.hooksPath is honoured; a folder that others share only with --shared")
        func hooksPath() async throws {
            let repository = try ScratchRepository.hooked()
            try repository.git("config", "core.hooksPath", "tools")
            try await repository.install("--block")
            #expect(FileManager.default.isExecutableFile(atPath: repository.path + "/tools/pre-commit"))
            try repository.write("a.txt", ScratchRepository.marker)
            #expect(try await repository.user("commit", "-qam", "Bad").status == 1)
            #expect(try await repository.teamfix("hook", "uninstall").status == 0)
            #expect(!FileManager.default.fileExists(atPath: repository.path + "/tools"))
            try repository.git("config", "--unset", "core.hooksPath")
            try repository.git("config", "--global", "core.hooksPath", repository.base + "/common")
            let refused = try await repository.teamfix("hook", "install")
            #expect(refused.status == 2)
            #expect(refused.errors.contains("is not this repository's own"))
            #expect(!FileManager.default.fileExists(atPath: repository.base + "/common"))
            try await repository.install("--shared")
            #expect(FileManager.default.isExecutableFile(atPath: repository.base + "/common/pre-commit"))
        }

        @Test(
            "where another program writes the hooks, its lines are shown and nothing is changed",
            arguments: [
                (".pre-commit-config.yaml", "entry: teamfix hook run pre-commit"),
                ("lefthook.yml", "      run: teamfix hook run pre-commit"),
                (".husky/pre-commit", "|| teamfix hook run pre-commit"),
            ])
        func frameworks(file: String, line: String) async throws {
            let repository = try ScratchRepository.hooked()
            try repository.write(file, "")
            let before = try repository.everything()
            let run = try await repository.teamfix("hook", "install")
            #expect(run.status == 1)
            #expect(run.output.contains(line))
            #expect(try repository.everything() == before)
            try await repository.install("--chain")
            #expect(FileManager.default.isExecutableFile(atPath: repository.path + "/.git/hooks/pre-commit"))
        }

        @Test("status tells who holds which hook")
        func status() async throws {
            let repository = try ScratchRepository.hooked()
            try note(repository, "pre-push")
            try await repository.install("--pre-commit", "--commit-msg")
            try repository.write(
                ".git/hooks/commit-msg", try repository.read(".git/hooks/commit-msg") + "# more\n", executable: true)
            let run = try await repository.teamfix("hook", "status", "--format", "json")
            let hooks = try #require(try run.json["hooks"] as? [[String: Any]])
            #expect(hooks.map { $0["holder"] as? String } == ["teamfix", "other", "edited"])
            let uninstalled = try await repository.teamfix("hook", "uninstall")
            #expect(uninstalled.status == 2)
            #expect(uninstalled.errors.contains("was edited since"))
            #expect(uninstalled.output.contains("pre-commit: removed"))
            #expect(FileManager.default.fileExists(atPath: repository.path + "/.git/hooks/commit-msg"))
        }

        @Test("pre-commit runs it from its own configuration", .enabled(if: Program.exists("pre-commit")))
        func preCommit() async throws {
            let repository = try ScratchRepository.hooked()
            try repository.write(
                ".pre-commit-config.yaml",
                "repos:\n  - repo: local\n    hooks:\n      - id: teamfix\n        name: teamfix\n"
                    + "        entry: '\(Program.path) hook run pre-commit --offline --block'\n"
                    + "        language: system\n        pass_filenames: false\n        verbose: true\n")
            try repository.git("add", "-A")
            try repository.git("commit", "-qm", "Configure")
            try repository.run(["pre-commit", "install"], in: repository.path)
            try repository.write("a.txt", ScratchRepository.marker)
            let run = try await repository.user("commit", "-qam", "Bad")
            #expect(run.status == 1)
            #expect(run.errors.contains("a.txt:1: error: "))
        }

        @Test("lefthook runs it from its own configuration", .enabled(if: Program.exists("lefthook")))
        func lefthook() async throws {
            let repository = try ScratchRepository.hooked()
            try repository.write(
                "lefthook.yml",
                "pre-commit:\n  commands:\n    teamfix:\n      run: '\(Program.path) hook run pre-commit --offline --block'\n"
            )
            try repository.git("add", "-A")
            try repository.git("commit", "-qm", "Configure")
            try repository.run(["lefthook", "install"], in: repository.path)
            try repository.write("a.txt", ScratchRepository.marker)
            let run = try await repository.user("commit", "-qam", "Bad")
            #expect(run.status == 1)
            #expect((run.output + run.errors).contains("a.txt:1: error: "))
        }
    }
}
