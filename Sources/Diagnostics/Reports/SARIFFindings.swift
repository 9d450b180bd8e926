/// What is made of a SARIF report's results.
extension SARIFReport {
    static func add(_ issue: Issue, _ run: Run, lines: ClosedRange<Int>, _ log: inout LogContext) {
        let index = issue.ruleIndex ?? issue.rule.flatMap { run.ruleIndex[$0] }
        let rule = index.flatMap { run.rules.indices.contains($0) ? run.rules[$0] : nil }
        let severity: Diagnostic.Severity
        switch issue.level ?? rule?.level ?? "warning" {
        case "error": severity = .error
        case "warning": severity = .warning
        case "note": severity = .note
        default: return
        }
        guard !issue.isLeftOut else { return }
        let id = issue.rule ?? rule?.id
        let first = issue.places.first
        let location = first.flatMap { Self.location($0, run, log) }
        var notes: [Diagnostic.Note] = []
        for place in issue.places.dropFirst() + issue.related {
            guard let there = Self.location(place, run, log), there != location || !place.message.isEmpty else {
                continue
            }
            notes.append(.init(message: place.message.isEmpty ? "see also" : place.message, location: there))
        }
        var diagnostic = Diagnostic(
            severity: severity, message: text(issue.message, rule) ?? id ?? "", code: id?.isEmpty == true ? nil : id,
            location: location, tool: run.tool,
            notes: notes, logLines: lines)
        let edits = issue.fixes.map { edit($0.place, $0.text, run, log) }
        // An edit that can't be told makes the others wrong.
        if !edits.contains(where: { $0 == nil }) { diagnostic.fixIts = edits.compactMap { $0 } }
        log.collector.add(Finding(diagnostic: diagnostic))
    }

    /// `Unused {0}` with its arguments put in.
    private static func text(_ message: Message, _ rule: Rule?) -> String? {
        let text = message.text ?? message.id.flatMap { rule?.messages[$0] }
        guard let text, text.utf8.contains(0x7b), !message.arguments.isEmpty else { return text }
        var out = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let number = Int(rest[rest.index(after: open)..<close])
            out += rest[..<open]
            if let number, message.arguments.indices.contains(number) {
                out += message.arguments[number]
            } else {
                out += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    private static func location(_ place: Place, _ run: Run, _ log: LogContext) -> SourceLocation? {
        guard let file = file(place, run, log) else { return nil }
        let line = place.region.line.flatMap { $0 > 0 ? $0 : nil }
        return SourceLocation(
            file: file, line: line, column: line == nil ? nil : place.region.column.flatMap { $0 > 0 ? $0 : nil })
    }

    private static func file(_ place: Place, _ run: Run, _ log: LogContext) -> String? {
        var uri = place.uri ?? ""
        if uri.isEmpty, let index = place.index, run.artifacts.indices.contains(index) { uri = run.artifacts[index] }
        guard !uri.isEmpty else { return nil }
        if !uri.utf8.contains(.colon), !uri.hasPrefix("/"), let base = place.base.flatMap({ run.bases[$0] }) {
            uri = base.hasSuffix("/") ? base + uri : base + "/" + uri
        }
        if uri.hasPrefix("file://") {
            uri = String(uri.dropFirst(7))
            if uri.hasPrefix("localhost/") { uri = String(uri.dropFirst(9)) }
        } else if uri.hasPrefix("file:/") {
            uri = String(uri.dropFirst(5))
        } else if Line(Array(uri.utf8), number: 0).contains("://") {
            return nil
        }
        let path = unescaped(uri)
        return path.utf8.contains { $0 < 0x20 } || path.utf8.count > 4096 ? nil : log.paths.resolve(path)
    }

    /// `my%20file.c`.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(0x25) else { return text }
        var out: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let digits = bytes.prefix(2)
            if byte == 0x25, digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                out.append(code)
                bytes = bytes.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return sanitized(String(decoding: out, as: UTF8.self))
    }

    private static func edit(_ place: Place, _ text: String, _ run: Run, _ log: LogContext) -> FixIt? {
        guard let file = file(place, run, log), PathResolver.isInside(file), let line = place.region.line, line > 0,
            let column = place.region.column, column > 0, let endColumn = place.region.endColumn
        else { return nil }
        let endLine = place.region.endLine ?? line
        guard (line, column) <= (endLine, endColumn) else { return nil }
        return FixIt(
            file: file, startLine: line, startColumn: column, endLine: endLine, endColumn: endColumn, replacement: text)
    }

    static func tool(named name: String) -> Diagnostic.Tool {
        switch name.lowercased() {
        case "clang", "clang++", "clang-tidy", "clang static analyzer": .clang
        case "gnu c", "gnu c++", "gcc", "gnu c17", "gnu c++17", "gnu c11", "gnu c23": .gcc
        case "eslint": .eslint
        case "shellcheck": .shellcheck
        case "clippy", "rustc": .rustc
        case "pytest": .pytest
        case let other where other.hasPrefix("gnu c"): .gcc
        case let other where other.hasPrefix("microsoft (r) visual c#"): .msbuild
        default: .sarif
        }
    }
}
