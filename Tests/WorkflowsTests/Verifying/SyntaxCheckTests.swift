import Diagnostics
import Testing

@testable import Workflows

@Suite("What doesn't parse isn't built", .timeLimit(.minutes(1)))
struct SyntaxCheckTests {
    @Test func `files whose language has a parser of its own are looked at`() {
        for path in ["a.py", "a.js", "lib/a.mjs", "a.swift", "a.rb", "a.go"] {
            #expect(SyntaxCheck.command(for: path, build: "make")?.hasSuffix("'./\(path)'") == true, "\(path)")
        }
        for path in ["a.c", "a.h", "a.ts", "Makefile", "a\nb.py", "a"] {
            #expect(SyntaxCheck.command(for: path, build: "make") == nil, "\(path)")
        }
        #expect(SyntaxCheck.command(for: "a.py", build: "python2 a.py") == nil)
        #expect(SyntaxCheck.command(for: "it's.py", build: "x")?.hasSuffix("'./it'\\''s.py'") == true)
        // A mark that joins the quote makes it no other byte to a shell.
        let joined = SyntaxCheck.command(for: "x'\u{301}$(touch PWN)'\u{301}.py", build: "x")
        let bytes = Array("'./x'\\''\u{301}$(touch PWN)'\\''\u{301}.py'".utf8)
        #expect(joined.map { Array($0.utf8.suffix(bytes.count)) } == bytes)
        #expect(SyntaxCheck.command(for: "@x.swift", build: "x")?.hasSuffix("'./@x.swift'") == true)
    }

    @Test func `a build that is quicker than the check, or hardly slower, runs at once`() {
        #expect(!SyntaxCheck.isWorthwhile(build: 0.2, check: nil))
        #expect(SyntaxCheck.isWorthwhile(build: 3, check: nil))
        #expect(SyntaxCheck.isWorthwhile(build: 0.5, check: 0.1))
        #expect(!SyntaxCheck.isWorthwhile(build: 0.5, check: 0.2))
    }

    @Test(.enabled(if: isInstalled("python3"))) func `Python's parser tells a file that parses, and where one doesn't`()
        async throws
    { try await expectParsing("a.py", wrong: "def f(:\n    pass\n", right: "def f():\n    pass\n") }

    @Test(.enabled(if: isInstalled("node")))
    func `JavaScript's parser tells a file that parses, and where one doesn't`()
        async throws
    { try await expectParsing("a.js", wrong: "function f( {\n}}\n", right: "function f() {\n}\n") }

    @Test(.enabled(if: isInstalled("swiftc"))) func `Swift's parser tells a file that parses, and where one doesn't`()
        async throws
    { try await expectParsing("a.swift", wrong: "func f( {\n}\n", right: "func f() {\n}\n") }

    private func expectParsing(_ path: String, wrong: String, right: String) async throws {
        let command = try #require(SyntaxCheck.command(for: path, build: "make"))
        let said = try await Workshop([path: wrong], command).observe()
        #expect(!said.passed)
        let finding = SyntaxCheck.finding(in: path, said: said, touched: [1...2])
        #expect(finding?.reason.hasPrefix("\(path) doesn't parse: line ") == true, "\(said.log)")
        #expect(finding?.isInTouchedLine == true)
        #expect(try await Workshop([path: right], command).observe().passed)
    }

    @Test func `an error is told from one that may have been there before`() {
        let error = Diagnostic(
            severity: .error, message: "invalid syntax", code: "SyntaxError",
            location: SourceLocation(file: "a.py", line: 9), tool: .python)
        var said = BuildObservation(exitCode: 1, log: BuildLog(diagnostics: [error]), duration: 0.1)
        let reason = "a.py doesn't parse: line 9: invalid syntax"
        #expect(
            SyntaxCheck.finding(in: "a.py", said: said, touched: [1...2])
                == .init(reason: reason, isInTouchedLine: false))
        #expect(
            SyntaxCheck.finding(in: "a.py", said: said, touched: [1...2, 8...9])
                == .init(reason: reason, isInTouchedLine: true))
        // A tool that says nothing of the file knows nothing, nor does one that ran out of time.
        #expect(SyntaxCheck.finding(in: "b.py", said: said, touched: [1...2]) == nil)
        said.timedOut = true
        #expect(SyntaxCheck.finding(in: "a.py", said: said, touched: [9...9]) == nil)
    }
}
