import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The hook, with real commits", .timeLimit(.minutes(5)))
    struct HookCommitTests {
        @Test("a commit is reviewed and goes on, with the same id that it has without a hook")
        func advisory() async throws {
            let repository = try ScratchRepository.hooked()
            let twin = try ScratchRepository.hooked()
            try await repository.install()
            for each in [repository, twin] {
                try each.write("a.txt", "one\n" + ScratchRepository.marker)
                try each.git("add", "a.txt")
            }
            let run = try await repository.user("commit", "-m", "Change")
            let plain = try await twin.user("commit", "-m", "Change")
            #expect(run.status == 0)
            #expect(run.output == plain.output)
            #expect(run.places("a.txt").count == 1)
            #expect(run.errors.contains("a.txt:2: error: "))
            #expect(run.errors.contains("the commit goes on"))
            #expect(try repository.git("rev-parse", "HEAD") == twin.git("rev-parse", "HEAD"))
            #expect(try repository.git("status", "--porcelain") == "")
        }

        @Test("the review itself touches nothing: index, HEAD, references, configuration, work tree")
        func untouched() async throws {
            let repository = try ScratchRepository.hooked()
            try repository.write("a.txt", ScratchRepository.marker)
            try repository.git("add", "a.txt")
            try repository.write("b.txt", "dirty\n")
            try repository.write("new.txt", "untracked\n")
            let before = try repository.everything()
            let run = try await repository.teamfix("hook", "run", "pre-commit", "--offline")
            #expect(run.status == 0)
            #expect(run.output == "")
            #expect(run.places("a.txt").count == 1)
            #expect(try repository.everything() == before)
        }

        @Test("with --block an error stops the commit, and nothing has changed; TEAMFIX_SKIP goes past it")
        func block() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install("--block")
            try repository.write("a.txt", ScratchRepository.marker)
            try repository.git("add", "a.txt")
            // Git itself writes the index anew before it calls the hook.
            let before = try repository.everything().filter { $0.key != ".git/index" }
            let staged = try repository.git("ls-files", "--stage")
            let run = try await repository.user("commit", "-m", "Bad")
            #expect(run.status == 1)
            #expect(run.errors.contains("commit stopped: 1 finding"))
            #expect(try repository.everything().filter { $0.key != ".git/index" } == before)
            #expect(try repository.git("ls-files", "--stage") == staged)
            let skipped = try await repository.user("commit", "-m", "Bad", environment: ["TEAMFIX_SKIP": "1"])
            #expect(skipped.status == 0)
            #expect(skipped.errors == "")
            #expect(try repository.headline == "Bad")
            try repository.write("b.txt", "trailing \n")
            #expect(try await repository.user("commit", "-qam", "Note").status == 0)
        }

        @Test("commit -a is reviewed as git is about to commit it, commit FILE without what else is staged")
        func indexOfGit() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install()
            try repository.write("a.txt", ScratchRepository.marker)
            let all = try await repository.user("commit", "-q", "-a", "-m", "All")
            #expect(all.places("a.txt").count == 1)
            try repository.write("a.txt", ">>>>>>> theirs\n")
            try repository.git("add", "a.txt")
            try repository.write("b.txt", ScratchRepository.marker)
            let one = try await repository.user("commit", "-q", "-m", "One", "b.txt")
            #expect(one.status == 0)
            #expect(one.places("b.txt").count == 1)
            #expect(one.places("a.txt").isEmpty)
            #expect(try repository.git("status", "--porcelain") == "M  a.txt")
        }

        @Test("from a folder inside, and with a repository that only the environment names, the same content is seen")
        func elsewhere() async throws {
            let repository = try ScratchRepository.hooked()
            try repository.write("folder/c.txt", "one\n")
            try repository.commit("Folder")
            try await repository.install()
            try repository.write("folder/c.txt", ScratchRepository.marker)
            let inside = try await repository.user("commit", "-qam", "Inside", in: repository.path + "/folder")
            #expect(inside.places("folder/c.txt").count == 1)
            try FileManager.default.moveItem(atPath: repository.path + "/.git", toPath: repository.base + "/away.git")
            try repository.write("b.txt", ScratchRepository.marker)
            let named = try await repository.user(
                "--git-dir=\(repository.base)/away.git", "--work-tree=\(repository.path)", "commit", "-qam", "Named",
                in: repository.base)
            #expect(named.status == 0, "\(named.errors)")
            #expect(named.places("b.txt").count == 1)
        }

        @Test("of a file staged in part only that part is seen")
        func partial() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install()
            let text = try repository.read("a.txt")
            try repository.write("a.txt", "zero\n" + text + ScratchRepository.marker)
            let patch = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,4 @@\n+zero\n one\n two\n three\n"
            try repository.git(["apply", "--cached"], input: Data(patch.utf8))
            let good = try await repository.user("commit", "-q", "-m", "Good part")
            #expect(good.status == 0)
            #expect(good.errors == "")
            #expect(try repository.git("status", "--porcelain") == " M a.txt")
            try repository.git("add", "a.txt")
            try repository.write("a.txt", text)
            let bad = try await repository.user("commit", "-q", "-m", "Bad part")
            #expect(bad.places("a.txt").count == 1)
        }

        @Test(
            "an amended commit is reviewed for what is newly staged, an empty one and a first one without a word more")
        func amend() async throws {
            let repository = try ScratchRepository()
            try await repository.install()
            try repository.write("a.txt", "one\n")
            try repository.git("add", "a.txt")
            let first = try await repository.user("commit", "-q", "-m", "First")
            #expect(first.status == 0 && first.errors == "")
            let empty = try await repository.user("commit", "-q", "--allow-empty", "-m", "Empty")
            #expect(empty.status == 0 && empty.errors == "")
            try repository.write("a.txt", "one\n" + ScratchRepository.marker)
            try repository.git("add", "a.txt")
            let amended = try await repository.user("commit", "-q", "--amend", "-m", "Amended")
            #expect(amended.status == 0)
            #expect(amended.places("a.txt").count == 1)
        }

        @Test("in a merge, a rebase, a cherry-pick and a revert it steps aside, also with --block")
        func operations() async throws {
            for operation in ["merge", "rebase", "cherry-pick", "revert"] {
                let repository = try ScratchRepository.hooked()
                try await repository.install("--block", "--pre-commit", "--commit-msg")
                try repository.git("checkout", "-q", "-b", "side")
                try repository.write("b.txt", "side\n")
                try repository.git("commit", "-qam", "Side")
                try repository.git("checkout", "-q", "main")
                try repository.write("b.txt", "main\n")
                try repository.git("commit", "-qam", "Main")
                if operation == "revert" {
                    try repository.write("b.txt", "later\n")
                    try repository.git("commit", "-qam", "Later")
                }
                let begun = try await repository.user(operation, operation == "revert" ? "HEAD~" : "side")
                #expect(begun.status != 0, "\(operation) had no conflict")
                try repository.write("b.txt", "both\n" + ScratchRepository.marker)
                try repository.git("add", "b.txt")
                let ended =
                    operation == "merge"
                    ? try await repository.user("commit", "-q", "-m", "fix:")
                    : try await repository.user("-c", "core.editor=true", operation, "--continue")
                #expect(ended.status == 0, "\(operation): \(ended.errors)")
                #expect(!ended.errors.contains("teamfix:"), "\(operation): \(ended.errors)")
                #expect(try repository.git("show", "HEAD:b.txt").contains("<<<<<<<"))
            }
        }

        @Test("in a bisection it steps aside")
        func bisection() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install("--block")
            try repository.git("bisect", "start")
            try repository.write("a.txt", ScratchRepository.marker)
            let run = try await repository.user("commit", "-qam", "On the way")
            #expect(run.status == 0)
            #expect(run.errors == "")
            try repository.git("bisect", "reset")
            try repository.write("b.txt", ScratchRepository.marker)
            #expect(try await repository.user("commit", "-qam", "Bad").status == 1)
        }

        @Test("linked work trees and submodules are reviewed where they are")
        func places() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install()
            let linked = repository.base + "/linked"
            try repository.git("worktree", "add", "-q", "-b", "side", linked)
            try Data(ScratchRepository.marker.utf8).write(to: URL(fileURLWithPath: linked + "/b.txt"))
            let there = try await repository.user("commit", "-qam", "Linked", in: linked)
            #expect(there.places("b.txt").count == 1)
            try repository.git("submodule", "--quiet", "add", repository.path + "/.git", "sub")
            let sub = repository.path + "/sub"
            try await repository.install("--block", in: sub)
            try Data(ScratchRepository.marker.utf8).write(to: URL(fileURLWithPath: sub + "/b.txt"))
            let inside = try await repository.user("commit", "-qam", "Sub", in: sub)
            #expect(inside.status == 1)
            #expect(inside.places("b.txt").count == 1)
            let outside = try await repository.user("commit", "-qm", "Add the submodule")
            #expect(outside.status == 0)
        }

        @Test("many findings are cut, with the way to the rest")
        func many() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install()
            try repository.write("a.txt", String(repeating: ScratchRepository.marker, count: 60))
            let run = try await repository.user("commit", "-qam", "Many")
            #expect(run.errors.split(separator: "\n").count <= 20)
            #expect(run.errors.contains("and 44 more: teamfix analyze --staged"))
        }

        @Test("a file's name can't draw on the terminal")
        func sanitised() async throws {
            let repository = try ScratchRepository.hooked()
            try await repository.install()
            try repository.write("x\u{1B}[2J\nforged: error.txt", ScratchRepository.marker)
            try repository.git("add", "-A")
            let run = try await repository.user("commit", "-qm", "Hostile")
            #expect(run.status == 0)
            #expect(run.errors.contains("error: "))
            #expect(!run.errors.contains("\u{1B}"))
            #expect(!run.errors.contains("\nforged"))
        }
    }
}
