import Diagnostics

/// Runs of only the tests that failed: quicker while a fix is searched for, and never a proof of one.
enum NarrowedTests {
    /// A build that takes less isn't worth a second one, in seconds.
    static let leastDuration = 2.0
    /// The most tests that a command names.
    private static let mostTests = 24

    /// The command that runs only the failing tests; nil when it isn't understood, or no test has a name.
    static func command(_ command: String, failing causes: [Diagnostic]) -> String? {
        // A shell's words only where they are plain: no quotes, no variables, nothing that joins commands.
        let plain = command.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || " ./_-=:,+@".utf8.contains(byte)
        }
        let words = command.split(separator: " ").map(String.init)
        guard plain, let first = words.first, !causes.isEmpty, causes.allSatisfy({ $0.test != nil }) else { return nil }
        let tests = causes.compactMap(\.test).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard tests.count <= mostTests else { return nil }
        let rest = Array(words.dropFirst())
        switch first.split(separator: "/").last.map(String.init) ?? first {
        case "pytest", "py.test": return pytest(words, tests)
        case "python", "python3":
            guard let flag = rest.firstIndex(of: "-m"), flag + 1 < rest.count,
                rest[..<flag].allSatisfy({ ["-B", "-I", "-u", "-E", "-s", "-X", "dev"].contains($0) })
            else { return nil }
            switch rest[flag + 1] {
            case "pytest": return pytest(words, tests)
            case "unittest": return unittest(words, tests)
            default: return nil
            }
        case "swift": return rest.first == "test" ? swift(words, causes) : nil
        case "cargo": return rest.first == "test" || rest.first == "t" ? cargo(words, tests) : nil
        case "go": return rest.first == "test" ? go(words, tests) : nil
        default: return nil
        }
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 == 0x5f || isLetterOrDigit($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    /// By the functions' names: what pytest prints doesn't always say which file they are in, and names of several files
    /// only make the run a little longer.
    private static func pytest(_ words: [String], _ tests: [String]) -> String? {
        guard !words.contains(where: { $0.hasPrefix("-k") || $0.hasPrefix("--deselect") || $0.contains("::") }) else {
            return nil
        }
        var names: [String] = []
        for test in tests {
            let name = test.split(separator: "[").first.flatMap {
                $0.split(whereSeparator: { ".:".contains($0) }).last
            }
            guard let name, isName(name) else { return nil }
            if !names.contains(String(name)) { names.append(String(name)) }
        }
        return (words + ["-k", "'\(names.joined(separator: " or "))'"]).joined(separator: " ")
    }

    private static func unittest(_ words: [String], _ tests: [String]) -> String? {
        let isDotted = tests.allSatisfy { test in
            let parts = test.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count > 1 && parts.allSatisfy(isName)
        }
        guard isDotted, !words.contains("-k") else { return nil }
        return (words + tests.flatMap { ["-k", $0] }).joined(separator: " ")
    }

    private static func swift(_ words: [String], _ causes: [Diagnostic]) -> String? {
        guard !words.contains(where: { $0 == "--filter" || $0 == "--skip" || $0 == "--" }) else { return nil }
        var filters: [String] = []
        for cause in causes {
            guard var test = cause.test else { return nil }
            if cause.tool == .swiftTesting {
                // A title instead of a function's name can't be filtered by.
                guard test.hasSuffix(")"), let open = test.firstIndex(of: "(") else { return nil }
                test = String(test[..<open])
                guard isName(test) else { return nil }
                filters.append("[./]\(test)[(]")
            } else {
                let parts = test.split { ". ".contains($0) }.suffix(2)
                guard parts.count == 2, parts.allSatisfy(isName) else { return nil }
                filters.append("[.]\(parts.joined(separator: "/"))$")
            }
        }
        let unique = filters.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return (words + unique.flatMap { ["--filter", "'\($0)'"] }).joined(separator: " ")
    }

    private static func cargo(_ words: [String], _ tests: [String]) -> String? {
        let arePaths = tests.allSatisfy { test in
            test.split(separator: ":").allSatisfy(isName)
        }
        // A name that is there already, and what is meant for the test program, are the user's choice.
        let options = words.dropFirst(2)
        guard arePaths, !options.contains("--"), options.allSatisfy({ $0.hasPrefix("-") }) else { return nil }
        return (words + ["--", "--exact"] + tests).joined(separator: " ")
    }

    private static func go(_ words: [String], _ tests: [String]) -> String? {
        let names = tests.map { $0.split(separator: "/").first ?? "" }
        guard names.allSatisfy(isName), !words.contains(where: { $0.hasPrefix("-run") || $0.hasPrefix("--run") }) else {
            return nil
        }
        let unique = names.reduce(into: [Substring]()) { if !$0.contains($1) { $0.append($1) } }
        let flag = ["-run", "'^(\(unique.joined(separator: "|")))$'"]
        return (words.prefix(2) + flag + words.dropFirst(2)).joined(separator: " ")
    }

    /// Why a candidate needs no full run: each test that it is meant to mend fails still; nil when the full run decides.
    static func refusal(after narrowed: BuildObservation, meantFor tests: Set<String>) -> String? {
        guard !narrowed.passed, !tests.isEmpty else { return nil }
        let failing = narrowed.log.errors.filter { $0.test.map(tests.contains) ?? false }
        guard tests.isSubset(of: failing.compactMap(\.test)), let first = failing.first else { return nil }
        return "\(first.test ?? "the test") still fails: \(first.message)"
    }
}
