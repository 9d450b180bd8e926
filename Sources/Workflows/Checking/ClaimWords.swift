/// The phrases by which a claim's kind is told, in small letters and without apostrophes.
enum ClaimWords {
    static let operatorSigns: Set<Character> = ["<", ">", "=", "!", "+", "-", "*", "/", "%", "&", "|", "^"]

    static let secrets = ["secret", "password", "token", "credential", "credentials", "key"]
    static let undefined = [
        "not defined", "isnt defined", "is undefined", "undefined variable", "undefined function", "undefined name",
        "never defined", "not declared", "undeclared", "not imported", "isnt imported", "missing import",
        "not in scope",
        "undefined", "which does not exist", "missing the ` class definition", "missing the ` function definition",
        "missing the definition", "missing definition", "isnt declared", "never declared",
    ]
    static let uninitialised = [
        "initialized before use", "initialised before use", "initialized before being used", "not initialized",
        "uninitialized", "not initialised", "uninitialised", "never initialized",
        "without initialization",
        "isnt initialized", "before initialization", "not been initialized", "before it is initialized",
    ]
    static let unused = [
        "not used", "unused", "never used", "isnt used", "never referenced", "not referenced", "is not being used",
        "never read",
    ]
    /// A result that nobody uses isn't a name that nobody uses.
    static let results = [
        "return value", "result of", "value returned", "returned value", "value is never used", "value is not used",
    ]
    /// The marks of a comparison, taken for code.
    static let marks = ["starts with a plus", "plus sign at the beginning", "begins with a plus", "leading plus"]
    static let missingReturn = [
        "missing return", "missing a return", "missing return statement", "no return", "does not return",
        "doesnt return",
        "lacks a return",
    ]
    static let missingCheck = [
        "check", "checks", "checked", "checking", "unchecked", "dereference", "dereferenced", "dereferencing",
        "validate",
        "validated", "handle", "handled",
    ]
    static let missingErrorCheck = [
        "does not return an error", "not checked", "isnt checked", "unchecked", "without checking", "does not check",
        "error check", "error checking", "error handling", "not handled", "ignored", "ignores",
    ]
    static let nothing = ["null", "none", "nil", "nullptr", "undefined"]
    static let nothingInCode: Set<String> = ["NULL", "null", "None", "nil", "nullptr", "undefined"]
    static let signature = [
        "signature", "function definition", "function declaration", "function header", "return type", "type hint",
        "type hints", "type annotation", "docstring",
    ]
    static let blame = [
        "missing", "incorrect", "wrong", "invalid", "should be", "should return", "should have", "lacks", "must be",
    ]
    /// Words that tie a claim to a consequence.
    static let reasons = [
        "because", "since", "caller", "callers", "called", "breaks", "crash", "crashes", "overflow", "leak", "leaks",
        "shared between", "mutable", "returns", "never", "always", "fails", "raises", "throws", "lost",
    ]

    /// What is claimed, and what code must mention for that; parts of words, in small letters.
    static let needs: [(claimed: [String], needed: [String])] = [
        (
            ["sql injection", "sql"],
            [
                "sql", "query", "select", "insert", "update", "delete", "execute", "cursor", "database", "db", "where",
                "prepare",
            ]
        ),
        (
            ["command injection", "shell injection", "arbitrary commands"],
            ["system", "exec", "popen", "spawn", "subprocess", "shell", "eval", "command", "cmd", "run", "bash", "sh"]
        ),
        (
            ["xss", "cross site scripting"],
            ["html", "dom", "render", "template", "response", "document", "href", "script", "write", "send"]
        ),
        (["format string"], ["print", "format", "log", "warn", "err", "scan", "syslog"]),
        (["path traversal"], ["path", "file", "open", "dir", "join", "read", "write", "url"]),
        (
            ["deadlock", "race condition"],
            ["lock", "thread", "mutex", "async", "await", "atomic", "queue", "spawn", "fork", "go"]
        ),
        (
            ["use after free", "double free"],
            ["free", "delete", "release", "close", "destroy", "drop", "unref", "put", "realloc"]
        ),
    ]
}

extension FindingClaim {
    /// Whether it says that the code isn't well formed, in a way that a parser would have seen.
    var isAboutSyntax: Bool {
        if says(["syntax error", "invalid syntax", "does not parse", "doesnt parse", "syntactically"]) { return true }
        let isMissing = says([
            "missing", "lacks", "lack", "without", "needs", "expected", "requires", "should end", "should have",
            "forgot",
        ])
        if isMissing, says(["colon", "semicolon", "return type", "function body"]) { return true }
        if says(["parenthesis", "parentheses", "brace", "braces", "bracket", "brackets"]) {
            // Missing ones around a part of a condition may parse and mean something else.
            return says([
                "closing", "opening", "unclosed", "unbalanced", "unmatched", "mismatched", "not closed", "used with",
            ])
        }
        return says(["indentation", "indented", "indent"])
            && !says(["loop", "block", "branch", "body", "never", "always", "inside", "outside"])
    }

    /// Whether it gives advice and names nothing that goes wrong.
    var isAdvice: Bool {
        // What would go wrong if something that nobody sees were so.
        if says([
            "if the input is not", "if it is not properly", "if not properly", "is not properly", "are not properly",
        ]) {
            return true
        }
        let asksToConsider =
            says([
                "consider", "might not be intended", "may not be intended", "could be improved", "best practice",
                "readability",
                "readable", "naming", "naming convention", "style", "docstring", "type hint", "type hints",
                "type annotation",
                "comment", "comments", "documentation", "magic number", "clarity", "descriptive", "hardcoded string",
                "does not provide any information", "unnecessary", "redundant", "can be removed", "simplified",
                "more robust",
                "potential security risk", "unexpected behavior",
            ]) || advice.hasPrefix(" consider ")
        return asksToConsider && !says(ClaimWords.consequences)
    }
}

extension ClaimWords {
    static let consequences = [
        "crash", "crashes", "overflow", "overflows", "out of bounds", "out of range", "infinite", "leak", "leaks",
        "deadlock",
        "race", "always true", "always false", "never true", "off by one", "division by zero", "divide by zero",
        "wrong result", "wrong value", "lost", "use after free", "double free", "inverted", "reversed", "swapped",
        "one too",
        "wrong order", "instead of", "injection",
    ]
}
