/// Making a build go on after its first error, so that one run shows all root causes.
package enum KeepGoing {
    private static let metacharacters = Set<Character>("|&;<>()$`\\\"'*?[]#~{}!\n")

    /// The command with the flag that makes its tool keep going; nil when the command is more than a plain call of a tool
    /// that has one, or already has it. Not for `cmake --build`: what make understands by a flag behind its `--` isn't
    /// what ninja does, and the command doesn't say which it calls.
    package static func command(_ command: String) -> String? {
        guard !command.contains(where: metacharacters.contains) else { return nil }
        let words = command.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard let program = words.first?.split(separator: "/").last.map(String.init) else { return nil }
        let rest = Array(words.dropFirst())
        switch program {
        case "make", "gmake":
            return with(["-k"], unless: ["-k", "--keep-going", "-S", "--no-keep-going", "--stop"], words)
        case "ninja", "samu":
            return rest.contains { $0.hasPrefix("-k") } ? nil : with(["-k", "0"], unless: ["-t"], words)
        case "cargo":
            switch rest.first {
            case "build", "b", "check", "c", "clippy": return insert("--keep-going", afterVerbOf: words)
            case "test", "t": return insert("--no-fail-fast", afterVerbOf: words)
            default: return nil
            }
        case "mvn", "mvnw":
            return with(["-fae"], unless: ["-fae", "-fn", "-ff", "--fail-at-end", "--fail-never"], words)
        case "gradle", "gradlew": return with(["--continue"], unless: ["--continue", "--no-continue"], words)
        case "bazel", "bazelisk":
            guard let verb = rest.first, verb == "build" || verb == "test" else { return nil }
            return insert("--keep_going", afterVerbOf: words)
        default: return nil
        }
    }

    private static func with(_ flags: [String], unless present: [String], _ words: [String]) -> String? {
        guard !words.contains(where: present.contains) else { return nil }
        return ([words[0]] + flags + words.dropFirst()).joined(separator: " ")
    }

    /// Before a `--`, behind which everything belongs to the program that is run.
    private static func insert(_ flag: String, afterVerbOf words: [String]) -> String? {
        guard !words.contains(flag) else { return nil }
        return (words.prefix(2) + [flag] + words.dropFirst(2)).joined(separator: " ")
    }
}
