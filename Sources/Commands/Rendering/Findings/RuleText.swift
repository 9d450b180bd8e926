/// What a rule looks for, for people who see its name for the first time.
struct RuleText: Sendable, Equatable {
    /// A sentence without a full stop.
    var title: String
    /// What it means and what to do.
    var help: String

    /// The text for a rule's id; by its family where the rule has none of its own.
    init(rule: String) {
        if let known = Self.rules[rule] {
            self = known
            return
        }
        let family = String(rule.prefix { $0 != "/" })
        let name = rule.dropFirst(family.count + 1)
        if let known = Self.families[family] {
            self = known
            if !name.isEmpty { title += ": \(name.replacing("-", with: " "))" }
        } else {
            title = "Found by \(rule)"
            help = "A check of this name reported it; the message of each finding says what is wrong."
        }
    }

    private init(_ title: String, _ help: String) {
        self.title = title
        self.help = help
    }

    private static let families: [String: RuleText] = {
        var texts = [
            "conflict": RuleText(
                "An unresolved merge conflict",
                "Conflict markers were left in the file, or git still lists it as conflicted. Resolve it, and add the file."
            ),
            "whitespace": RuleText(
                "White space that git complains about",
                "Git's own check (git diff --check) reports it: core.whitespace and the whitespace attribute decide what counts."
            ),
            "indentation": RuleText(
                "Mixed indentation", "Tabs and spaces indent neighbouring lines; editors show such code differently."),
            "syntax": RuleText("A syntax error", "The language's own compiler or interpreter can't read the file."),
            "secret": RuleText(
                "A secret in the code",
                "It looks like a key, a token or a password. What was committed once is known for good: take it out, and replace it where it is used."
            ),
            "debugging": RuleText(
                "A leftover of debugging", "It stops or spies on the program. Take it out before others run it."),
            "file": RuleText(
                "A file that may not belong into the repository", "Every clone carries every version of it for good."),
            "model": RuleText(
                "A model's finding",
                "A language model reported it. What it quotes is in the file; whether it is right is yours to judge. The confidence says how much speaks for it."
            ),
            "tool": RuleText("A tool's message", "A compiler's or another tool's output says it."),
            "log": RuleText("A message in the build's log", "The log that was given says it of a file that changed."),
        ]
        texts["secrets"] = texts["secret"]
        return texts
    }()

    private static let rules: [String: RuleText] = [
        "file/large": RuleText(
            "A large file", "Every clone carries every version of it for good. Is it meant to be in the repository?"),
        "file/generated": RuleText(
            "A generated file", "It says that a program wrote it. Is it meant to be in the repository?"),
        "file/case-collision": RuleText(
            "Names that differ in case only", "On file systems that ignore case, only one of the files can be there."),
        "model/review": RuleText("A model's finding", families["model"]?.help ?? ""),
    ]
}
