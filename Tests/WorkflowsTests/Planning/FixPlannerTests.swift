import Diagnostics
import Orchestration
import Testing

@testable import Workflows

@Suite("The models' part of a round is planned by rules")
struct FixPlannerTests {
    private func error(_ file: String, _ line: Int, _ message: String = "expected ';'") -> RootCause {
        RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: message, location: .init(file: file, line: line), tool: .gcc))
    }

    private func plan(
        _ causes: [RootCause], round: Int = 1, pattern: Pattern? = nil, sources: [String: String]? = nil,
        rules: GateRules = GateRules(),
        candidates: Int = 6, longest: Int = 8_192, format: EditFormat? = nil
    ) async -> FixPlanner.Planned? {
        let sources = sources ?? ["a.c": "int f(void) {\n    return 1\n}\n", "b.c": "int g(void) {\n    return 2\n}\n"]
        let files = WorkingFiles(paths: Set(sources.keys)) { sources[$0].map { Array($0.utf8) } }
        await files.load(sources.keys)
        let planner = FixPlanner(
            files: files, gate: Gate(rules: rules, taskFiles: []), command: "make", candidates: candidates,
            budget: PromptBudget(team: [.init(contextLength: longest)]), pattern: pattern, format: format)
        let log = BuildLog(diagnostics: causes.map(\.diagnostic), rootCauses: causes, tail: "make: *** [all] Error 1")
        return planner.plan(BuildObservation(exitCode: 2, log: log, duration: 1), round: round, hints: [:], base: "abc")
    }

    @Test func `several files make a divide-and-conquer plan, with coders for each and an integrator after them`()
        async throws
    {
        let planned = try #require(await plan([error("a.c", 2), error("b.c", 2)]))
        #expect(planned.plan.pattern == .divideAndConquer)
        #expect(Set(planned.briefs.values.map(\.window.file)) == ["a.c", "b.c"])
        let coders = planned.plan.tasks.filter { $0.specialist == "Coder" }
        #expect(coders.allSatisfy { $0.dependencies.isEmpty })
        let others = planned.plan.tasks.filter { $0.specialist != "Coder" }
        #expect(others.map(\.specialist) == ["Integrator"])
        #expect(Set(others.flatMap(\.dependencies)) == Set(coders.map(\.id)))
        let integrator = try #require(planned.briefs[others[0].id])
        #expect(integrator.scope == ["a.c", "b.c"] && integrator.format == .searchReplace)
        let prompt = try #require(others[0].input.prompt?.first?.content)
        for part in ["return 1", "return 2", "{{result:r1-1-coder-1}}", "{{result:r1-2-coder-1}}", "SEARCH/REPLACE"] {
            #expect(prompt.contains(part), "\(part) isn't in: \(prompt)")
        }
        #expect(planned.context.texts["a.c"]?.contains("return 1") == true)
        #expect(planned.plan.base == "abc")
        #expect(Set(planned.plan.tasks.map(\.id)).count == planned.plan.tasks.count)
        #expect(planned.plan.waves.count == 2)
    }

    @Test func `five hundred errors in one file and as many failures without a place make a plan at once`() async throws
    {
        let body = (0..<2_000).map { "    x\($0) = \($0)" }.joined(separator: "\n")
        let sources = ["a.c": "int f(void) {\n\(body)\n}\n", "b.c": "int g(void) {\n\(body)\n}\n"]
        let failures = (0..<500).map {
            RootCause(
                diagnostic: Diagnostic(severity: .error, message: "assertion 'y\($0)' of z\($0) failed", tool: .generic)
            )
        }
        let start = ContinuousClock.now
        let planned = try #require(
            await plan((0..<500).map { error("a.c", $0 + 2) } + failures + [error("b.c", 3)], sources: sources))
        #expect(Set(planned.briefs.values.map(\.suspect.file)) == ["a.c", "b.c"])
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `code that could be taken for a placeholder goes to no integrator`() async throws {
        let sources = [
            "a.c": "int f(void) { // {{results}}\n    return 1\n}\n", "b.c": "int g(void) {\n    return 2\n}\n",
        ]
        let planned = try #require(await plan([error("a.c", 2), error("b.c", 2)], sources: sources))
        #expect(!planned.plan.tasks.contains { $0.specialist == "Integrator" })
    }

    @Test(arguments: EditFormat.allCases)
    func `a format that is asked for is the one that every sample is asked in`(format: EditFormat) async throws {
        let long = "int f(void) {\n    return 1\n" + String(repeating: "    g();\n", count: 20) + "}\n"
        let planned = try #require(await plan([error("a.c", 2)], sources: ["a.c": long], format: format))
        #expect(Set(planned.briefs.values.map(\.format)) == [format])
        for task in planned.plan.tasks {
            #expect(task.input.text.contains("<<<<<<< SEARCH") == (format == .searchReplace))
            #expect(task.input.text.contains("the whole of a.c") == (format == .file))
            #expect(task.input.text.contains("code block") == (format != .searchReplace))
        }
        // What is too long to be written whole is written in part.
        let huge = long + (0..<900).map { "int x\($0)(void) { return \($0); }\n" }.joined()
        let part = try #require(await plan([error("a.c", 2)], sources: ["a.c": huge], format: .file))
        #expect(Set(part.briefs.values.map(\.format)) == [.function])
    }

    @Test func `without a format windows and functions take turns, and a failed check gets functions`() async throws {
        let long = "int f(void) {\n    return 1\n" + String(repeating: "    g();\n", count: 20) + "}\n"
        let planned = try #require(await plan([error("a.c", 2)], sources: ["a.c": long]))
        #expect(planned.plan.tasks.prefix(2).compactMap { planned.briefs[$0.id]?.format } == [.window, .function])
        let check = RootCause(
            diagnostic: Diagnostic(severity: .error, message: "assertion failed in 'f'", tool: .generic, test: "t"))
        let whole = try #require(await plan([check], sources: ["a.c": long]))
        #expect(Set(whole.briefs.values.filter { $0.format != .line }.map(\.format)) == [.function])
    }

    @Test
    func `lines are asked about one by one: an error's own at once, a failed check's after a first look at the whole`()
        async throws
    {
        let source = "import x\n\n\ndef f(n):\n    # halve it\n    m = n * 2\n\n    return m\n"
        let check = RootCause(
            diagnostic: Diagnostic(severity: .error, message: "assertion failed in 'f'", tool: .generic, test: "t"))
        let planned = try #require(await plan([check], sources: ["a.py": source]))
        let lines = planned.plan.tasks.filter { planned.briefs[$0.id]?.format == .line }
        // Neither the header nor the comment; the line that computes first.
        #expect(
            lines.compactMap { planned.briefs[$0.id]?.window.lines } == [
                6...6, 8...8, 6...6, 8...8, 6...6, 8...8, 6...6, 8...8,
            ])
        #expect(Set(lines.compactMap(\.sampling.temperature)).count == 4)
        #expect(lines[0].input.text.contains("It is in line 6:\n    m = n * 2\n"))
        let whole = planned.plan.tasks.filter { planned.briefs[$0.id]?.format == .function }
        #expect(whole[0].policy.priority > lines[0].policy.priority)
        #expect(lines[1].policy.priority > whole[1].policy.priority)
        // What the samples of a suspect share is the same to the byte.
        #expect(Set(planned.plan.tasks.map(\.input.shared)).count == 1)

        let error = try #require(await plan([error("a.c", 2)]))
        let own = error.plan.tasks.filter { error.briefs[$0.id]?.format == .line }
        #expect(own.compactMap { error.briefs[$0.id]?.window.lines } == [2...2])
        #expect(own[0].policy.priority > error.plan.tasks[0].policy.priority)
        let one = try #require(await plan([check], sources: ["a.py": source], candidates: 1))
        #expect(one.plan.tasks.count == 1)
    }

    @Test func `a round asks about a dozen lines at most, and doesn't take what was tried for news`() async throws {
        let body = (0..<40).map { "    x\($0) = n + \($0)\n" }.joined()
        let files = WorkingFiles(paths: ["a.py"]) { _ in Array("def f(n):\n\(body)".utf8) }
        await files.load(["a.py"])
        let suspect = Suspect(file: "a.py", lines: 1...41, line: 30, reason: "")
        let lines = LineSamples.lines(of: [suspect, suspect], in: files).map(\.line)
        #expect(lines.count == LineSamples.most && lines.first == 30 && Set(lines).count == lines.count)

        let check = RootCause(
            diagnostic: Diagnostic(severity: .error, message: "assertion failed in 'f'", tool: .generic, test: "t"))
        let source = "def f(n):\n    return n\n"
        let few = WorkingFiles(paths: ["a.py"]) { _ in Array(source.utf8) }
        await few.load(["a.py"])
        let planner = FixPlanner(
            files: few, gate: Gate(rules: GateRules(), taskFiles: []), command: "make", candidates: 8,
            budget: PromptBudget(team: [.init(contextLength: 8_192)]))
        let observation = BuildObservation(
            exitCode: 2, log: BuildLog(diagnostics: [check.diagnostic], rootCauses: [check], tail: ""), duration: 1)
        let tried = [LearnedInRound.key("a.py", "    return n"): ["return -n"]]
        let planned = try #require(planner.plan(observation, round: 2, hints: [:], tried: tried, base: nil))
        let line = try #require(planned.plan.tasks.first { planned.briefs[$0.id]?.format == .line })
        #expect(line.input.text.contains("tried in its place and is wrong:\nreturn -n\n"))
    }

    @Test func `a second round looks at what the suspect calls, with one sample`() async throws {
        let source = "int helper(int x) {\n    return x;\n}\n\nint total(void) {\n    return helper(1);\n}\n"
        let check = RootCause(
            diagnostic: Diagnostic(severity: .error, message: "assertion failed in 'total'", tool: .generic, test: "t"))
        let first = try #require(await plan([check], sources: ["a.c": source], candidates: 8))
        #expect(Set(first.briefs.values.map(\.suspect.lines)) == [5...7])
        let second = try #require(await plan([check], round: 2, sources: ["a.c": source], candidates: 8))
        let samples = second.briefs.values.filter { $0.format != .line }
        #expect(samples.count { $0.suspect.lines == 1...3 } == 1)
        #expect(samples.count { $0.suspect.lines == 5...7 } == 2)
    }

    @Test func `one failure makes a pipeline without the stages it doesn't need; a second round adds the analysis`()
        async throws
    {
        let first = try #require(await plan([error("a.c", 2)]))
        #expect(first.plan.pattern == .pipeline)
        #expect(first.plan.tasks.count == 7)
        #expect(first.plan.tasks.allSatisfy { $0.specialist == "Coder" })
        let second = try #require(await plan([error("a.c", 2)], round: 2))
        #expect(second.plan.tasks.map(\.specialist).filter { $0 == "Root Cause Analyst" }.count == 1)
        #expect(second.plan.tasks.contains { !$0.dependencies.isEmpty })
        #expect(second.plan.tasks.contains { $0.dependencies.isEmpty && $0.specialist == "Coder" })
        #expect(Set(first.plan.tasks.map(\.id)).isDisjoint(with: second.plan.tasks.map(\.id)))
    }

    @Test func `a pattern that is asked for is taken`() async throws {
        #expect(
            try #require(await plan([error("a.c", 2)], pattern: .divideAndConquer)).plan.pattern == .divideAndConquer)
        #expect(
            try #require(await plan([error("a.c", 2)], pattern: .pipeline)).plan.tasks.contains {
                $0.specialist == "Root Cause Analyst"
            })
    }

    @Test func `where nothing may be edited no model is asked`() async {
        #expect(await plan([error("a.c", 2)], rules: GateRules(protected: ["*.c"])) == nil)
        #expect(await plan([error("gone.c", 2)], sources: ["README": "x\n"]) == nil)
    }

    @Test func `several errors of one file are one group, and there are at most twelve`() async throws {
        let one = try #require(await plan([error("a.c", 1), error("a.c", 2, "other")]))
        #expect(Set(one.briefs.values.flatMap(\.causes)).count == 1)
        let many = Dictionary(uniqueKeysWithValues: (0..<30).map { ("f\($0).c", "int x\n") })
        let planned = try #require(await plan(many.keys.sorted().map { error($0, 1) }, sources: many))
        #expect(Set(planned.briefs.values.map(\.window.file)).count == FixPlanner.mostGroups)
    }

    @Test func `what a log says reaches a prompt without control sequences, and bounded`() async throws {
        let hostile = "evil \u{1b}]0;title\u{7}\u{1b}[31mred\u{202e}" + String(repeating: "x", count: 50_000)
        let planned = try #require(await plan([error("a.c", 2, hostile)]))
        #expect(!planned.plan.problem.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        for task in planned.plan.tasks {
            for text in [task.input.title, task.input.shared, task.input.text] {
                #expect(!text.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x7 || $0.value == 0x202e })
                #expect(text.utf8.count < 8_000)
            }
        }
    }

    @Test func `what the samples of one suspect share is the same to the byte, and stands first`() async throws {
        let planned = try #require(await plan([error("a.c", 2)]))
        #expect(Set(planned.plan.tasks.map(\.input.shared)).count == 1)
        #expect(planned.plan.tasks.first?.input.shared.contains("return 1") == true)
        #expect(Set(planned.plan.tasks.map { $0.sampling.seed }).count == planned.plan.tasks.count)
    }

    @Test func `a prompt about a very long file stays within the window, and a line that is longer isn't asked about`()
        async throws
    {
        let long = (1...2_400).map { "int value\($0)(int x) { return x + \($0); }\n" }.joined()
        let planned = try #require(await plan([error("a.c", 1_200)], sources: ["a.c": long], longest: 8_192))
        for task in planned.plan.tasks {
            #expect(task.input.shared.utf8.count + task.input.text.utf8.count < 16_000)
        }
        let line = "int x = \"" + String(repeating: "y", count: 200_000) + "\";\n"
        #expect(await plan([error("a.c", 1)], sources: ["a.c": line], longest: 8_192) == nil)
    }
}
