import Diagnostics

/// What a program that parsed a file has against it.
enum ToolComplaint {
    /// The first error that is certain; nil when the program is content, or when what it says may come from what it doesn't know.
    ///
    /// - Parameters:
    ///   - output: what it wrote.
    ///   - path: the file, relative to `root`.
    static func fault(
        _ language: ParsedLanguage, output: [UInt8], path: String, root: String, text: SourceText
    ) -> SyntaxFault? {
        if language == .shell { return shellFault(output, path: path, text: text) }
        let log = BuildLog.read(output, root: root)
        guard let first = log.errors.first else { return nil }
        if language.isCompiledC {
            // Headers and macros that only the real build knows make errors of all kinds: only what no header could
            // change counts, and only when nothing else went wrong before it.
            guard first.location?.file == path, isSyntax(first.message), !log.errors.contains(where: isMissing),
                // Some headers begin what another one ends.
                language != .header || !first.message.contains("#"),
                !mayBeMacro(first, text, isHeader: language == .header)
            else { return nil }
        }
        guard let error = log.errors.first(where: { $0.location?.file == path }), let line = error.location?.line
        else { return nil }
        // Markup in JavaScript is another language's business.
        if language == .javascript, error.message.contains("token '<'") { return nil }
        if language == .rust, error.message.contains("file not found for module") { return nil }
        let bounded = min(max(1, line), text.lineCount)
        return SyntaxFault(
            line: bounded, column: column(error, line: bounded, text), message: words(error.message))
    }

    /// One line of bounded length.
    private static func words(_ message: String) -> String {
        String(sanitized(message).split(whereSeparator: \.isNewline).first ?? "").prefix(200).trimmed
    }

    private static func column(_ error: Diagnostic, line: Int, _ text: SourceText) -> Int? {
        guard let column = error.location?.column, column > 0, let range = text.range(ofLine: line) else { return nil }
        // gcc counts what a terminal shows, Python and Node characters, the others bytes.
        if error.tool == .python || error.tool == .node { return column }
        let offset =
            error.tool == .gcc
            ? text.offset(line: line, displayColumn: column) : text.offset(line: line, column: column)
        guard let offset, offset >= range.lowerBound else { return nil }
        return String(decoding: text.bytes[range.lowerBound..<min(offset, range.upperBound)], as: UTF8.self).count + 1
    }

    private static func isMissing(_ error: Diagnostic) -> Bool {
        error.message.contains("No such file or directory") || error.message.contains("file not found")
            || error.message.hasPrefix("#error")
    }

    private static let syntaxMessages = [
        "expected ", "missing terminating", "unterminated", "stray ", "extraneous closing", "#else without",
        "#endif without",
        "#elif without", "'else' without", "unmatched", "a function-definition is not allowed here",
    ]

    private static func isSyntax(_ message: String) -> Bool { syntaxMessages.contains(where: message.hasPrefix) }

    /// Whether a name that only the build defines could be behind an error: it is the line's statement, or another word follows
    /// it at once, as no value is followed; or it ends what the line before begins.
    private static func mayBeMacro(_ error: Diagnostic, _ text: SourceText, isHeader: Bool) -> Bool {
        guard let line = error.location?.line else { return true }
        // Where a declaration doesn't even begin, something is behind it that isn't C's own.
        let isDeclaration = ["declaration specifiers", "'asm'", "constructor, destructor"].contains {
            error.message.contains($0)
        }
        if isDeclaration, isHeader || text.line(line).prefix(while: { $0 != " " }).contains("(") { return true }
        let before = text.line(line - 1).trimmingWhitespace
        let isOpen = before.last.map { !";{}".contains($0) } ?? false
        return decorates(text.line(line).trimmingWhitespace) || (isOpen && decorates(before))
    }

    private static func decorates(_ code: String) -> Bool {
        guard !code.hasPrefix("#") else { return false }
        var rest = code[...]
        var isFirst = true
        while let start = rest.firstIndex(where: isWordPart) {
            let word = rest[start...].prefix(while: isWordPart)
            rest = rest[word.endIndex...]
            let isMacro =
                word.hasPrefix("__")
                || (word.count > 3 && word.contains(where: \.isLetter) && word.allSatisfy { !$0.isLowercase })
            let isFollowed = rest.first == " " && rest.first { $0 != " " }.map(isWordPart) == true
            let isAlone = isFirst && (rest.isEmpty || rest.first == "(")
            if isMacro, isAlone || isFollowed { return true }
            isFirst = false
        }
        return false
    }

    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// bash: `./a.sh: line 2: syntax error near unexpected token 'fi'`.
    private static func shellFault(_ output: [UInt8], path: String, text: SourceText) -> SyntaxFault? {
        for line in String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let mark = line.firstRange(of: ": line "), line[..<mark.lowerBound].hasSuffix(path) else { continue }
            let rest = line[mark.upperBound...]
            let digits = rest.prefix(while: \.isNumber)
            guard let number = Int(digits), rest.dropFirst(digits.count).hasPrefix(": ") else { continue }
            let message = String(rest.dropFirst(digits.count + 2))
            guard message.contains("syntax error") || message.contains("unexpected EOF") else { continue }
            return SyntaxFault(line: min(max(1, number), text.lineCount), column: nil, message: words(message))
        }
        return nil
    }
}

extension Substring {
    fileprivate var trimmed: String { String(self).trimmingWhitespace }
}
