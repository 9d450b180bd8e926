import Diagnostics

/// What a candidate may change, whatever the build says of it.
package struct GateRules: Sendable, Equatable {
    /// Globs of files that no candidate may touch; they win over everything else.
    package var protected: [String]
    /// Paths or globs that candidates may touch although they are outside the task or look like tests or build settings.
    package var allowed: [String]
    /// Whether a candidate may restore what the change under repair replaced.
    package var allowsRevert: Bool

    package init(protected: [String] = [], allowed: [String] = [], allowsRevert: Bool = false) {
        self.protected = protected
        self.allowed = allowed
        self.allowsRevert = allowsRevert
    }
}

/// Refuses candidates that would turn a build green without mending anything.
package struct Gate: Sendable {
    let rules: GateRules
    /// The files in which tools reported errors other than failed assertions: the task itself.
    let taskFiles: Set<String>
    /// The files as the last good commit had them; what merely restores them is an undo.
    let before: @Sendable (String) -> SourceText?

    package init(
        rules: GateRules, taskFiles: Set<String>, before: @escaping @Sendable (String) -> SourceText? = { _ in nil }
    ) {
        self.rules = rules
        self.taskFiles = taskFiles
        self.before = before
    }

    /// Whether a file may be edited at all: asked before a model is bothered with it.
    package func mayEdit(_ path: String) -> Bool { refusal(ofPath: path) == nil }

    /// Why a file may not be edited; nil when it may.
    package func refusal(ofPath path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !path.hasPrefix("/"), !parts.contains(".."), !parts.contains(""), parts.first != ".git"
        else {
            return "'\(sanitized(path))' lies outside the repository"
        }
        if rules.protected.contains(where: { Glob($0).matches(path) }) { return "\(path) is protected" }
        if rules.allowed.contains(where: { Glob($0).matches(path) }) { return nil }
        if taskFiles.contains(path) { return nil }
        if Self.isContinuousIntegration(path) {
            return "\(path) configures CI or hooks; --allow \(path) would permit it"
        }
        if looksLikeTest(path) { return "\(path) is a test; --allow \(path) would permit it" }
        if Self.isBuildSetting(path) { return "\(path) is a build setting; --allow \(path) would permit it" }
        return nil
    }

    /// Why a candidate is refused; nil when it may be verified.
    package func refusal(of candidate: Candidate, against files: WorkingFiles, scope: Set<String>) -> String? {
        for path in candidate.files {
            if let reason = refusal(ofPath: path) { return reason }
            guard
                scope.contains(path) || taskFiles.contains(path)
                    || rules.allowed.contains(where: { Glob($0).matches(path) })
            else {
                return "\(path) is outside the task; --allow \(path) would permit it"
            }
        }
        for (path, text) in candidate.contents {
            guard let old = files[path] else { return "\(path) isn't a tracked text file" }
            if let reason = refusal(from: old, to: text, path: path, isBuiltin: candidate.model == nil) {
                return reason
            }
        }
        return nil
    }

    private func refusal(from old: SourceText, to new: SourceText, path: String, isBuiltin: Bool) -> String? {
        // The built-in engine's edits are its own rules; conflict markers, for one, delete a whole side. And a slip that was
        // just typed is mended as the compiler says, though that is what stood there before.
        if isBuiltin { return nil }
        if !rules.allowsRevert, let earlier = before(path), earlier == new, earlier != old {
            return "it merely undoes the change under repair in \(path); --allow-revert would permit it"
        }
        let oldCode = codeSize(old, path)
        let newCode = codeSize(new, path)
        if oldCode - newCode > 25, Double(newCode) < Double(oldCode) * 0.75 {
            return "it deletes more than it mends: \(oldCode - newCode) of \(oldCode) tokens of \(path)"
        }
        let (before, after) = (squeezed(old), squeezed(new))
        if let trick = Self.tricks.first(where: { count(of: $0.text, in: after) > count(of: $0.text, in: before) }) {
            return "it \(trick.what) in \(path)"
        }
        return nil
    }

    private func codeSize(_ text: SourceText, _ path: String) -> Int {
        TokenizedFile(path: path, text: text).code.count
    }

    /// With every run of white space as one space: a trick over two lines is the same trick.
    private func squeezed(_ text: SourceText) -> String {
        text.string.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func count(of needle: String, in text: String) -> Int { text.ranges(of: needle).count }

    private static let tricks: [(text: String, what: String)] = [
        ("#if 0", "switches code off"), ("sys.exit(", "leaves early with success"),
        ("SystemExit", "leaves early with success"),
        ("quit()", "leaves early with success"), ("exit(0)", "leaves early with success"),
        ("exit(EXIT_SUCCESS)", "leaves early with success"),
        ("os._exit(0)", "leaves early with success"),
        ("_Exit(0)", "leaves early with success"), ("quick_exit(0)", "leaves early with success"),
        ("process.exit(0)", "leaves early with success"),
        ("pytest.skip", "skips a test"), ("pytest.mark.skip", "skips a test"), ("pytest.mark.xfail", "excuses a test"),
        ("unittest.skip", "skips a test"), ("unittest.mock", "replaces code by a mock"), ("XCTSkip", "skips a test"),
        (".disabled(", "skips a test"), ("#[ignore]", "skips a test"),
        ("t.Skip(", "skips a test"), ("it.skip(", "skips a test"), ("test.skip(", "skips a test"),
        ("describe.skip(", "skips a test"),
        ("@Disabled", "skips a test"), ("@Ignore", "skips a test"), ("|| true", "hides a failing command"),
        ("#pragma GCC diagnostic ignored", "silences a diagnostic"),
        ("#pragma clang diagnostic ignored", "silences a diagnostic"),
        ("@ts-ignore", "silences a diagnostic"), ("@ts-nocheck", "silences a diagnostic"),
        ("# type: ignore", "silences a diagnostic"),
        ("except: pass", "swallows every exception"), ("except Exception: pass", "swallows every exception"),
        ("except BaseException", "swallows every exception"), ("__eq__", "makes comparisons lie"),
    ]

    static func isContinuousIntegration(_ path: String) -> Bool {
        let lower = path.lowercased()
        return [".github/", ".gitlab/", ".circleci/", ".ci/", ".husky/", ".githooks/", ".buildkite/", ".teamfix"]
            .contains { lower.hasPrefix($0) }
            || [
                ".gitlab-ci.yml", ".travis.yml", "jenkinsfile", "azure-pipelines.yml", ".pre-commit-config.yaml",
                "lefthook.yml", ".gitattributes",
                ".gitmodules", "appveyor.yml",
            ].contains(lower)
    }

    static func isBuildSetting(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        return [
            "makefile", "gnumakefile", "cmakelists.txt", "package.swift", "package.json", "package-lock.json",
            "cargo.toml", "cargo.lock",
            "build.rs", "go.mod", "go.sum", "pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle",
            "pyproject.toml", "setup.py",
            "setup.cfg", "tox.ini", "pytest.ini", "requirements.txt", "tsconfig.json", "meson.build", "build.ninja",
            "configure", "configure.ac",
            "makefile.am", "conftest.py", "sitecustomize.py", "usercustomize.py",
        ].contains(name) || name.hasSuffix(".mk") || name.hasSuffix(".cmake") || name.hasSuffix(".gradle")
            || name.hasSuffix(".pth")
    }
}

/// A path pattern as `.gitignore` reads it: `*` within a name, `**` over folders, `?` for a character; without a slash it
/// matches the name in any folder; a folder matches all that it holds.
package struct Glob: Sendable {
    private let pattern: [Character]
    private let matchesName: Bool
    private let isFolder: Bool

    package init(_ pattern: String) {
        var text = pattern
        if text.hasPrefix("./") { text.removeFirst(2) }
        matchesName = !text.dropLast().contains("/")
        if text.hasPrefix("/") { text.removeFirst() }
        isFolder = text.hasSuffix("/")
        if isFolder { text.removeLast() }
        self.pattern = Array(text)
    }

    package func matches(_ path: String) -> Bool {
        if matchesName {
            let names = path.split(separator: "/")
            return names.dropLast(isFolder ? 1 : 0).contains { Self.match(pattern[...], Array($0)[...]) }
        }
        if !isFolder, Self.match(pattern[...], Array(path)[...]) { return true }
        return Self.match((pattern + Array("/**"))[...], Array(path)[...])
    }

    /// Goes through the pattern once, and keeps every place of the path that it may have come to.
    private static func match(_ pattern: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
        let path = Array(path)
        var reached = [true] + [Bool](repeating: false, count: path.count)
        var rest = pattern
        var isNameStart = true
        while let next = rest.popFirst() {
            var now = [Bool](repeating: false, count: path.count + 1)
            if next == "*", rest.first == "*" {
                rest = rest.dropFirst()
                // `**/x` also matches `x` itself, and only whole folders before it.
                let isFolders = isNameStart && rest.first == "/"
                if isFolders { rest = rest.dropFirst() }
                var wasReached = false
                for place in 0...path.count {
                    now[place] = reached[place] || wasReached && (!isFolders || path[place - 1] == "/")
                    wasReached = wasReached || reached[place]
                }
                isNameStart = isFolders
            } else {
                for place in 0...path.count {
                    switch next {
                    case "*": now[place] = reached[place] || place > 0 && now[place - 1] && path[place - 1] != "/"
                    case "?": now[place] = place > 0 && reached[place - 1] && path[place - 1] != "/"
                    default: now[place] = place > 0 && reached[place - 1] && path[place - 1] == next
                    }
                }
                isNameStart = next == "/"
            }
            reached = now
        }
        return reached[path.count]
    }
}
