import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("fix, without a model", .timeLimit(.minutes(2)))
    struct FixTests {
        @Test("a missing semicolon is mended on a branch whose build passes, and nothing else changes")
        func semicolon() async throws {
            let repository = try ScratchRepository.project()
            let before = try repository.untouched()
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            #expect(run.status == 0)
            #expect(run.errors == "")
            #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
            try expectSnapshot(transcript(run, in: repository), named: "fix")

            #expect(try repository.untouched() == before)
            let branch = try #require(try repository.fixBranches.first)
            #expect(try repository.git("show", "\(branch):main.c") + "\n" == ScratchRepository.workingC)
            #expect(try repository.git("rev-list", "--count", "main..\(branch)") == "1")
            try expectSnapshot(
                normalised(try repository.git("log", "-1", "--format=%B", branch), in: repository) + "\n",
                named: "commit-message")
            let trailers = try repository.git(
                "log", "-1", "--format=%(trailers:key=Teamfix-Verified-By,valueonly)", branch)
            #expect(trailers.trimmingCharacters(in: .whitespacesAndNewlines) == "make")
            #expect(repository.leftInScratch == [])
        }

        @Test("with --format json standard output is one object and nothing else")
        func json() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("fix", "--offline", "--build", "make", "--format", "json")
            #expect(run.status == 0)
            let report = try run.json
            #expect(report["schema"] as? String == "teamfix.fix/1")
            #expect(report["outcome"] as? String == "fixed")
            #expect(report["branch"] as? String == (try repository.fixBranches.first))
            #expect(
                report["commit"] as? String == (try repository.git("rev-parse", "refs/heads/\(report["branch"] ?? "")"))
            )
            #expect(run.errors.contains("reproduce"))
            try expectSnapshot(normalised(run.output, in: repository), named: "fix-json")
        }

        @Test("a build that passes already ends with 3")
        func alreadyGreen() async throws {
            let repository = try ScratchRepository.project(ScratchRepository.workingC)
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            #expect(run.status == 3)
            #expect(run.output.contains("already green: `make` passes as things are"))
            #expect(try repository.fixBranches == [])
        }

        @Test("a log of another failure than the one here ends with 4")
        func notReproducible() async throws {
            let repository = try ScratchRepository.project()
            let log = repository.base + "/ci.log"
            try Data("other.c:3:1: error: unknown type name 'widget'\n".utf8).write(to: URL(fileURLWithPath: log))
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make", "--log", log)
            #expect(run.status == 4)
            #expect(run.output.contains("it fails here in another way"))
            #expect(run.output.contains("unknown type name"))
            #expect(try repository.fixBranches == [])
        }

        @Test("what no candidate mends ends with 1")
        func notFixed() async throws {
            let repository = try ScratchRepository.project("int main(void) { return wibble + zork; }\n")
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            #expect(run.status == 1)
            #expect(run.output.contains("not fixed"))
            #expect(run.output.contains("No model took part"))
            #expect(try repository.fixBranches == [])
        }

        @Test(
            "a wrong command line ends with 64, and says what is wrong",
            arguments: [
                (["fix", "--bogus"], "Unknown option '--bogus'"), (["fix", "--rounds", "x"], "invalid for '--rounds"),
                (["fix", "--candidates", "0"], "0 is out of range"), (["fix", "-q", "-v"], "exclude each other"),
                (["stats", "no-such-run"], "no run begins with 'no-such-run'"), (["frobnicate"], "frobnicate"),
            ])
        func usage(arguments: [String], said: String) async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.start(arguments).end()
            #expect(run.status == 64)
            #expect(run.errors.contains(said), "\(run.errors)")
            #expect(run.output == "")
        }

        @Test("half a fix is written only when asked for, below teamfix/unverified/, and ends with 5")
        func unverified() async throws {
            let repository = try ScratchRepository.project()
            try repository.write(
                "Makefile", "all: prog other.o\nprog: main.c\n\t$(CC) -o prog main.c\nother.o: other.c\n")
            try repository.write("other.c", "int other(void) { return wibble + zork; }\n")
            try repository.commit()
            let plain = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make -k")
            #expect(plain.status == 1)
            #expect(try repository.fixBranches == [])
            let run = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make -k", "--keep-unverified")
            #expect(run.status == 5)
            #expect(run.output.contains("UNVERIFIED branch teamfix/unverified/"))
            let branch = try #require(try repository.fixBranches.first)
            #expect(branch.hasPrefix("teamfix/unverified/"))
            #expect(try repository.git("log", "-1", "--format=%B", branch).contains("Teamfix-Verified-By: nobody"))
        }

        @Test("--patch writes a file that git applies, and --branch names the branch below teamfix/")
        func patch() async throws {
            let repository = try ScratchRepository.project()
            let file = repository.base + "/fix.patch"
            let run = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--patch", file, "--branch", "mine/own")
            #expect(run.status == 0)
            #expect(try repository.fixBranches == ["teamfix/mine/own"])
            try repository.git("apply", "--check", file)
            try repository.git("apply", file)
            #expect(try repository.read("main.c") == ScratchRepository.workingC)
            try repository.git("checkout", "-q", "main.c")
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make", "--branch", "mine/own")
            #expect(try repository.fixBranches == ["teamfix/mine/own", "teamfix/mine/own-2"])
        }

        @Test("a branch name that git refuses is refused before any work")
        func badBranchName() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("fix", "--offline", "--build", "make", "--branch", "a..b")
            #expect(run.status == 2 || run.status == 64)
            #expect(run.errors.contains("a..b"))
            #expect(try repository.fixBranches == [])
            #expect(!run.errors.contains("reproduce"))
        }

        @Test("--apply puts the fix on the work tree, and leaves the index alone")
        func apply() async throws {
            let repository = try ScratchRepository.project()
            let index = try Data(contentsOf: repository.url(".git/index"))
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make", "--apply")
            #expect(run.status == 0)
            #expect(run.output.contains("applied to the work tree: main.c"))
            #expect(try repository.read("main.c") == ScratchRepository.workingC)
            #expect(try Data(contentsOf: repository.url(".git/index")) == index)
        }

        @Test("apply RUN writes what is safe, and nothing when a file has changed since")
        func applyRun() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("fix", "--offline", "--build", "make", "--format", "json")
            let id = try #require(try run.json["run"] as? String)
            let changed = ScratchRepository.brokenC + "// mine\n"
            try repository.write("main.c", changed)
            let before = try repository.untouched()
            let refused = try await repository.teamfix("apply", id)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("main.c (has changed)"))
            #expect(try repository.untouched() == before)

            try repository.write("main.c", ScratchRepository.brokenC)
            let applied = try await repository.teamfix("apply", String(id.prefix(17)))
            #expect(applied.status == 0)
            #expect(applied.output.hasPrefix("wrote   main.c\n"))
            #expect(try repository.read("main.c") == ScratchRepository.workingC)
        }

        @Test("what --protect names is not touched, whatever it would mend")
        func protect() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make", "--protect", "*.c")
            #expect(run.status == 1)
            #expect(try repository.fixBranches == [])
        }

        @Test("a build's log from standard input needs no second command")
        func standardInput() async throws {
            let repository = try ScratchRepository.project()
            let log = "main.c:5:19: error: expected ‘;’ before ‘return’\n"
            let run = try await repository.teamfix("fix", "--offline", "--log", "-", input: log)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("the build is `make`"))
            #expect(try repository.fixBranches.count == 1)
        }

        @Test("without --build the Makefile says what to run")
        func recognised() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("fix", "--offline")
            #expect(run.status == 0)
            #expect(run.errors.contains("the build is `make` (Make"))
            try repository.git("rm", "-q", "Makefile", "main.c")
            try repository.commit()
            let none = try await repository.teamfix("fix", "--offline")
            #expect(none.status == 64)
            #expect(none.errors.contains("teamfix fix --build COMMAND"))
        }
    }
}
