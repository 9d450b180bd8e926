import Diagnostics
import Events
import Foundation
import TestSupport
import Testing

@testable import Workflows

@Suite("A function that was renamed in its header and not in four callers", .timeLimit(.minutes(1)))
struct RenameJourneyTests {
    private static let command = "make -k"
    private static let callers = ["one", "two", "three", "four"]

    private func write(_ repository: ScratchRepository, _ name: String) throws {
        try repository.write("shape.h", "int \(name)(int w, int h);\n")
        try repository.write("shape.c", "#include \"shape.h\"\n\nint \(name)(int w, int h) {\n    return w * h;\n}\n")
    }

    private func repository(old: String) throws -> ScratchRepository {
        let repository = try ScratchRepository()
        let objects = (["shape", "main"] + Self.callers).map { $0 + ".o" }.joined(separator: " ")
        try repository.write(
            "Makefile", "CFLAGS = -Werror=implicit-function-declaration\n\nprog: \(objects)\n\t$(CC) -o $@ $^\n")
        try repository.write(".gitignore", "*.o\nprog\n")
        try write(repository, old)
        for (number, name) in Self.callers.enumerated() {
            try repository.write(
                "\(name).c",
                "#include \"shape.h\"\n\nint \(name)(int x) {\n    int side = x + \(number);\n    return \(old)(side, 2);\n}\n"
            )
        }
        let declarations = Self.callers.map { "int \($0)(int x);\n" }.joined()
        let calls = Self.callers.map { "\($0)(1)" }.joined(separator: " + ")
        try repository.write("main.c", "\(declarations)\nint main(void) {\n    return \(calls) == 0;\n}\n")
        try repository.commit()
        return repository
    }

