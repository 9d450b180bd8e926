import Diagnostics
import Events
import Foundation
import TestSupport
import Testing

@testable import Workflows

@Suite("From a failing build to a verified branch, with no model", .timeLimit(.minutes(1)))
struct FixJourneyTests {
    private static let broken = "int main(void) {\n    return 0\n}\n"
    private static let build = "gcc -o out main.c"

    private func repository(_ files: [String: String] = ["main.c": broken], commits: Bool = true) throws
        -> ScratchRepository
    {
        let repository = try ScratchRepository()
        for (name, text) in files { try repository.write(name, text) }
        if commits { try repository.commit("Begin") }
        return repository
    }

    private func show(_ repository: ScratchRepository, _ what: String) throws -> String {
        try repository.git("show", what)
    }

    @Test func `a slip is fixed on a branch of its own, with a commit that tells everything`() async throws {
        let repository = try repository()
        let before = try Untouched(repository)
        let journey = Journey(repository)
        let report = try await journey.fix(Self.build)
        #expect(report.outcome == .fixed, "\(report.reason)")
        let branch = try #require(report.branch)
        #expect(branch.hasPrefix("teamfix/fix-main-c"))
        #expect(
            try show(repository, "\(branch):main.c") == Self.broken.replacing("return 0", with: "return 0;").dropLast())
        #expect(try repository.git("rev-parse", branch) == report.commit)
        #expect(try repository.git("rev-list", "--count", "main..\(branch)") == "1")
        #expect(try repository.git("diff", "--name-only", "main", branch) == "main.c")
        let message = try repository.git("log", "-1", "--format=%B", branch)
        for part in [
            "Insert ';'", "The build failed with:", "main.c:2: expected", "Verified in a fresh checkout",
            "`\(Self.build)`",
            "Statistics: some events", "Teamfix-Run: test-run", "Teamfix-Source: built-in engine",
            "Teamfix-Verified-By: \(Self.build)",
            "Teamfix-Version: 0.0-test",
        ] {
            #expect(message.contains(part), "\(part) isn't in: \(message)")
        }
        #expect(
            try repository.git("log", "-1", "--format=%(trailers:key=Teamfix-Run,valueonly)", branch).hasPrefix(
                "test-run"))
        #expect(report.patch.contains("+    return 0;"))
        #expect(try Untouched(repository).differences(from: before).isEmpty)
        #expect(journey.leftBehind.isEmpty)
        #expect(
            journey.log.records.contains {
                if case .published(_, _, true, ["main.c"]) = $0.event { true } else { false }
            })
    }

    @Test func `the patch applies to the base, and then the build passes`() async throws {
        let repository = try repository()
        let report = try await Journey(repository).fix(Self.build)
        try repository.git(["apply", "-"], input: Data(report.patch.utf8))
        try repository.run(["sh", "-c", Self.build], in: repository.path)
    }

    @Test func `what passes already is said to, and nothing is written`() async throws {
        let repository = try repository(["main.c": "int main(void) { return 0; }\n"])
        let before = try Untouched(repository)
        let report = try await Journey(repository).fix(Self.build)
        #expect(report.outcome == .alreadyGreen)
        #expect(report.branch == nil)
        #expect(try Untouched(repository) == before)
    }

    @Test func `a log that tells of another failure, or of one that is gone, isn't reproduced`() async throws {
        let log = BuildLog.read(Array("main.c:9:1: error: unknown type name 'widget'\n".utf8), root: "/")
        let other = try await Journey(try repository()).fix(FixRequest(command: Self.build, log: log))
        #expect(other.outcome == .notReproducible)
        #expect(other.reason.contains("in another way") && other.reason.contains("widget"))
        let gone = try await Journey(try repository(["main.c": "int main(void) { return 0; }\n"])).fix(
            FixRequest(command: Self.build, log: log))
        #expect(gone.outcome == .notReproducible)
        #expect(gone.reason.contains("passes here"))
    }

    @Test func `a log that tells of the same failure is enough to go on`() async throws {
        let repository = try repository()
        let log = BuildLog.read(
            Array("main.c:2:13: error: expected ';' before '}' token\n".utf8), root: "/")
        #expect(try await Journey(repository).fix(FixRequest(command: Self.build, log: log)).outcome == .fixed)
    }

    @Test func `a command that isn't there, and one that never ends, aren't the code's fault`() async throws {
        let repository = try repository()
        let missing = try await Journey(repository).fix("no-such-program-anywhere")
        #expect(missing.outcome == .notReproducible)
        #expect(missing.reason.contains("can't be run here"))
        let endless = try await Journey(repository).fix(FixRequest(command: "sleep 1000", buildTimeout: 0.3))
        #expect(endless.outcome == .notReproducible)
        #expect(endless.reason.contains("didn't end within"))
    }

    @Test func `a dirty tree becomes a snapshot commit, and the fix stands on it`() async throws {
        let repository = try repository(["main.c": "int main(void) { return 0; }\n", "kept.txt": "kept\n"])
        try repository.write("main.c", Self.broken)
        try repository.write("new.txt", "untracked\n")
        try repository.write("kept.txt", "staged\n")
        try repository.git("add", "kept.txt")
        let before = try Untouched(repository)
        let report = try await Journey(repository).fix(Self.build)
        let branch = try #require(report.branch, "\(report.reason)")
        #expect(try repository.git("rev-list", "--count", "main..\(branch)") == "2")
        #expect(try repository.git("log", "-1", "--format=%s", branch + "~1") == "Snapshot of uncommitted changes")
        #expect(try show(repository, branch + "~1:main.c") + "\n" == Self.broken)
        #expect(try show(repository, branch + ":new.txt") == "untracked")
        #expect(try show(repository, branch + ":kept.txt") == "staged")
        #expect(try repository.git("diff", "--name-only", branch + "~1", branch) == "main.c")
        #expect(try Untouched(repository).differences(from: before).isEmpty)
    }

    @Test func `before the first commit the branch begins with the snapshot`() async throws {
        let repository = try repository(commits: false)
        let before = try Untouched(repository)
        let report = try await Journey(repository).fix(Self.build)
        let branch = try #require(report.branch, "\(report.reason)")
        #expect(try repository.git("rev-list", "--count", branch) == "2")
        #expect(try repository.git("log", "-1", "--format=%P", branch + "~1") == "")
        #expect(try Untouched(repository).differences(from: before).isEmpty)
    }

    @Test func `independent slips in several files are mended together`() async throws {
        let files = [
            "Makefile": "all: a.o b.o\n%.o: %.c\n\tgcc -c $<\n", "a.c": "int a(int count) {\n    return cuont;\n}\n",
            "b.c": "int b(void) {\n    return 2\n}\n", "c.c": "int c;\n",
        ]
        let repository = try repository(files)
        let report = try await Journey(repository).fix("make -k")
        let branch = try #require(report.branch, "\(report.reason)")
        #expect(try repository.git("diff", "--name-only", "main", branch) == "a.c\nb.c")
        #expect(report.steps.flatMap(\.causes).count == 2)
        #expect(report.causes.count == 2)
        let files2 = Set(report.steps.flatMap(\.candidate.files))
        #expect(files2 == ["a.c", "b.c"])
    }

    @Test func `errors that hide each other are mended one after the other`() async throws {
        let files = [
            "a.c": "int a(int count) {\n    return cuont;\n}\n", "b.c": "int b(void) {\n    return 2\n}\n",
        ]
        let repository = try repository(files)
        let report = try await Journey(repository).fix("gcc -c a.c && gcc -c b.c")
        #expect(report.outcome == .fixed, "\(report.reason)")
        let branch = try #require(report.branch)
        #expect(try repository.git("rev-list", "--count", "main..\(branch)") == "2")
        #expect(try repository.git("diff", "--name-only", branch + "~1", branch) == "b.c")
        #expect(
            try repository.git("log", "--format=%B", "-1", branch + "~1").contains(
                "Verified together with the commits that follow"))
    }

    @Test func `a protected file is refused, and nothing is written`() async throws {
        let repository = try repository()
        let before = try Untouched(repository)
        let journey = Journey(repository)
        let report = try await journey.fix(FixRequest(command: Self.build, gate: GateRules(protected: ["main.c"])))
        #expect(report.outcome == .notFixed)
        #expect(report.branch == nil)
        #expect(report.remaining == report.causes)
        // What may not be edited isn't even proposed.
        #expect(journey.log.verdicts.isEmpty)
        #expect(try Untouched(repository).differences(from: before).isEmpty)
    }

    @Test func `a check must pass too, and a fix that fails it isn't one`() async throws {
        let repository = try repository()
        var request = FixRequest(command: Self.build, check: "./out")
        let good = try await Journey(repository).fix(request)
        #expect(good.outcome == .fixed, "\(good.reason)")
        #expect(try repository.git("log", "-1", "--format=%B", try #require(good.branch)).contains("and `./out` too"))
        request.check = "exit 3"
        let bad = try await Journey(repository).fix(request)
        #expect(bad.outcome == .notFixed)
        #expect(bad.branch == nil)
    }

    @Test func `a log without a command is only written unverified, and only where that is asked for`() async throws {
        let repository = try repository()
        let before = try Untouched(repository)
        let log = BuildLog.read(
            Array("main.c:2:13: error: expected ';' before '}' token\nfix-it:\"main.c\":{2:13-2:13}:\";\"\n".utf8),
            root: "/")
        let refused = try await Journey(repository).fix(FixRequest(command: nil, log: log))
        #expect(refused.outcome == .notReproducible && refused.branch == nil)
        let report = try await Journey(repository).fix(FixRequest(command: nil, log: log, keepsUnverified: true))
        #expect(report.outcome == .unverified, "\(report.reason)")
        let branch = try #require(report.branch)
        #expect(branch.hasPrefix("teamfix/unverified/"))
        let message = try repository.git("log", "-1", "--format=%B", branch)
        #expect(message.contains("Not verified") && message.contains("Teamfix-Verified-By: nobody"))
        #expect(try show(repository, branch + ":main.c").contains("return 0;"))
        #expect(try Untouched(repository).differences(from: before).isEmpty)
    }

    @Test(arguments: ["Makefile", ".github/workflows/ci.yml", "tests/test_main.py"])
    func `a log alone changes no test, build setting or CI file`(path: String) async throws {
        let repository = try repository()
        try repository.write(path, "all: ;\n")
        try repository.commit()
        for place in ["main.c", path] {
            let log = BuildLog.read(
                Array("\(place):1:1: error: expected ';' before '}' token\nfix-it:\"\(path)\":{1:1-1:5}:\"x\"\n".utf8),
                root: "/")
            let report = try await Journey(repository).fix(FixRequest(command: nil, log: log, keepsUnverified: true))
            #expect(!report.patch.contains(path), "\(report.patch)")
        }
    }

    @Test func `a build that runs in a subfolder names its files rightly`() async throws {
        let repository = try repository(["sub/main.c": Self.broken])
        let report = try await Journey(repository).fix(FixRequest(command: Self.build, directory: "sub"))
        #expect(report.outcome == .fixed, "\(report.reason)")
        #expect(report.steps.flatMap(\.candidate.files) == ["sub/main.c"])
    }

    @Test func `what can't be fixed is said not to be, with what is still wrong`() async throws {
        let repository = try repository(["run.sh": "echo 'it is broken'; exit 3\n"])
        let report = try await Journey(repository).fix("sh run.sh")
        #expect(report.outcome == .notFixed)
        #expect(report.remaining.map(\.diagnostic.message) == ["it is broken"])
        #expect(report.logTail.contains("it is broken"))
    }

    @Test func `a budget that is over is said to be`() async throws {
        let repository = try repository(["run.sh": "exit 3\n"])
        let report = try await Journey(repository).fix(FixRequest(command: "sh run.sh", budget: 0))
        #expect(report.outcome == .outOfTime)
        #expect(report.branch == nil)
    }

    @Test func `an executable file stays one, and its line endings stay`() async throws {
        let repository = try ScratchRepository()
        try repository.write(
            "main.py", "#!/usr/bin/env python3\r\nx = 1\r\nif x = 1:\r\n    pass\r\n", executable: true)
        try repository.commit()
        let report = try await Journey(repository).fix("python3 main.py")
        let branch = try #require(report.branch, "\(report.reason)")
        #expect(try repository.git("ls-tree", branch, "main.py").hasPrefix("100755"))
        #expect(try repository.git("cat-file", "-p", branch + ":main.py").contains("if x == 1:\r\n"))
    }
}
