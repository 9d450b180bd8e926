import Foundation
import Inference
import TestSupport
import Testing

@testable import Workflows

@Suite("A hostile build reaches nothing through what teamfix does after it", .timeLimit(.minutes(1)))
struct HostileBuildTests {
    private static let fixIt =
        "printf '%s:2:13: error: expected \\xe2\\x80\\x98;\\xe2\\x80\\x99 before x\\nfix-it:\"%s\":{2:13-2:13}:\";\"\\n'"

    @Test func `a folder replaced by a link is not written through`() async throws {
        let repository = try ScratchRepository()
        let victim = repository.base + "/victim"
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: true)
        try Data("precious\n".utf8).write(to: URL(fileURLWithPath: victim + "/a.c"))
        try repository.write("src/a.c", "int main(void) {\n    return 0\n}\n")
        try repository.commit("Begin")
        let print = "\(Self.fixIt) src/a.c src/a.c"
        let report = try? await Journey(repository).fix("rm -rf src; ln -s \(victim) src; \(print); exit 1")
        #expect(report?.branch == nil)
        #expect(try String(contentsOfFile: victim + "/a.c", encoding: .utf8) == "precious\n")
    }

    @Test func `a pipe in a file's place doesn't hold the run up`() async throws {
        let repository = try ScratchRepository()
        try repository.write("a.c", "int main(void) {\n    return 0\n}\n")
        try repository.commit("Begin")
        let print = "\(Self.fixIt) a.c a.c"
        let report = try await Journey(repository).fix("rm -f a.c; mkfifo a.c; \(print); exit 1")
        #expect(report.outcome == .notFixed)
    }

    @Test func `an untracked key isn't put onto a branch`() async throws {
        let repository = try ScratchRepository()
        try repository.write("main.c", "int main(void) {\n    return 0\n}\n")
        try repository.commit("Begin")
        try repository.write(".env", "TOKEN=secret\n")
        try repository.write("notes.md", "mine\n")
        let report = try await Journey(repository).fix("gcc -o out main.c")
        let branch = try #require(report.branch)
        let files = try repository.git("ls-tree", "-r", "--name-only", branch)
        #expect(files.contains("notes.md") && !files.contains(".env"))
    }

    @Test func `a model's name with control sequences is no model`() async throws {
        let model = SimulatedModel("qwen2.5-coder:7b\u{1b}]0;owned\u{7}")
        try await SimulatedOllama.run(models: [model]) { server in
            let setting = FleetServer(name: "s", address: server.address)
            let fleet = await Fleet.survey([setting], model: nil, deadline: .seconds(10), log: .init(run: "x"))
            #expect(fleet.team.isEmpty)
        }
    }
}
