import Diagnostics
import Events
import Git
import TestSupport
import Testing

@testable import Workflows

@Suite("What is cheap to find out is found out first", .timeLimit(.minutes(1)))
struct CheapestFirstTests {
    private static let wrong =
        "def total(items):\n    return sum(items) + 1\n\n\ndef count(items):\n    return len(items)\n"
    private static let right = wrong.replacing(" + 1", with: "")
    private static let tests = """
        import unittest
        from cart import count, total


        class CartTests(unittest.TestCase):
            def test_total(self):
                self.assertEqual(total([1, 2]), 3)

            def test_count(self):
                self.assertEqual(count([1, 2]), 2)

        """
    private static let command = "python3 -B -m unittest"

    /// A repair of a failure that is taken to have lasted `duration` seconds.
    private func withRepair(
        lasting duration: Double, tests: String = tests,
        _ body: @Sendable @escaping (Repair, RunLog) async throws -> Void
    ) async throws {
        let repository = try ScratchRepository()
        try repository.write("cart.py", Self.wrong)
        try repository.write("test_cart.py", tests)
        // Nothing that Python reads, in spite of its name.
        try repository.write("page.py", "<html>\n")
        try repository.commit()
        let log = RunLog(run: "test")
        let place = try await Journey(repository, log: log).place()
        let tree = try await place.repository.snapshot().tree
        try await place.withBench(tree: tree, request: FixRequest(command: Self.command)) { bench in
            var failure = try await bench.observe(.reproduce, contents: [:])
            #expect(failure.causes.compactMap(\.diagnostic.test) == ["test_cart.CartTests.test_total"])
            failure.duration = duration
            let files = WorkingFiles(paths: ["cart.py", "page.py"]) { [repository = place.repository] in
                try? await repository.readBlob(path: $0, in: tree, limit: 10_000)
            }
            await files.load(["cart.py", "page.py"])
            try await body(
                Repair(
                    files: files, gate: Gate(rules: GateRules(), taskFiles: []), bench: bench, log: log,
                    failure: failure), log)
        }
    }

    private func consider(_ text: String, page: String? = nil, _ repair: Repair) async throws -> Progress {
        var candidate = Candidate(
            id: await repair.nextID(), title: "t", source: "s", model: "m",
            causes: await repair.latest.causes.map(\.fingerprint), contents: ["cart.py": SourceText(text)],
            origins: ["cart.py": SourceText(Self.wrong)])
        if let page {
            candidate.contents["page.py"] = SourceText(page)
            candidate.origins["page.py"] = SourceText("<html>\n")
        }
        return try await repair.consider(candidate, scope: ["cart.py", "page.py"], acceptsImprovement: true).progress
    }

    private func commands(_ log: RunLog) -> [String] {
        log.records.compactMap { if case .buildStarted(_, let command) = $0.event { command } else { nil } }
    }

    private static let narrowed = command + " -k test_cart.CartTests.test_total"

    @Test func `the failing tests alone refuse a candidate, and only the whole command accepts one`() async throws {
        try await withRepair(lasting: 60) { repair, log in
            let still = try await consider(Self.wrong.replacing("+ 1", with: "+ 2"), repair)
            #expect(still == .none("test_cart.CartTests.test_total still fails: 5 != 3"))
            // The first refusal is borne out by the whole command.
            #expect(commands(log) == [Self.command, Self.narrowed, Self.command])
            #expect(try await consider(Self.wrong.replacing("+ 1", with: "+ 3"), repair) != .passed)
            #expect(commands(log).suffix(2) == [Self.command, Self.narrowed])
            // What mends one test and breaks another passes the narrowed run, and that proves nothing.
            let broken = try await consider(Self.right.replacing("len(items)", with: "sum(items)"), repair)
            #expect(broken != .passed)
            #expect(commands(log).suffix(2) == [Self.narrowed, Self.command])
            #expect(try await consider(Self.right, repair) == .passed)
            #expect(commands(log).suffix(2) == [Self.narrowed, Self.command])
        }
    }

    @Test func `a test that passes in company only is judged in company`() async throws {
        let tests = Self.tests.replacing(
            "    def test_total(self):\n",
            with: "    def test_total(self):\n        self.assertTrue(CartTests.isReady)\n"
        ).replacing(
            "    def test_count(self):\n", with: "    def test_count(self):\n        CartTests.isReady = True\n"
        )
        .replacing(
            "class CartTests(unittest.TestCase):\n",
            with: "class CartTests(unittest.TestCase):\n    isReady = False\n\n")
        try await withRepair(lasting: 60, tests: tests) { repair, log in
            // It fails alone for another reason than in company.
            let still = try await consider(Self.wrong.replacing("+ 1", with: "+ 2"), repair)
            let mended = try await consider(Self.right, repair)
            #expect(still != .passed && mended == .passed)
            #expect(commands(log) == [Self.command, Self.narrowed, Self.command, Self.command])
        }
        try await withRepair(lasting: 60, tests: tests) { repair, log in
            let mended = try await consider(Self.right, repair)
            #expect(mended == .passed)
            #expect(commands(log).suffix(2) == [Self.narrowed, Self.command])
        }
    }

    @Test func `a file that didn't parse before, and that no build complains of, is no reason to refuse`() async throws
    {
        try await withRepair(lasting: 60) { repair, _ in
            let mended = try await consider(Self.right, page: "<html lang='en'>\n", repair)
            #expect(mended == .passed)
        }
    }

    @Test func `a build that is quick runs whole, and without a look at the syntax`() async throws {
        try await withRepair(lasting: 0.1) { repair, log in
            _ = try await consider(Self.wrong.replacing("+ 1", with: "+"), repair)
            #expect(try await consider(Self.right, repair) == .passed)
            #expect(commands(log) == [Self.command, Self.command, Self.command])
        }
    }

    @Test func `a candidate that doesn't parse is refused without a build, and says where`() async throws {
        try await withRepair(lasting: 60) { repair, log in
            let progress = try await consider(Self.wrong.replacing("+ 1", with: "+"), repair)
            guard case .none(let reason) = progress else {
                Issue.record("\(progress)")
                return
            }
            #expect(reason.hasPrefix("cart.py doesn't parse: line 2: "))
            #expect(log.verdicts.map(\.result) == [.refused])
            #expect(commands(log) == [Self.command])
        }
    }
}
