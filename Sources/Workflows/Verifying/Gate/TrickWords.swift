/// Tricks that words give away: switches, marks and comments that make tools look elsewhere.
enum TrickWords {
    static func finding(in change: CodeChange) -> String? {
        let before = directives(change.old, change.hunks.map(\.old))
        let after = directives(change.new, change.hunks.map(\.new))
        if let (text, what) = Self.remarks.first(where: { (after[$0.text] ?? 0) > (before[$0.text] ?? 0) }) {
            return "\(what) ('\(text)')"
        }
        let old = sequences(change.old.words)
        let new = sequences(change.new.words)
        if let found = patterns.first(where: { (new[$0.text] ?? 0) > (old[$0.text] ?? 0) }) { return found.what }
        if change.ending == "py", textsRun(change.new.words) > textsRun(change.old.words) {
            return "runs code from text"
        }
        return weakenedStrictness(change)
    }

    /// How often Python's own `exec` and `eval` are called.
    private static func textsRun(_ words: [String]) -> Int {
        words.indices.dropFirst().dropLast().count { k in
            (words[k] == "exec" || words[k] == "eval") && words[k + 1] == "("
                && words[k - 1] != "." && words[k - 1] != "def"
        }
    }

    /// Marks in comments, and flags that stand inside of strings and scripts.
    private static let remarks: [(text: String, what: String)] =
        [
            "@ts-ignore", "@ts-nocheck", "@ts-expect-error", "eslint-disable", "# type: ignore", "# noqa",
            "pylint: disable",
            "mypy: ignore", "pyright: ignore", "//nolint", "// nolint", "NOLINT", "swiftlint:disable",
            "rubocop:disable",
            "phpcs:ignore", "@SuppressWarnings", "# nosec", "#pragma GCC diagnostic ignored",
            "#pragma GCC diagnostic warning", "#pragma clang diagnostic ignored", "#pragma clang diagnostic warning",
            "_Pragma(\"GCC diagnostic ignored", "_Pragma(\"clang diagnostic ignored", "#pragma warning(disable",
            "#pragma warning( disable", "#pragma warning disable", "#pragma GCC system_header",
            "#pragma clang system_header", "#![allow(", "#[allow(",
        ].map { ($0, "silences a diagnostic") }
        + [
            "-fpermissive", "-Wno-", "-DNDEBUG", "--passWithNoTests", "--no-verify", "continue-on-error",
            "#pragma GCC optimize",
            "set +e",
        ].map { ($0, "weakens a flag") }
        + ["'__eq__'", "\"__eq__\""].map { ($0, "makes comparisons lie") }
        + [
            "doctest: +SKIP", "//go:build ignore", "// +build ignore",
        ].map { ($0, "skips a test") }

    /// What stands in the changed lines and beside them; the rest is the same before and after.
    private static func directives(_ side: CodeChange.Side, _ hunks: [Range<Int>]) -> [String: Int] {
        let all = side.file.text
        // With every run of white space as one space: a trick over two lines is the same trick.
        let texts = hunks.map { hunk in
            all.lines(hunk.lowerBound...(hunk.upperBound + 1)).split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
        }
        return remarks.reduce(into: [:]) { counts, remark in
            counts[remark.text] = texts.reduce(0) { $0 + $1.ranges(of: remark.text).count }
        }
    }

    private struct Pattern {
        var text: String
        var what: String
        var words: [String]

        init(_ text: String, _ what: String) {
            self.text = text
            self.what = what
            let file = TokenizedFile(path: "pattern.js", text: SourceText(text))
            words = file.code.map(file.string)
        }
    }

