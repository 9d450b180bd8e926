import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The first minutes, and the commands around fix", .timeLimit(.minutes(2)))
    struct FirstMinutesTests {
        @Test("teamfix alone says what was found here and what to type next")
        func alone() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix()
            #expect(run.status == 0)
            try expectSnapshot(transcript(run, in: repository), named: "alone")
        }

        @Test("doctor finds git and says what each missing program would bring")
        func doctor() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("doctor", "--offline")
            #expect(run.status == 0)
            #expect(run.output.contains("git "))
            #expect(run.output.contains("repository  \(repository.path)"))
            let bare = try await repository.teamfix("doctor", "--offline", environment: ["PATH": "/nowhere"])
            #expect(bare.output.contains("not found"))
            #expect(bare.output.contains("brings:"))
        }

        #if os(Linux)
            @Test("without libgit2, what needs no repository works, and the rest says what to install")
            func withoutLibgit2() async throws {
                let repository = try ScratchRepository.project()
                // Whichever version is wanted, an empty file stands in its place.
                let libraries = repository.base + "/libraries"
                try FileManager.default.createDirectory(atPath: libraries, withIntermediateDirectories: true)
                for version in 0..<40 {
                    try Data().write(to: URL(fileURLWithPath: "\(libraries)/libgit2.so.1.\(version)"))
                }
                let without = ["LD_LIBRARY_PATH": libraries]
                let version = try await repository.teamfix("--version", environment: without)
                #expect(version.status == 0)
                #expect(version.errors == "")
                let fix = try await repository.teamfix("fix", "--offline", "--build", "make", environment: without)
                #expect(fix.status == 2)
                #expect(fix.errors.contains("libgit2 can't be loaded"))
                #expect(fix.errors.contains("apt-get install libgit2-dev"))
                let doctor = try await repository.teamfix("doctor", "--offline", environment: without)
                #expect(doctor.status == 2)
                #expect(doctor.output.contains("apt-get install libgit2-dev"))
            }
        #endif

        #if os(Linux)
            @Test("output that can't be written is a failure")
            func fullDisk() async throws {
                let repository = try ScratchRepository.project()
                let run = try await Call(
                    ["/bin/sh", "-c", "'\(Program.path)' config show > /dev/full"], in: repository.path,
                    environment: repository.isolated, scratch: repository.base
                ).end()
                #expect(run.status == 2)
                #expect(run.errors.contains("could not be written"))
            }
        #endif

        @Test(
            "a closed output is a failure that is named, and a closed error stream none",
            arguments: [(">&-", 2, "standard output is closed"), ("2>&-", 0, "")])
        func closedStream(stream: String, status: Int32, words: String) async throws {
            let repository = try ScratchRepository.project()
            let run = try await Call(
                ["/bin/sh", "-c", "'\(Program.path)' config show \(stream)"], in: repository.path,
                environment: repository.isolated, scratch: repository.base
            ).end()
            #expect(run.status == status, "\(run.errors)")
            #expect(words.isEmpty || run.errors.contains(words))
        }

        @Test("a signal ends the wait for a pipe that says nothing")
        func silentPipe() async throws {
            let repository = try ScratchRepository.project()
            let pipe = repository.base + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            // Somebody has it open for writing, writes a line, and no more.
            let writer = open(pipe, O_RDWR)
            defer { _ = close(writer) }
            let line = Array("main.c:5:1: error: x\n".utf8)
            #expect(write(writer, line, line.count) == line.count)
            let call = try repository.start(["fix", "--offline", "--build", "make", "--log", pipe])
            var waiting: Int32 = 1
            let end = ContinuousClock.now + .seconds(20)
            while waiting > 0, ContinuousClock.now < end {
                _ = ioctl(writer, UInt(FIONREAD), &waiting)
                await Task.yield()
            }
            #expect(waiting == 0)
            call.signal(SIGTERM)
            let run = await call.end(within: .seconds(10))
            #expect(run.status == 130)
        }

        @Test("init writes a configuration that every command then reads")
        func initialise() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix("init")
            #expect(run.status == 0)
            #expect(try repository.read(".teamfix.yml").contains("build: make"))
            let shown = try await repository.teamfix("config", "show")
            #expect(shown.status == 0)
            #expect(shown.errors == "")
            #expect(try await repository.teamfix("init").status == 2)
        }

        @Test("stats lists the runs, and shows one by its id or the beginning of it")
        func stats() async throws {
            let repository = try ScratchRepository.project()
            let none = try await repository.teamfix("stats")
            #expect(none.output.contains("nothing is recorded"))
            let fix = try await repository.teamfix("fix", "--offline", "--build", "make", "--format", "json")
            let id = try #require(try fix.json["run"] as? String)
            let list = try await repository.teamfix("stats")
            try expectSnapshot(transcript(list, in: repository), named: "stats")
            let last = try await repository.teamfix("stats", "--last")
            #expect(last.status == 0)
            #expect(last.output.contains("branch teamfix/"))
            let one = try await repository.teamfix("stats", String(id.prefix(18)), "--format", "json")
            let run = try #require(try one.json["run"] as? [String: Any])
            #expect(run["id"] as? String == id)
            let candidates = try #require(try one.json["candidates"] as? [[String: Any]])
            #expect(candidates.first?["source"] as? String == "builtin")
        }

        @Test("clean says first what it would remove, then removes teamfix's branches and no other")
        func clean() async throws {
            let repository = try ScratchRepository.project()
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            try repository.git("branch", "mine")
            let branch = try #require(try repository.fixBranches.first)
            let young = try await repository.teamfix("clean")
            #expect(young.output == "nothing to remove\n")
            let dry = try await repository.teamfix("clean", "--all", "--dry-run")
            #expect(dry.output == "would remove \(branch)\n")
            #expect(try repository.fixBranches == [branch])
            let real = try await repository.teamfix("clean", "--all")
            #expect(real.output == "removed \(branch)\n")
            #expect(try repository.fixBranches == [])
            #expect(try repository.git("branch", "--format=%(refname:short)") == "main\nmine")
            try repository.git("fsck", "--strict")
        }

        @Test("clean leaves a branch that is checked out, and says so")
        func cleanCheckedOut() async throws {
            let repository = try ScratchRepository.project()
            _ = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            let branch = try #require(try repository.fixBranches.first)
            try repository.git("checkout", "-q", branch)
            let run = try await repository.teamfix("clean", "--all")
            #expect(run.output.hasPrefix("kept \(branch)"))
            #expect(try repository.fixBranches == [branch])
        }

        @Test("a reader that has gone is no crash, and the branch is written all the same")
        func closedPipe() async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.start(["fix", "--offline", "--build", "make"], closesOutput: true).end()
            #expect(run.status == 0)
            #expect(try repository.fixBranches.count == 1)
            #expect(repository.leftInScratch == [])
        }

        @Test("where there is no terminal there are no colours, whatever the environment says", arguments: ["", "1"])
        func noColor(value: String) async throws {
            let repository = try ScratchRepository.project()
            let run = try await repository.teamfix(
                "fix", "--offline", "--build", "make", environment: ["NO_COLOR": value, "TERM": "xterm-256color"])
            #expect(run.status == 0)
            #expect(!(run.output + run.errors).contains("\u{1B}"))
        }
    }
}
