import Diagnostics

extension Gate {
    /// The gate for what fails now.
    ///
    /// - Parameter commands: what is run, the check behind the command included: the test files that it names are the failure's.
    init(
        rules: GateRules, causes: [RootCause], files: WorkingFiles, commands: String,
        suspect: ChangeUnderRepair = ChangeUnderRepair(),
        holdsKnown: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.init(
            rules: rules, taskFiles: Self.taskFiles(of: causes),
            failure: FailureTraits(causes, files: files, command: commands), suspect: suspect, commands: commands,
            holdsKnown: holdsKnown)
    }

    /// The same rules for what fails once a candidate has been accepted: behind a mended compile error stand the tests.
    func renewed(for causes: [RootCause], files: WorkingFiles) -> Gate {
        Gate(rules: rules, causes: causes, files: files, commands: commands, suspect: suspect, holdsKnown: holdsKnown)
    }

    /// A file in which a tool found an error of form is the task itself, whatever it is called; a failed assertion isn't one.
    static func taskFiles(of causes: [RootCause]) -> Set<String> {
        Set(
            causes.filter {
                $0.diagnostic.test == nil
                    && !Localization.looksLikeAssertion($0.diagnostic.message, code: $0.diagnostic.code)
                    && !($0.diagnostic.location.map { looksLikeTest($0.file) } ?? false
                        && [.python, .pytest, .unittest, .node].contains($0.diagnostic.tool)
                        && !isSyntaxError($0.diagnostic))
            }.compactMap { $0.diagnostic.location?.file })
    }

    private static func isSyntaxError(_ diagnostic: Diagnostic) -> Bool {
        ["SyntaxError", "IndentationError", "TabError"].contains(diagnostic.code ?? "")
    }
}