    private func mended(_ report: FixReport, _ repository: ScratchRepository, _ new: String) throws {
        let branch = try #require(report.branch)
        for (number, name) in Self.callers.enumerated() {
            #expect(
                try repository.git("show", "\(branch):\(name).c")
                    == "#include \"shape.h\"\n\nint \(name)(int x) {\n    int side = x + \(number);\n    return \(new)(side, 2);\n}"
            )
        }
        #expect(try repository.git("diff", "--name-only", "HEAD", branch).split(separator: "\n").count == 4)
        #expect(try repository.git("branch", "--list", "teamfix/*").split(separator: "\n").count == 1)
    }

    @Test(arguments: [("shape_area", "shape_areas"), ("compute_area_of", "surface")])
    func `the built-in engine alone mends it: the compiler suggests, or the last commit tells`(
        old: String, new: String
    ) async throws {
        let repository = try repository(old: old)
        try write(repository, new)
        try repository.commit("Rename it")
        let journey = Journey(repository)
        let report = try await journey.fix(Self.command)
        #expect(report.outcome == .fixed, "\(report.reason): \(journey.log.verdicts)")
        try mended(report, repository, new)
        // One build for all four.
        #expect(journey.log.verdicts.map(\.result) == [.passed])
    }

    @Test func `a change that isn't committed yet tells as well`() async throws {
        let repository = try repository(old: "compute_area_of")
        try write(repository, "surface")
        let report = try await Journey(repository).fix(Self.command)
        #expect(report.outcome == .fixed, "\(report.reason)")
        #expect(report.snapshotCommit != nil)
    }

    @Test func `a definition that was forgotten is what the linker misses`() async throws {
        let repository = try repository(old: "compute_area_of")
        try repository.write("shape.h", "int surface(int w, int h);\n")
        for name in Self.callers {
            try repository.write(
                "\(name).c", try repository.read("\(name).c").replacing("compute_area_of", with: "surface"))
        }
        try repository.commit("Rename it")
        let report = try await Journey(repository).fix(Self.command)
        #expect(report.outcome == .fixed, "\(report.reason)")
        let branch = try #require(report.branch)
        #expect(try repository.git("show", "\(branch):shape.c").contains("int surface(int w, int h) {"))
    }

    /// Nothing tells of the rename: one commit, and names that don't resemble.
    private func unrelated() throws -> ScratchRepository {
        let repository = try repository(old: "compute_area_of")
        try write(repository, "surface")
        _ = try repository.git("commit", "--quiet", "--all", "--amend", "--message", "Everything")
        return repository
    }

    private static func lastBlock(_ prompt: String) -> String {
        prompt.components(separatedBy: "```c\n").dropFirst().last?.components(separatedBy: "```").first ?? ""
    }

    @Test func `one divide-and-conquer plan has a coder a file and an integrator, and makes one branch`() async throws {
        let repository = try unrelated()
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { request in
            let code = Self.lastBlock(request.prompt).replacingOccurrences(of: "compute_area_of", with: "surface")
            return .text("```c\n\(code)```\n")
        }) { server in try await journey.fix(Self.command, [server.member("one")]) }
        #expect(report.outcome == .fixed, "\(report.reason): \(journey.log.verdicts)")
        try mended(report, repository, "surface")
        let plans = journey.log.records.compactMap { if case .planned(let work) = $0.event { work } else { nil } }
        #expect(plans.map(\.pattern) == ["divide-and-conquer"])
        let tasks = plans.flatMap(\.tasks)
        for file in Self.callers {
            #expect(tasks.contains { $0.specialist == "Coder" && $0.title.contains("\(file).c") })
        }
        let integrators = tasks.filter { $0.specialist == "Integrator" }
        #expect(integrators.count == 1)
        #expect(Set(integrators.flatMap(\.dependencies)) == Set(tasks.filter { $0.specialist == "Coder" }.map(\.id)))
        let replies = journey.log.replies
        #expect(replies.contains { $0.outcome == .applied && ["window", "function"].contains($0.format) })
    }

    @Test func `what the coders can't do, the integrator does in one reply about four files`() async throws {
        let repository = try unrelated()
        let journey = Journey(repository)
        let blocks = Self.callers.map { name in
            "\(name).c\n<<<<<<< SEARCH\n    return compute_area_of(side, 2);\n=======\n    return surface(side, 2);\n>>>>>>> REPLACE\n"
        }.joined(separator: "\n")
        let report = try await SimulatedOllama.run(reply: { request in
            request.prompt.contains("Mend all of it together") ? .text(blocks) : .text("I don't know.")
        }) { server in try await journey.fix(Self.command, [server.member("one")]) }
        #expect(report.outcome == .fixed, "\(report.reason): \(journey.log.verdicts)")
        try mended(report, repository, "surface")
        #expect(journey.log.verdicts.filter { $0.result == .passed }.map(\.files.count) == [4])
        #expect(journey.log.replies.contains { $0.format == "search-replace" && $0.outcome == .applied })
        #expect(journey.log.replies.contains { $0.outcome == .malformed && $0.reason == "it has no code" })
    }

    @Test func `a large model is asked for SEARCH/REPLACE blocks, and may be asked otherwise`() async throws {
        for (format, wanted) in [(nil, "search-replace"), (EditFormat.file, "file"), (.function, "function")] {
            let repository = try unrelated()
            let journey = Journey(repository)
            let report = try await SimulatedOllama.run(reply: { request in
                if request.prompt.contains("<<<<<<< SEARCH") {
                    return .text(
                        "<<<<<<< SEARCH\n  return compute_area_of(side, 2);\n=======\n  return surface(side, 2);\n>>>>>>> REPLACE\n"
                    )
                }
                let code = Self.lastBlock(request.prompt).replacingOccurrences(of: "compute_area_of", with: "surface")
                return .text("```c\n\(code)```\n")
            }) { server in
                var member = server.member("one")
                member.parameters = 32
                var request = FixRequest(command: Self.command, candidates: 1, buildTimeout: 30)
                request.editFormat = format
                return try await journey.fix(request, [member])
            }
            #expect(report.outcome == .fixed, "\(wanted): \(report.reason): \(journey.log.replies)")
            let formats = journey.log.replies.filter { !$0.task.contains("integrator") }.map(\.format)
            #expect(Set(formats) == [wanted])
        }
    }
}

extension RunLog {
    var replies: [ReplyRecord] {
        records.compactMap { if case .replyRead(let reply) = $0.event { reply } else { nil } }
    }
}
