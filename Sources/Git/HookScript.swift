import CLibgit2

/// The script that stands in a hook's place: plain sh, which finds teamfix and gets out of the way when it is gone. Pure.
package struct HookScript: Sendable, Hashable {
    package var stage: HookStage
    /// What follows `teamfix hook run STAGE`.
    package var options: [String]
    /// Where teamfix is when it isn't on the path.
    package var program: String
    /// Whether an earlier hook was moved aside, and runs first.
    package var chains = false
    /// Whether the folder was made for it.
    package var madeFolder = false

    package init(stage: HookStage, options: [String], program: String) {
        self.stage = stage
        self.options = options
        self.program = program
    }

    /// What an earlier hook's name gets at its end.
    package static let asideSuffix = ".before-teamfix"

    private static let mark = "# teamfix-hook 1 "
    private static let sumMark = "# teamfix-hook-sum "

    /// The whole script. Its last line is a checksum of what stands above, by which a later edit is noticed.
    package func text() throws(GitError) -> String {
        let body = lines.map { $0 + "\n" }.joined()
        return try body + Self.sumLine(body)
    }

    /// What a file is.
    package enum Reading: Sendable, Hashable {
        /// Somebody else's.
        case foreign
        /// Teamfix's, as it was written.
        case intact(chains: Bool, madeFolder: Bool)
        /// Teamfix's, but changed since.
        case edited
    }

    package static func read(_ bytes: [UInt8]) throws(GitError) -> Reading {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let line = text.split(separator: "\n").prefix(5).first(where: { $0.hasPrefix(mark) }) else {
            return .foreign
        }
        let body = text.utf8.dropLast(Self.sumLength)
        guard Array(text.utf8) == bytes, let above = String(body), try above + sumLine(above) == text else {
            return .edited
        }
        let words = line.split(separator: " ")
        return .intact(chains: words.contains("chains=yes"), madeFolder: words.contains("made-folder=yes"))
    }

    /// The bytes of the last line.
    private static let sumLength = sumMark.utf8.count + 41

    private static func sumLine(_ text: String) throws(GitError) -> String {
        try Library.load()
        try check("git_libgit2_init", Library.started)
        var id = git_oid()
        try check("git_odb_hash", git_odb_hash(&id, text, text.utf8.count, GIT_OBJECT_BLOB))
        return sumMark + ObjectID(id).hex + "\n"
    }

    private var lines: [String] {
        let call = (["\"$teamfix\" hook run", stage.rawValue] + options.map(Self.quoted)).joined(separator: " ")
        let before: [String]
        let review: String
        switch stage {
        case .preCommit:
            before = earlier("\"$earlier\" \"$@\"")
            review = call + " </dev/null"
        case .commitMessage:
            before = earlier("\"$earlier\" \"$@\"")
            review = call + " -- \"$@\" </dev/null"
        case .prePush:
            // What is pushed stands on standard input, once: both get all of it. The dot keeps the last line's end.
            before =
                ["refs=$(cat; printf .)", "refs=${refs%.}"] + earlier("printf '%s' \"$refs\" | \"$earlier\" \"$@\"")
            review = "printf '%s' \"$refs\" | " + call + " --stdin -- \"$@\""
        }
        let name = Self.quoted(program)
        return [
            "#!/bin/sh",
            Self.mark + "chains=\(chains ? "yes" : "no") made-folder=\(madeFolder ? "yes" : "no")",
            "# \"teamfix hook install\" made this, \"teamfix hook uninstall\" takes it away. To go without it once: TEAMFIX_SKIP=1",
        ] + before + [
            "case ${TEAMFIX_SKIP:-0} in 0) ;; *) exit 0 ;; esac",
            "teamfix=$(command -v teamfix 2>/dev/null) || teamfix=\(name)",
            "if [ ! -x \"$teamfix\" ]; then",
            "    echo 'teamfix: not found, so nothing was reviewed; install it, or remove this hook (see its first lines)' >&2",
            "    exit 0",
            "fi",
            review,
            "# 1 is a finding that stops it; nothing else that may go wrong in teamfix does.",
            "[ $? -ne 1 ]",
        ]
    }

    private func earlier(_ call: String) -> [String] {
        guard chains else { return [] }
        return [
            "earlier=$0\(Self.asideSuffix)", "if [ -f \"$earlier\" ] && [ -x \"$earlier\" ]; then",
            "    \(call) || exit $?", "fi",
        ]
    }

    /// The text as one word of a shell's.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || [45, 46, 47, 61, 95].contains($0)
            }
        return isPlain
            ? text
            : "'"
                + text.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''") + "'"
    }
}
