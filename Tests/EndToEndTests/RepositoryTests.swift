import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("fix, in repositories of every kind", .timeLimit(.minutes(2)))
    struct RepositoryTests {
        /// A change that does something and is broken: restoring what stood there before would be no fix.
        private static var changed: (broken: String, working: String) {
            (
                ScratchRepository.brokenC.replacing("hi", with: "hello"),
                ScratchRepository.workingC.replacing("hi", with: "hello")
            )
        }
        private let fix = ["fix", "--offline", "--quiet", "--build", "make"]

        @Test("from a folder inside, a recognised build runs at the root, and a typed one in the folder")
        func subfolder() async throws {
            let repository = try ScratchRepository.project()
            try repository.write("deep/down/notes.txt", "x\n")
            let folder = repository.path + "/deep/down"
            let recognised = try await repository.start(["fix", "--offline", "--quiet"], in: folder).end()
            #expect(recognised.status == 0)
            #expect(try repository.fixBranches.count == 1)
            let typed = ["fix", "--offline", "--quiet", "--build", "make -C ../.."]
            #expect(try await repository.start(typed, in: folder).end().status == 0)
            #expect(try repository.fixBranches.count == 2)
        }

        @Test("in a linked work tree its own files are mended, and the branch is everybody's")
        func linked() async throws {
            let repository = try ScratchRepository.project(ScratchRepository.workingC)
            let linked = repository.base + "/linked"
            let changed = Self.changed
            try repository.git("worktree", "add", "-q", "-b", "side", linked)
            try Data(changed.broken.utf8).write(to: URL(fileURLWithPath: linked + "/main.c"))
            let before = try repository.untouched()
            let run = try await repository.start(fix, in: linked).end()
            #expect(run.status == 0)
            #expect(try repository.untouched() == before)
            let branch = try #require(try repository.fixBranches.first)
            #expect(try repository.git("show", "\(branch):main.c") + "\n" == changed.working)
        }

        @Test("uncommitted changes stand in a commit of their own below the fix, and stay as they are")
        func dirty() async throws {
            let repository = try ScratchRepository.project(ScratchRepository.workingC)
            try repository.write("main.c", Self.changed.broken)
            try repository.write("staged.txt", "staged\n")
            try repository.git("add", "staged.txt")
            try repository.write("untracked.txt", "untracked\n")
            let before = try repository.untouched()
            let run = try await repository.start(fix).end()
            #expect(run.status == 0)
            #expect(try repository.untouched() == before)
            let branch = try #require(try repository.fixBranches.first)
            let subjects = try repository.git("log", "--format=%s", "main..\(branch)").split(separator: "\n")
            #expect(subjects.count == 2)
            #expect(subjects.last == "Snapshot of uncommitted changes")
            #expect(try repository.git("diff", "--name-only", "\(branch)~", branch) == "main.c")
            #expect(
                try repository.git("ls-tree", "--name-only", "\(branch)~").split(separator: "\n")
                    == [".gitignore", "Makefile", "main.c", "staged.txt", "untracked.txt"])
        }

        @Test("before the first commit the fix stands on a snapshot")
        func unborn() async throws {
            let repository = try ScratchRepository()
            try repository.write("Makefile", "prog: main.c\n\t$(CC) -o prog main.c\n")
            try repository.write("main.c", ScratchRepository.brokenC)
            let before = try repository.untouched()
            let run = try await repository.start(fix).end()
            #expect(run.status == 0, "\(run.errors)")
            #expect(try repository.untouched() == before)
            let branch = try #require(try repository.fixBranches.first)
            #expect(try repository.git("rev-list", "--count", branch) == "2")
        }

        @Test("in the middle of a merge it refuses, and says how to go on")
        func merge() async throws {
            let repository = try ScratchRepository.project()
            try repository.git("checkout", "-q", "-b", "side")
            try repository.write("main.c", "int side;\n")
            try repository.commit()
            try repository.git("checkout", "-q", "main")
            try repository.write("main.c", "int main_;\n")
            try repository.commit()
            #expect(throws: (any Error).self) { try repository.git("merge", "side") }
            let before = try repository.untouched()
            let run = try await repository.start(fix).end()
            #expect(run.status == 2)
            #expect(run.errors.contains("a merge is under way") && run.errors.contains("git merge --abort"))
            #expect(try repository.untouched() == before)
        }

        @Test("a SHA-256 repository is refused in words")
        func sha256() async throws {
            let repository = try ScratchRepository.project(initialising: ["--object-format=sha256"])
            let run = try await repository.start(fix).end()
            #expect(run.status == 2)
            #expect(run.errors.contains("SHA-1 repositories only"))
        }

        @Test("a bare repository is refused in words")
        func bare() async throws {
            let repository = try ScratchRepository.project()
            let bare = repository.base + "/bare.git"
            try repository.git(["clone", "-q", "--bare", repository.path, bare])
            let run = try await repository.start(fix, in: bare).end()
            #expect(run.status == 2)
            #expect(run.errors.contains("bare"))
        }

        @Test("outside of a repository it says where to go, also as JSON")
        func outside() async throws {
            let repository = try ScratchRepository(initialising: nil)
            let run = try await repository.start(fix).end()
            #expect(run.status == 2)
            #expect(run.errors.contains("isn't inside a git repository"))
            #expect(run.errors.contains("git init"))
            let json = try await repository.start(fix + ["--format", "json"]).end()
            let error = try #require(try json.json["error"] as? [String: Any])
            #expect(error["kind"] as? String == "repository")
            #expect(error["exitCode"] as? Int == 2)
            #expect(json.errors == "")
        }

        @Test("without an identity both lines to type are named, and no branch is made")
        func identity() async throws {
            let repository = try ScratchRepository.project()
            try Data("[init]\n\tdefaultBranch = main\n".utf8).write(
                to: URL(fileURLWithPath: repository.home + "/.gitconfig"))
            let before = try repository.untouched()
            let run = try await repository.teamfix("fix", "--offline", "--build", "make")
            #expect(run.status == 2)
            #expect(run.errors.contains("git config --global user.name"))
            #expect(run.errors.contains("git config --global user.email"))
            #expect(try repository.untouched() == before)
            #expect(try repository.fixBranches == [])
            #expect(!run.errors.contains("reproduce"))
        }

        @Test("a branch called teamfix is in the way: said, with the line that moves it")
        func clash() async throws {
            let repository = try ScratchRepository.project()
            try repository.git("branch", "teamfix")
            let run = try await repository.teamfix("fix", "--offline", "--build", "make")
            #expect(run.status == 2)
            #expect(run.errors.contains("git branch -m teamfix teamfix-old"))
            #expect(!run.errors.contains("reproduce"))
        }

        @Test("an error in .teamfix.yml names the line and the key that was meant")
        func configuration() async throws {
            let repository = try ScratchRepository.project()
            try repository.write(".teamfix.yml", "model: x\nmax-worker: 3\n")
            let run = try await repository.start(fix).end()
            #expect(run.status == 2)
            #expect(
                run.errors == "teamfix: .teamfix.yml:2: `max-worker` is not a key\nhint: did you mean `max-workers`?\n")
        }

        @Test("a repository's own commands and servers are ignored, with a notice, until it is trusted")
        func untrusted() async throws {
            let repository = try ScratchRepository.project()
            try repository.write(".teamfix.yml", "build: touch ../escaped; make\nservers: [http://127.0.0.1:9]\n")
            let run = try await repository.teamfix("fix", "--offline", "--sandbox", "off")
            #expect(run.status == 0)
            #expect(run.errors.contains(".teamfix.yml is not trusted: build, servers ignored"))
            #expect(run.errors.contains("the build is `make`"))
            #expect(
                try repository.git("log", "-1", "--format=%B", try #require(try repository.fixBranches.first)).contains(
                    "`make`"))
        }
    }
}
