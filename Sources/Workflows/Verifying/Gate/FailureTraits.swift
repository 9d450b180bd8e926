import Diagnostics

/// What the gate knows of the failure: the names that it is about, and the values that the failing tests mention.
package struct FailureTraits: Sendable, Equatable {
    /// Functions that the failing tests call and names that messages quote.
    var names: Set<String> = []
    /// Names that the build says are missing.
    var missing: Set<String> = []
    /// The literals of each statement of the failing tests.
    var testStatements: [Set<String>] = []
    /// Where checks fail: 1-based lines by file.
    var failingChecks: [String: Set<Int>] = [:]

    package init() {}

    /// The most statements of tests that are looked at.
    private static let mostStatements = 4_000

    package init(_ causes: [RootCause], files: WorkingFiles, command: String) {
        var testFiles: [String] = []
        func addTest(_ path: String) {
            if !testFiles.contains(path), testFiles.count < 4 { testFiles.append(path) }
        }
        for cause in causes {
            let diagnostic = cause.diagnostic
            let quoted = SuggestionRule.quoted(in: diagnostic.message).compactMap(Self.plainName)
            names.formUnion(quoted)
            if Self.tellsOfMissing(diagnostic.message) { missing.formUnion(quoted) }
            let isCheck =
                diagnostic.test != nil || Localization.looksLikeAssertion(diagnostic.message, code: diagnostic.code)
            if isCheck, let place = diagnostic.location, let line = place.line {
                failingChecks[place.file, default: []].insert(line)
            }
            for place in ([diagnostic.location] + diagnostic.notes.prefix(10).map(\.location)).compactMap({ $0 }) {
                guard let line = place.line, let text = files[place.file] else { continue }
                if isCheck || looksLikeTest(place.file) {
                    addTest(place.file)
                    names.formUnion(Self.calls(in: text.line(line), of: place.file))
                }
            }
        }
        for path in Self.tests(namedIn: command) { addTest(path) }
        for path in testFiles {
            if let text = files[path] { readStatements(TokenizedFile(path: path, text: text)) }
        }
    }

    /// The test files that a command names.
    static func tests(namedIn command: String) -> [String] {
        command.split(whereSeparator: { " ;&|()<>='\"".contains($0) }).map { word in
            String(word.hasPrefix("./") ? word.dropFirst(2) : word)
        }.filter(looksLikeTest)
    }

    private static func plainName(_ text: String) -> String? {
        let name = text.prefix { $0 != "(" && $0 != "<" }.split(whereSeparator: { ".:".contains($0) }).last.map(
            String.init)
        guard let name, name.count > 1, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
            !Keywords.all.contains(name)
        else { return nil }
        return name
    }

    private static func tellsOfMissing(_ message: String) -> Bool {
        let lower = message.lowercased()
        return [
            "undefined", "undeclared", "not defined", "no module named", "cannot find", "can't find", "unresolved",
            "implicit declaration", "not found", "has no attribute", "has no member", "no such module", "no such file",
            "cannot import",
        ].contains(where: lower.contains)
    }

    private static func calls(in line: String, of path: String) -> [String] {
        let file = TokenizedFile(path: path, text: SourceText(line))
        let words = file.code.map(file.string)
        return words.indices.dropLast().filter {
            words[$0 + 1] == "(" && file.code[$0].kind == .identifier && !Keywords.all.contains(words[$0])
                && !CheckNames.isCheck(words[$0])
        }.map { words[$0] }
    }

    private mutating func readStatements(_ file: TokenizedFile) {
        var depth = 0
        var line = 0
        var literals: Set<String> = []
        for token in file.code {
            let place = file.line(of: token)
            if place != line, depth <= 0 {
                close(&literals)
                depth = 0
            }
            line = place
            switch token.kind {
            case .number, .string: literals.insert(plainLiteral(file.string(token)))
            case .punctuation:
                let mark = file.string(token)
                if "([{".contains(mark) { depth += 1 }
                if ")]}".contains(mark) { depth -= 1 }
                if mark == ";" { close(&literals) }
            default: break
            }
        }
        close(&literals)
    }

    private mutating func close(_ literals: inout Set<String>) {
        if !literals.isEmpty, testStatements.count < Self.mostStatements { testStatements.append(literals) }
        literals = []
    }
}

/// A literal without its quotes, so that `'a'` and `"a"` are one.
func plainLiteral(_ text: String) -> String {
    guard let first = text.first, "\"'`".contains(first) else { return text }
    return "\"" + text.trimmingPrefix { $0 == first }.reversed().drop { $0 == first }.reversed()
}

/// What test frameworks call their checks.
enum CheckNames {
    private static let names: Set<String> = [
        "assert", "static_assert", "_Static_assert", "debug_assert", "debug_assert_eq", "debug_assert_ne", "assert_eq",
        "assert_ne", "precondition", "XCTFail", "AssertionError",
    ]
    private static let prefixes = ["XCTAssert", "XCTUnwrap", "EXPECT_", "ASSERT_", "assert_", "g_assert"]

    /// Whether a name is a check's.
    static func isCheck(_ name: String) -> Bool {
        names.contains(name) || prefixes.contains(where: name.hasPrefix)
            || name.hasPrefix("assert") && name.dropFirst(6).first?.isUppercase == true
    }

    /// What makes a failed check count: who redefines one of these lets nothing fail.
    static let pillars: Set<String> = [
        "assert", "abort", "exit", "_exit", "expect", "precondition", "preconditionFailure", "fatalError",
        "__assert_fail", "__assert_rtn", "panic", "NDEBUG", "return", "if", "main",
    ]
}
