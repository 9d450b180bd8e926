import Diagnostics
import Events
import Foundation
import Git
import TestSupport
import Testing

@testable import Workflows

@Suite("Candidates are judged one at a time on a real bench", .timeLimit(.minutes(1)))
struct RepairTests {
    /// `make` passes when `value` says 3; each build leaves a mark while it runs, and fails if it meets another's.
    private static let makefile = """
        all:
        \t@test ! -e busy || { echo "value.txt:1: error: two builds at once"; exit 9; }
        \t@touch busy
        \t@grep -q 3 value.txt && rm busy || { rm busy; echo "value.txt:1:1: error: it isn't three but $$(cat value.txt)"; exit 1; }

        """

    private func withRepair<T: Sendable>(_ body: @Sendable @escaping (Repair, RunLog) async throws -> T) async throws
        -> T
    {
        let repository = try ScratchRepository()
        try repository.write("Makefile", Self.makefile)
        try repository.write("value.txt", "1\n")
        try repository.write("other.txt", "1\n")
        try repository.commit()
        let log = RunLog(run: "test")
        let place = try await Journey(repository, log: log).place()
        let tree = try await place.repository.snapshot().tree
        return try await place.withBench(tree: tree, request: FixRequest(command: "make -s")) { bench in
            let failure = try await bench.observe(.reproduce, contents: [:])
            #expect(!failure.passed)
            let repository = place.repository
            let files = WorkingFiles(paths: ["value.txt", "other.txt"]) {
                try? await repository.readBlob(path: $0, in: tree, limit: 1000)
            }
            await files.load(["value.txt", "other.txt"])
            return try await body(
                Repair(
                    files: files, gate: Gate(rules: GateRules(), taskFiles: ["value.txt"]), bench: bench, log: log,
                    failure: failure), log)
        }
    }

    private static func candidate(
        _ text: String, _ repair: Repair, file: String = "value.txt", from origin: SourceText? = nil
    ) async -> Candidate {
        Candidate(
            id: await repair.nextID(), title: "t", source: "s", model: "m",
            causes: await repair.latest.causes.map(\.fingerprint),
            contents: [file: SourceText(text)], origins: [file: origin ?? repair.files[file] ?? SourceText("")])
    }

    private static func verdicts(_ log: RunLog) -> [String] {
        log.records.compactMap {
            if case .candidateJudged(let verdict) = $0.event { "\(verdict.result): \(verdict.reason)" } else { nil }
        }
    }

