import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("fix, where builds and names are hostile", .timeLimit(.minutes(2)))
    struct HostileTests {
        /// Bytes that a terminal would act on.
        private func controls(_ run: Ended) -> [UInt8] {
            (run.output + run.errors).utf8.filter { ($0 < 0x20 && $0 != 0x0A) || $0 == 0x7F }
        }

        @Test("what a build says can't drive the terminal", arguments: ["text", "json"])
        func escapes(format: String) async throws {
            let repository = try ScratchRepository.project()
            let said = "\u{1B}]0;owned\u{07}\u{1B}[2Jmain.c:5:19: error: \u{1B}[31mbad\u{1B}[0m \u{202E}thing\n"
            let log = repository.base + "/log"
            try Data(said.utf8).write(to: URL(fileURLWithPath: log))
            try repository.write("said", said)
            try repository.write("Makefile", "all:\n\t@cat said; false\n")
            for arguments in [["--build", "make"], ["--log", log], ["--log", log, "--build", "make"]] {
                let run = try await repository.start(["fix", "--offline", "--verbose", "--format", format] + arguments)
                    .end()
                #expect(run.status == 1 || run.status == 4)
                #expect(run.output.contains("bad"))
                #expect(!run.output.contains("\u{202E}"))
                #expect(controls(run) == [])
            }
        }

        @Test("file names with escapes and line ends are data, too")
        func names() async throws {
            let repository = try ScratchRepository.project()
            try repository.git("mv", "main.c", "a\u{1B}[31mb\nc.c")
            try repository.write("\u{1B}]0;x\u{07} y.c", ScratchRepository.brokenC)
            try repository.write("Makefile", "all:\n\tcc -c *.c\n")
            try repository.commit()
            let before = try repository.untouched()
            let run = try await repository.teamfix("fix", "--offline", "--build", "make")
            #expect(run.status == 0 || run.status == 1)
            #expect(controls(run) == [])
            #expect(try repository.untouched() == before)
        }

        @Test("50 MB of output are read, bounded on disk, and no reason to fail")
        func flood() async throws {
            let repository = try ScratchRepository.project("int main(void) { return wibble; }\n")
            let line = String(repeating: "x", count: 3_000)
            try repository.write("Makefile", "all:\n\t@yes \(line) | head -c 50000000; $(CC) -o prog main.c\n")
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "make")
            #expect(run.status == 1)
            #expect(run.output.contains("‘wibble’ undeclared"))
            #expect(run.output.utf8.count < 4_000)
            #expect(repository.leftInScratch == [])
        }

        @Test("a build that never ends is ended at its deadline, with all that it started", arguments: ["auto", "off"])
        func hang(sandbox: String) async throws {
            let repository = try ScratchRepository.project()
            let mark = "31\(Int.random(in: 100_000...999_999))"
            try repository.write(
                "Makefile", "all:\n\t@(sleep \(mark) &) ; (trap '' TERM; sleep \(mark)) & sleep \(mark)\n")
            let run = try await repository.teamfix(
                "fix", "--offline", "--quiet", "--build", "make", "--build-timeout", "1", "--sandbox", sandbox)
            #expect(run.status == 4)
            #expect(run.output.contains("didn't end within 1 s"))
            #expect(run.duration < .seconds(15))
            #expect(Processes.mentioning(mark) == [])
            #expect(repository.leftInScratch == [])
        }

        @Test("Ctrl-C in a build that hangs: 130 soon, nothing left, nothing changed", arguments: [SIGINT, SIGTERM])
        func interrupted(number: Int32) async throws {
            let repository = try ScratchRepository.project()
            let mark = "32\(Int.random(in: 100_000...999_999))"
            try repository.write("Makefile", "all:\n\t@(sleep \(mark) &) ; sleep \(mark)\n")
            let before = try repository.untouched()
            let call = try repository.start(["fix", "--offline", "--build", "make"])
            let isRunning = await Processes.wait { !Processes.mentioning(mark).isEmpty }
            #expect(isRunning)
            let sent = ContinuousClock.now
            call.signal(number)
            let run = await call.end()
            #expect(sent.duration(to: .now) < .seconds(3))
            #expect(run.status == 130)
            #expect(run.errors.contains("interrupted"))
            #expect(Processes.mentioning(mark) == [])
            #expect(try repository.untouched() == before)
            #expect(try repository.fixBranches == [])
            #expect(repository.leftInScratch == [])
        }

        @Test(
            "killed at writes and at random moments, it loses nothing",
            .enabled(if: Program.exists("strace") && Program.exists("python3") && Program.exists("cc")))
        func killed() async throws {
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Benchmarks/untouched").path
            let repository = try ScratchRepository()
            let call = try Call(
                ["python3", script, Program.path, "--points", "5", "--moments", "2"], in: repository.base,
                environment: repository.isolated, scratch: repository.base)
            let run = await call.end(within: .seconds(90))
            // 2: strace is here, but may not trace.
            #expect(run.status == 0 || run.status == 2, "\(run.output)\n\(run.errors)")
            #expect(run.output.contains("random moments"))
        }
    }
}

/// The machine's processes.
enum Processes {
    /// The command lines of living processes that hold a text.
    static func mentioning(_ text: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { $0.allSatisfy(\.isNumber) }.compactMap { name in
            // A zombie has an empty command line.
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else { return nil }
            let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
            return line.contains(text) ? line : nil
        }
    }

    /// Waits until `condition` holds; false when it doesn't within `deadline`.
    static func wait(_ deadline: Duration = .seconds(20), until condition: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + deadline
        while !condition() {
            guard .now < end else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}
