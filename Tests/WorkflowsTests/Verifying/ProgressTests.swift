import Diagnostics
import Testing

@testable import Workflows

@Suite("A build after a candidate is compared with the one before")
struct ProgressTests {
    private func error(_ message: String, line: Int?, file: String = "a.c", test: String? = nil) -> Diagnostic {
        Diagnostic(
            severity: .error, message: message, location: SourceLocation(file: file, line: line, column: 1),
            tool: test == nil ? .gcc : .pytest,
            test: test)
    }

    private func observation(_ errors: [Diagnostic], exitCode: Int32? = 1, timedOut: Bool = false) -> BuildObservation {
        BuildObservation(
            exitCode: exitCode, timedOut: timedOut,
            log: BuildLog(diagnostics: errors, rootCauses: errors.map { RootCause(diagnostic: $0) }), duration: 1)
    }

    private enum Kind { case passed, improved, none }

    private func kind(_ progress: Progress) -> Kind {
        switch progress {
        case .passed: .passed
        case .improved: .improved
        case .none: .none
        }
    }

    private func compare(
        _ before: [Diagnostic], _ after: BuildObservation, mending target: Diagnostic, touched: ClosedRange<Int> = 5...5
    ) -> Kind {
        kind(
            Progress.compare(
                before: observation(before), after: after, targets: [target.fingerprint], touched: ["a.c": [touched]]))
    }

    private var one: Diagnostic { error("expected ';'", line: 5) }
    private var two: Diagnostic { error("'x' undeclared", line: 50) }

    @Test func `a build that passes has passed, unless it ran out of time`() {
        #expect(compare([one], observation([], exitCode: 0), mending: one) == .passed)
        #expect(compare([one], observation([], exitCode: 0, timedOut: true), mending: one) == .none)
        #expect(compare([one], observation([], exitCode: nil, timedOut: true), mending: one) == .none)
    }

    @Test func `the same error is no progress, wherever it moved`() {
        #expect(compare([one], observation([one]), mending: one) == .none)
        #expect(compare([one, two], observation([error("expected ';'", line: 6)]), mending: one) == .none)
    }

    @Test func `one of two like errors less is progress`() {
        let again = error("expected ';'", line: 80)
        #expect(compare([one, again], observation([again]), mending: one) == .improved)
    }

    @Test func `an error less is progress, a new one where it edited isn't`() {
        #expect(compare([one, two], observation([two]), mending: one) == .improved)
        #expect(compare([one, two], observation([error("'y' undeclared", line: 5), two]), mending: one) == .none)
        #expect(compare([one, two], observation([error("lvalue required", line: 5)]), mending: one) == .none)
    }

    @Test func `what a compiler sees further down, or in another file, is progress`() {
        #expect(compare([one], observation([error("'y' undeclared", line: 90)]), mending: one) == .improved)
        #expect(compare([one], observation([error("'y' undeclared", line: 1, file: "b.c")]), mending: one) == .improved)
        #expect(compare([one], observation([error("'y' undeclared", line: 2)]), mending: one) == .none)
    }

    @Test func `a failing test that fails otherwise isn't progress`() {
        let test = error("assert 1 == 2", line: 5, test: "test_sum")
        #expect(
            compare([test], observation([error("assert 3 == 2", line: 9, test: "test_sum2")]), mending: test) == .none)
        let other = error("assert 5 == 6", line: 70, test: "test_other")
        #expect(compare([test, other], observation([other]), mending: test) == .improved)
    }

    @Test func `output without an error is a cause of its own: the way it ended`() {
        let silent = BuildObservation(exitCode: 3, log: BuildLog(tail: "working\ngave up\n\n"), duration: 1)
        #expect(silent.causes.map(\.diagnostic.message) == ["gave up"])
        #expect(
            BuildObservation(exitCode: nil, signal: 11, log: BuildLog(), duration: 1).causes.first?.diagnostic.message
                == "the command was ended by signal 11")
        #expect(BuildObservation(exitCode: 0, log: BuildLog(), duration: 1).causes.isEmpty)
    }
}
