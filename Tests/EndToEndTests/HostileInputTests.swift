import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Hostile repositories, replies, logs and plans", .timeLimit(.minutes(5)))
    struct HostileInputTests {
        /// The most memory that the program may have held, in bytes. A build with debug information; a gigabyte would be seen.
        private static let mostMemory = 420 << 20

        @Test("there are enough of them, and no two of one name")
        func count() {
            #expect(HostileInput.all.count >= 40)
            #expect(Set(HostileInput.all.map(\.name)).count == HostileInput.all.count)
        }

        @Test(
            "each is a clear error or nothing at all: nothing written, nothing sent, memory bounded",
            .enabled(if: Program.exists("python3")))
        func harmless() async throws {
            // Most of the time they wait, for a deadline or a flood's end: several at a time.
            try await withThrowingTaskGroup(of: Void.self) { group in
                var waiting = HostileInput.all[...]
                for _ in 0..<6 { if let input = waiting.popFirst() { group.addTask { try await holds(input) } } }
                while try await group.next() != nil {
                    if let input = waiting.popFirst() { group.addTask { try await holds(input) } }
                }
            }
        }

        private func holds(_ input: HostileInput) async throws {
            let repository = try ServerTests.project()
            let victim = repository.base + "/victim"
            try Data("precious\n".utf8).write(to: URL(fileURLWithPath: victim))
            try input.prepare(repository)
            let before = try Self.fingerprint(repository)
            guard input.needsServer else { return try await run(input, nil, repository, before) }
            try await SimulatedOllama.run(reply: input.reply) { server in
                for (path, fault) in input.faults { server.setFault(fault, for: path) }
                try await run(input, server, repository, before)
            }
        }

        private func run(
            _ input: HostileInput, _ server: SimulatedOllama?, _ repository: ScratchRepository,
            _ before: [String: String]
        ) async throws {
            let memory = repository.base + "/memory"
            let measured = """
                import resource, subprocess, sys
                status = subprocess.call(sys.argv[2:])
                open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
                sys.exit(status)
                """
            let call = try Call(
                ["python3", "-c", measured, memory, Program.path] + input.arguments
                    + (server.map { ["--server", $0.url] } ?? []),
                in: repository.path, environment: repository.isolated, scratch: repository.base)
            let ended = await call.end(within: .seconds(90))
            let said = ended.output + ended.errors
            #expect(input.statuses.contains(ended.status), "\(input) ended with \(ended.status): \(said.prefix(2_000))")
            for words in input.says { #expect(said.contains(words), "\(input): \(said.prefix(2_000))") }
            for words in input.neverSays { #expect(!said.contains(words)) }
            #expect(!said.contains("\u{202E}"))
            #expect(said.utf8.filter { ($0 < 0x20 && $0 != 0x0A) || $0 == 0x7F } == [])
            #expect(!said.contains("Fatal error"), "\(input)")
            #expect(said.utf8.count < 200_000)
            for request in server?.requests ?? [] {
                let body = String(decoding: request.body, as: UTF8.self)
                for words in input.neverSends { #expect(!body.contains(words)) }
            }
            #expect(try Self.fingerprint(repository) == before, "\(input)")
            #expect(try repository.fixBranches == [])
            #expect(try String(contentsOfFile: repository.base + "/victim", encoding: .utf8) == "precious\n")
            #expect(!FileManager.default.fileExists(atPath: repository.base + "/ran"))
            #expect(repository.leftInScratch == [])
            let peak = try String(contentsOfFile: memory, encoding: .utf8)
            let kilobytes = Int(peak) ?? .max
            #expect(kilobytes < Self.mostMemory >> 10, "\(kilobytes) KiB of memory")
        }

        /// What must stay: all but new objects. Of large files, pipes and links to devices, their names and lengths.
        private static func fingerprint(_ repository: ScratchRepository) throws -> [String: String] {
            var found: [String: String] = [:]
            for relative in try FileManager.default.subpathsOfDirectory(atPath: repository.path) {
                let isOurs = [".git/objects", ".git/refs/heads/teamfix", ".git/logs"].contains {
                    relative.hasPrefix($0)
                }
                if isOurs { continue }
                let full = repository.path + "/" + relative
                var status = stat()
                guard lstat(full, &status) == 0 else { continue }
                var content = "\(status.st_mode) \(status.st_size)"
                if status.st_mode & S_IFMT == S_IFREG, status.st_size < 1 << 20 {
                    content += (try Data(contentsOf: URL(fileURLWithPath: full))).base64EncodedString()
                }
                if status.st_mode & S_IFMT == S_IFDIR { content = "folder" }
                found[relative] = content
            }
            return found
        }
    }
}