    @Test func `many at once are tried one after the other, and the first that passes ends it`() async throws {
        try await withRepair { repair, log in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for value in [5, 6, 7, 3, 8, 9] {
                    let candidate = await Self.candidate("\(value)\n", repair)
                    group.addTask {
                        _ = try await repair.consider(candidate, scope: ["value.txt"], acceptsImprovement: false)
                    }
                }
                try await group.waitForAll()
            }
            let verdicts = Self.verdicts(log)
            #expect(verdicts.count == 6)
            #expect(verdicts.filter { $0.hasPrefix("passed") }.count == 1)
            #expect(!verdicts.contains { $0.contains("two builds at once") })
            let passed = verdicts.firstIndex { $0.hasPrefix("passed") } ?? 0
            #expect(verdicts[(passed + 1)...].allSatisfy { $0.contains("another candidate passed first") })
            let builds = log.records.filter { if case .buildFinished = $0.event { true } else { false } }
            #expect(builds.count == 1 + passed + 1)
            #expect(await repair.latest.passed)
            #expect(repair.files["value.txt"]?.string == "3\n")
            #expect(await repair.steps.count == 1)
        }
    }

    @Test func `a candidate for another state of the file is stale, and the same edit isn't tried twice`() async throws
    {
        try await withRepair { repair, log in
            let stale = await Self.candidate("3\n", repair, from: SourceText("0\n"))
            #expect(
                try await repair.consider(stale, scope: ["value.txt"], acceptsImprovement: true).progress != .passed)
            for _ in 0..<2 {
                _ = try await repair.consider(
                    await Self.candidate("4\n", repair), scope: ["value.txt"], acceptsImprovement: false)
            }
            let outside = await Self.candidate("2\n", repair, file: "other.txt")
            _ = try await repair.consider(outside, scope: ["value.txt"], acceptsImprovement: true)
            let verdicts = Self.verdicts(log)
            #expect(verdicts.count == 4)
            #expect(
                verdicts[0]
                    == "refused: the file has been mended otherwise since: s: overlaps with an earlier candidate in value.txt, which has been verified"
            )
            #expect(verdicts[1].hasPrefix("failed"))
            #expect(verdicts[2] == "refused: the same edit has been tried")
            #expect(verdicts[3].hasPrefix("refused: other.txt is outside the task"))
            #expect(repair.files.changes.isEmpty)
        }
    }

    @Test func `a candidate from before another one was accepted keeps its edits beside it`() async throws {
        try await withRepair { repair, _ in
            let origin = SourceText("1\n2\n4\n5\n6\n")
            repair.files.accept(["value.txt": origin])
            let late = await Self.candidate("1\n2\n4\n5\n3\n", repair)
            repair.files.accept(["value.txt": SourceText("one\n2\n4\n5\n6\n")])
            let trial = try await repair.consider(late, scope: ["value.txt"], acceptsImprovement: false)
            #expect(trial.progress == .passed)
            #expect(repair.files["value.txt"]?.string == "one\n2\n4\n5\n3\n")
            #expect(trial.candidate.changedLines == 2)
        }
    }

    @Test func `a late candidate for a cause that is gone isn't built`() async throws {
        try await withRepair { repair, log in
            let origin = SourceText("1\n2\n4\n5\n6\n")
            repair.files.accept(["value.txt": origin])
            var late = await Self.candidate("1\n2\n4\n5\n3\n", repair)
            late.causes = ["gone"]
            repair.files.accept(["value.txt": SourceText("one\n2\n4\n5\n6\n")])
            _ = try await repair.consider(late, scope: ["value.txt"], acceptsImprovement: false)
            #expect(Self.verdicts(log) == ["refused: what it mends has been mended since"])
        }
    }

    @Test func `what one candidate left in the checkout is gone for the next`() async throws {
        try await withRepair { repair, _ in
            _ = try await repair.consider(
                await Self.candidate("4\n", repair), scope: ["value.txt"], acceptsImprovement: false)
            let next = try await repair.consider(
                await Self.candidate("5\n", repair), scope: ["value.txt"], acceptsImprovement: false)
            #expect(next.observation?.causes.first?.diagnostic.message == "it isn't three but 5")
        }
    }

    @Test func `what is accepted leaves another failure, and the gate is for that one`() async throws {
        try await withRepair { repair, _ in
            #expect(repair.gate.taskFiles == ["value.txt"])
            let next = Diagnostic(
                severity: .error, message: "it isn't four", location: SourceLocation(file: "other.txt", line: 1),
                tool: .gcc)
            let after = BuildObservation(
                exitCode: 1, log: BuildLog(diagnostics: [next], rootCauses: [RootCause(diagnostic: next)]),
                duration: 0.1)
            await repair.accept(
                Repair.Trial(
                    candidate: await Self.candidate("4\n", repair), progress: .improved("it gets further"),
                    observation: after))
            #expect(repair.gate.taskFiles == ["other.txt"])
        }
    }

    @Test func `a cancelled caller tries nothing, and the next one's turn comes`() async throws {
        try await withRepair { repair, log in
            let candidate = await Self.candidate("4\n", repair)
            let given = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await repair.consider(candidate, scope: ["value.txt"], acceptsImprovement: false)
            }
            await #expect(throws: CancellationError.self) { try await given.value }
            #expect(Self.verdicts(log).isEmpty)
            let trial = try await repair.consider(
                await Self.candidate("3\n", repair), scope: ["value.txt"], acceptsImprovement: false)
            #expect(trial.progress == .passed)
        }
    }

    @Test func `only one is let through at a time, and everyone's turn comes`() async {
        let turnstile = Turnstile()
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { await turnstile.pass { await order.came(number) } } }
        }
        #expect(await order.all.sorted() == Array(0..<20))
        #expect(await !order.overlapped)
    }
}

private actor Order {
    private(set) var all: [Int] = []
    private(set) var overlapped = false
    private var isInside = false

    func came(_ number: Int) async {
        if isInside { overlapped = true }
        isInside = true
        await Task.yield()
        all.append(number)
        isInside = false
    }
}
