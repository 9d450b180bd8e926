import Specialists

/// JSON, YAML and TOML that no parser would take.
package struct DataFiles: BuiltinSpecialist {
    /// What is wrong with a YAML text (of several documents); nil when nothing is.
    package typealias YAMLReader = @Sendable (String) -> SyntaxFault?

    private let yaml: YAMLReader?

    /// - Parameter yaml: nil leaves YAML unread.
    package init(yaml: YAMLReader?) { self.yaml = yaml }

    enum Format: String, Sendable {
        case json = "JSON", lenientJSON = "JSON with comments", yaml = "YAML", toml = "TOML"
    }

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isFile, let text = file.text, text.isText, let format = Self.format(of: file),
            !TestMaterial.isMeantToBeBroken(file.path), let fault = fault(in: text, format)
        else { return [] }
        // What was broken in the same way before isn't this change's doing.
        if !file.isNew, let before = file.previous, self.fault(in: before, format)?.message == fault.message {
            return []
        }
        let name = format == .lenientJSON ? "json" : format.rawValue.lowercased()
        return [
            file.finding(
                "syntax/\(name)", .error, line: fault.line, column: fault.column,
                "This isn't \(format.rawValue): \(fault.message)", evidence: text.line(fault.line),
                suggestion: "")
        ]
    }

    private func fault(in text: SourceText, _ format: Format) -> SyntaxFault? {
        let bytes = text.bytes
        // An empty file says nothing: placeholders and fixtures are empty.
        guard bytes.contains(where: { $0 > 0x20 }) else { return nil }
        let first: SyntaxFault?
        switch format {
        case .json:
            let start = bytes.first { $0 > 0x20 }
            first = JSONSyntax(allowsComments: start == UInt8(ascii: "/")).fault(in: bytes)
        case .lenientJSON: first = JSONSyntax(allowsComments: true).fault(in: bytes)
        case .toml: first = TOMLSyntax.fault(in: bytes)
        case .yaml: first = yaml?(text.string)
        }
        guard var found = first, !TestMaterial.isTemplate(text, near: found.line) else { return nil }
        if found.line > text.lineCount { (found.line, found.column) = (text.lineCount, nil) }
        return found
    }

    /// What a file's name says that it is; nil for anything else.
    static func format(of file: ChangedFile) -> Format? {
        let name = file.name.lowercased()
        let folders = file.path.split(separator: "/").dropLast()
        switch file.ending {
        case "json", "geojson", "webmanifest", "ipynb", "har", "avsc":
            let isLenient =
                lenient.contains(name) || lenientBeginnings.contains { name.hasPrefix($0) }
                || folders.contains { $0 == ".vscode" || $0 == ".devcontainer" || $0 == ".zed" }
            return isLenient ? .lenientJSON : .json
        case "jsonc", "code-workspace", "code-snippets", "sublime-project", "sublime-settings", "hujson":
            return .lenientJSON
        // Helm's templates become YAML only when they are filled in.
        case "yaml", "yml": return folders.last == "templates" ? nil : .yaml
        case "toml": return .toml
        default:
            if name == "cargo.lock" || name == "poetry.lock" || name == "uv.lock" || name == "pipfile" { return .toml }
            if name == "package.resolved" || name == "composer.lock" || name == "pipfile.lock" { return .json }
            return name == ".clang-format" || name == ".clang-tidy" ? .yaml : nil
        }
    }

    private static let lenient: Set<String> = [
        "devcontainer.json", ".eslintrc.json", ".swcrc", "api-extractor.json", "turbo.json", "nx.json", "deno.json",
        "biome.json", "typedoc.json", ".hintrc", "language-configuration.json", "angular.json", ".jshintrc",
        "babel.config.json",
        "renovate.json", ".markdownlint.json", "settings.json", "launch.json", "keybindings.json", "cspell.json",
        "wrangler.json", "pyrightconfig.json", "oxlintrc.json", ".oxlintrc.json", "rush.json",
    ]
    private static let lenientBeginnings = ["tsconfig", "jsconfig", ".babelrc", "appsettings", "tslint"]
}

/// Files that are wrong on purpose, or only become what their name says.
enum TestMaterial {
    private static let folders: Set<String> = [
        "testdata", "test-data", "test_data", "fixtures", "__fixtures__", "fixture", "snapshots", "__snapshots__",
        "baddata", "invalid", "corpus", "malformed", "bad", "broken", "cookiecutter",
    ]

    /// Whether a path says that what lies there feeds tests.
    static func isMeantToBeBroken(_ path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/").map(String.init)
        guard !parts.contains(where: { $0.contains("{{") }) else { return true }
        if parts.dropLast().contains(where: folders.contains) { return true }
        // `tests/data/…`
        return zip(parts, parts.dropFirst()).contains {
            ["test", "tests", "spec"].contains($0) && ["data", "cases", "inputs", "parser", "ui"].contains($1)
        }
    }

    /// Whether there are placeholders that something fills in before the text is read: `{{…}}`, `{%…%}`, `<%…%>`,
    /// `@NAME@`. Those that begin with a dollar sign, as workflows have them, stay in the text.
    static func isTemplate(_ text: SourceText, near line: Int) -> Bool {
        hasPlaceholder(text.bytes[...])
            || text.line(line).split(separator: "@", omittingEmptySubsequences: false).dropFirst().dropLast().contains {
                !$0.isEmpty && $0.allSatisfy { $0.isUppercase || $0 == "_" || $0.isNumber }
            }
    }

    /// The same of a program, whose strings may hold such signs elsewhere: only the lines around one are looked at.
    static func isTemplate(_ text: SourceText, around line: Int) -> Bool {
        text.range(ofLines: (line - 1)...(line + 1)).map { hasPlaceholder(text.bytes[$0]) } ?? false
    }

    private static func hasPlaceholder(_ bytes: ArraySlice<UInt8>) -> Bool {
        // Nested tables or dictionaries of a program look alike: only with its counterpart in the same line.
        return bytes.split(separator: 0x0A).contains { line in
            var isOpen = (braces: false, percent: false)
            var last: UInt8 = 0
            var beforeLast: UInt8 = 0
            for byte in line {
                switch (last, byte) {
                case (UInt8(ascii: "<"), UInt8(ascii: "%")): return true
                case (UInt8(ascii: "{"), UInt8(ascii: "{")) where beforeLast != UInt8(ascii: "$"): isOpen.braces = true
                case (UInt8(ascii: "{"), UInt8(ascii: "%")) where beforeLast != UInt8(ascii: "$"): isOpen.percent = true
                case (UInt8(ascii: "}"), UInt8(ascii: "}")) where isOpen.braces: return true
                case (UInt8(ascii: "%"), UInt8(ascii: "}")) where isOpen.percent: return true
                default: break
                }
                (beforeLast, last) = (last, byte)
            }
            return false
        }
    }
}
