import Diagnostics

/// A name that was changed lately, and not everywhere: what uses the old one takes the new one.
struct RenamedNameRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let diagnostic = cause.diagnostic
        let names = Self.names(in: [diagnostic] + cause.cascades)
        guard !files.recent.isEmpty, !names.isEmpty else { return [] }
        var result: [Proposal] = []
        for rename in files.recent.renames.prefix(200) where names.contains(rename.old) {
            if let file = diagnostic.location?.file, let text = files[file] {
                result += uses(rename, TokenizedFile(path: file, text: text), diagnostic.location?.line)
            }
            if result.isEmpty { result += everywhere(rename, files) }
        }
        // The linker misses the new name where the declaration has it and the definition hasn't.
        if diagnostic.tool == .linker {
            for rename in files.recent.renames.prefix(200) where rename.isDeclaration && names.contains(rename.new) {
                result += everywhere(rename, files)
            }
        }
        return result
    }

    private static func names(in diagnostics: [Diagnostic]) -> Set<String> {
        var names: Set<String> = []
        for message in diagnostics.prefix(4).map(\.message) {
            for quoted in SuggestionRule.quoted(in: message) {
                names.formUnion(
                    quoted.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
            }
            if let name = UnknownNameRule.name(in: message) { names.insert(String(name.prefix { $0 != "(" })) }
        }
        return names
    }

    /// The uses in one file: within the function when the change is in it, else all, and at last the one that was named.
    private func uses(_ rename: RecentChanges.Rename, _ file: TokenizedFile, _ line: Int?) -> [Proposal] {
        let uses = file.code.filter { $0.kind == .identifier && file.is($0, rename.old) }
        guard !uses.isEmpty else { return [] }
        var choices: [[Token]] = [uses]
        if let line, let function = CodeBlocks(file).enclosingFunction(of: line), rename.file == file.path,
            function.contains(rename.line)
        {
            choices.insert(uses.filter { function.contains(file.line(of: $0)) }, at: 0)
        }
        if let line { choices.append(uses.filter { file.line(of: $0) == line }) }
        return choices.filter { !$0.isEmpty }.map { chosen in
            proposal(rename, chosen.map { Edit(file: file.path, range: $0.range, replacement: rename.new) })
        }
    }

    /// The uses in all files but the tests, which say how things should be called.
    private func everywhere(_ rename: RecentChanges.Rename, _ files: WorkingFiles) -> [Proposal] {
        var edits: [Edit] = []
        for path in files.loaded where Syntax(file: path) != .plain && !looksLikeTest(path) {
            guard let text = files[path], text.bytes.count < 400_000, text.string.contains(rename.old) else { continue }
            let file = TokenizedFile(path: path, text: text)
            edits += file.code.filter { $0.kind == .identifier && file.is($0, rename.old) }.map {
                Edit(file: path, range: $0.range, replacement: rename.new)
            }
        }
        return edits.isEmpty ? [] : [proposal(rename, edits)]
    }

    private func proposal(_ rename: RecentChanges.Rename, _ edits: [Edit]) -> Proposal {
        let places = edits.count == 1 ? "" : " in \(edits.count) places"
        return Proposal(
            "Replace '\(sanitized(rename.old))' with '\(sanitized(rename.new))'\(places), as in \(rename.file)",
            edits: edits, grounds: .suggestion)
    }
}
