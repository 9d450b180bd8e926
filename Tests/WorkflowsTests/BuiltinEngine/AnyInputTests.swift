import Diagnostics
import Testing

@testable import Workflows

@Suite("Whatever a log says about whatever file, nothing traps and every edit applies", .timeLimit(.minutes(1)))
struct AnyInputTests {
    private static let messages = [
        "expected ';' before '}' token", "expected ‘)’ before ‘;’ token", "expected expression before ')' token",
        "expected declaration or statement at end of input",
        "'NAME' undeclared (first use in this function); did you mean 'OTHER'?", "extraneous '}' at top level",
        "expected '}' in struct",
        "lvalue required as left operand of assignment", "stray '\\' in program", "missing terminating \" character",
        "expected identifier or '('",
        "incompatible type for argument 1 of 'printf'", "invalid operands to binary & (have 'char *' and 'int')",
        "'NAME' is not a member of 'std'",
        "missing argument labels 'NAME:OTHER:' in call", "missing argument label 'NAME:' in call",
        "extraneous argument label 'NAME:' in call",
        "incorrect argument label in call (have 'NAME:', expected '_:')",
        "consecutive statements on a line must be separated by ';'",
        "missing return in global function expected to return 'Int'", "call can throw but is not marked with 'try'",
        "cannot find 'NAME' in scope",
        "cannot assign to value: 'NAME' is a 'let' constant", "expected ':'", "'(' was never closed", "unmatched ')'",
        "invalid syntax. Perhaps you forgot a comma?",
        "unterminated string literal (detected at line 1)", "expected an indented block after 'if' statement on line 1",
        "unexpected indent",
        "unindent does not match any outer indentation level", "name 'NAME' is not defined. Did you mean: 'OTHER'?",
        "Missing parentheses in call to 'print'",
        "missing separator", "\"os\" imported and not used", "undefined: NAME", "undefined reference to `NAME'", "",
        "'", "did you mean", "did you mean ''?",
    ]
    private static let tools: [Diagnostic.Tool] = [.gcc, .clang, .swiftc, .python, .make, .go, .linker, .generic]
    private static let pieces = [
        "int ", "x", "count", "=", "==", "(", ")", "{", "}", "[", "]", ";", ",", "\"", "'", "\n", "\n", "    ", "\t",
        "for ", "if ", "#include <a.h>\n", "é", "“",
        "\r\n", ":", "name: ", "let ", "return ", "<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "\\", "//", "/*", "\u{0}",
        "func ", "def f(x):\n", "1", ".",
    ]

    @Test func `rules, suspects and windows`() async throws {
        var random = Seeded(seed: 11)
        for _ in 0..<800 {
            // Others wait for processes with a deadline, on the same threads.
            await Task.yield()
            let name =
                ["a.c", "a.cpp", "a.swift", "a.py", "a.go", "a.rs", "Makefile", "a.ts"].randomElement(using: &random)
                ?? "a.c"
            let source = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                Self.pieces.randomElement(using: &random) ?? ""
            }.joined()
            let files = WorkingFiles(paths: [name]) { _ in Array(source.utf8) }
            await files.load([name])
            func place() -> Int { [0, 1, 1, 2, 2, 3, 5, 9, 40, Int.max].randomElement(using: &random) ?? 1 }
            let word = ["count", "x", "prinft", "vector", "sqrt", "é"].randomElement(using: &random) ?? "x"
            let message = (Self.messages.randomElement(using: &random) ?? "").replacing("NAME", with: word).replacing(
                "OTHER", with: "count")
            let location = SourceLocation(
                file: name, line: Bool.random(using: &random) ? place() : nil,
                column: Bool.random(using: &random) ? place() : nil)
            let fixIt = FixIt(
                file: name, startLine: place(), startColumn: place(), endLine: place(), endColumn: place(),
                replacement: ";")
            let cause = RootCause(
                diagnostic: Diagnostic(
                    severity: .error, message: message, location: location,
                    tool: Self.tools.randomElement(using: &random) ?? .gcc,
                    notes: [.init(message: "change 'let' to 'var' to make it mutable", location: location)],
                    fixIts: Bool.random(using: &random) ? [fixIt] : []))
            for proposal in BuiltinEngine().proposals(for: cause, in: files) {
                let contents = try files.contents(applying: proposal.edits)
                #expect(contents[name] != files[name], "\(proposal.title) changes nothing")
            }
            for suspect in Localization(files: files, isEditable: { _ in true }).suspects(for: cause) {
                guard let text = files[suspect.file] else { continue }
                for window in CodeWindow.windows(for: suspect, in: text, longest: 60) {
                    #expect(window.lines.lowerBound >= 1 && window.lines.upperBound <= text.lineCount)
                    _ = try? ReplyPlacement(text: text, window: window).place(source)
                }
            }
        }
    }
}