    private static let patterns: [Pattern] = [
        (
            "skips a test",
            [
                "pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip", "unittest.skip",
                "unittest.skipIf", "self.skipTest(", "raise SkipTest", "XCTSkip", "XCTSkipIf", "XCTSkipUnless",
                ".disabled(", "#[ignore]", "#[ignore =", "t.Skip(", "t.SkipNow(", "t.Skipf(", "it.skip(", "test.skip(",
                "describe.skip(", "it.todo(", "xit(", "xdescribe(", "it.only(", "describe.only(", "@Disabled",
                "@Ignore", "GTEST_SKIP", "__test__ = False", "collect_ignore",
            ]
        ),
        ("excuses a test", ["pytest.mark.xfail", "unittest.expectedFailure", "XCTExpectFailure", "withKnownIssue"]),
        (
            "replaces code by a mock",
            [
                "unittest.mock", "import mock", "MagicMock", "monkeypatch", "jest.mock(", "vi.mock(", "sys.modules[",
                "sys.modules.setdefault", "ModuleType(",
            ]
        ),
        (
            "reaches into the tests that judge it",
            [
                "import pytest", "import _pytest", "setattr(unittest", "unittest.TestCase.", "builtins.",
                "__builtins__",
                "sys.settrace", "sys.excepthook =", "sys.exit =", "os._exit =", "process.exitCode = 0",
                "process.on('uncaughtException'", "process.on(\"uncaughtException\"", "globalThis.expect",
                "globalThis.assert", "console.assert =", "signal.signal(signal.SIGABRT", "signal(SIGABRT",
                "signal(SIGSEGV", "__debug__",
            ]
        ),
        ("hides a failing command", ["|| true", "|| :"]),
        (
            "ends the tests before their end",
            [
                "os.execv", "os.execve", "os.execvp", "os.execvpe", "os.execl", "os.execle", "os.execlp",
                "os.kill(", "os.killpg(", "os.abort(", "os.fork(", "atexit.register", "getattr(os", "SkipTest",
            ]
        ),
        (
            "looks at who calls it",
            ["sys._getframe", "inspect.stack", "inspect.currentframe", "f_locals", "f_back", "co_consts"]
        ),
        ("loads code by its name", ["__import__("]),
        (
            "switches code off",
            [
                "#if 0", "#if false", "if (0)", "if (false)", "if (False)", "if False:", "if 0:", "if false {",
                "while False:",
            ]
        ),
        ("makes a condition constant", ["&& false", "and False", "or True", "&& 0)", "|| 1)"]),
        (
            "redefines what makes a check fail",
            ["#undef assert", "#undef NDEBUG"] + CheckNames.pillars.sorted().map { "#define \($0)" }
        ),
        ("makes a missing function null", ["__attribute__((weak", "#pragma weak"]),
    ].flatMap { what, texts in texts.map { Pattern($0, what) } }

    private static let byFirst = Dictionary(grouping: patterns) { $0.words.first ?? "" }

    /// How often each pattern's tokens stand side by side.
    private static func sequences(_ words: [String]) -> [String: Int] {
        var result: [String: Int] = [:]
        for (k, word) in words.enumerated() {
            for pattern in byFirst[word] ?? [] where words[k...].starts(with: pattern.words) {
                result[pattern.text, default: 0] += 1
            }
        }
        return result
    }

    /// In settings that may be edited because the failure is in them: strictness that goes, failures that are passed over.
    private static func weakenedStrictness(_ change: CodeChange) -> String? {
        guard GuardedPaths.isBuildSetting(change.path) || change.ending == "sh" else { return nil }
        let (before, after) = (change.old.file.text.string, change.new.file.text.string)
        for flag in ["-Werror", "-Wall", "-Wextra", "--strict", "set -e", "pipefail", "-pedantic"]
        where after.ranges(of: flag).count < before.ranges(of: flag).count {
            return "weakens a flag ('\(flag)' goes)"
        }
        func ignored(_ text: String) -> Int { text.ranges(of: "\n\t-").count + text.ranges(of: "\n\t@-").count }
        return ignored(after) > ignored(before) ? "hides a failing command" : nil
    }
}
