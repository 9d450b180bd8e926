/// Finds the errors that explain the others.
///
/// A wrong guess costs in both ways: an error taken for an echo is only seen in the next round, and an echo taken for a
/// cause is work that mends nothing. So an error is taken for an echo only where a compiler's own way of recovering makes
/// it likely, and never when the compiler proposes an edit for it elsewhere: that is knowledge, not confusion.
enum RootCauseSearch {
    private struct Root {
        var finding: Finding
        var kind: MessageKind
        var cascades: [Diagnostic] = []
        /// What the message has in quotes: asked for again and again.
        let quoted: [Substring]

        init(finding: Finding) {
            self.finding = finding
            kind = MessageKind(finding.diagnostic)
            quoted = MessageKind.plainQuotes(finding.diagnostic.message).split(separator: "'").enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
        }

        mutating func take(_ diagnostic: Diagnostic) {
            if cascades.count < RootCause.cascadeLimit { cascades.append(diagnostic) }
        }
    }

    static func run(_ findings: [Finding]) -> [RootCause] {
        let errors = findings.filter(\.diagnostic.isError)
        let strong = errors.filter { !$0.isConsequence && !$0.isWeak }
        if strong.isEmpty { return unexplained(errors) }

        var roots: [Root] = []
        var byFile: [String: [Int]] = [:]
        // Consequences that come before their cause: swiftc reports the link's failure before the linker's words, and
        // ninja the failed command before its output.
        var early: [Diagnostic] = []
        for finding in errors where !finding.isWeak {
            let diagnostic = finding.diagnostic
            if finding.isConsequence {
                if roots.isEmpty || diagnostic.tool == .ninja && diagnostic.message.hasPrefix("failed: ") {
                    early.append(diagnostic)
                } else {
                    roots[roots.count - 1].take(diagnostic)
                }
                continue
            }
            let candidate = Root(finding: finding)
            if let index = explanation(of: candidate, in: roots, byFile) {
                if comesFirst(candidate, before: roots[index]) {
                    // The compiler came to the included file first, and reported it late.
                    let echo = roots[index]
                    roots[index] = candidate
                    roots[index].cascades = echo.cascades
                    roots[index].take(echo.finding.diagnostic)
                } else {
                    roots[index].take(diagnostic)
                }
                continue
            }
            roots.append(candidate)
            for diagnostic in early { roots[roots.count - 1].take(diagnostic) }
            early = []
            for file in files(of: finding) { byFile[file, default: []].append(roots.count - 1) }
        }
        for diagnostic in early where !roots.isEmpty { roots[roots.count - 1].take(diagnostic) }
        return roots.map { RootCause(diagnostic: $0.finding.diagnostic, cascades: $0.cascades) }
    }

    /// Nothing says why: what looks like an error then counts, and if not even that, the first who complains.
    private static func unexplained(_ errors: [Finding]) -> [RootCause] {
        let weak = errors.filter { $0.isWeak && !$0.isConsequence }
        if !weak.isEmpty { return weak.map { RootCause(diagnostic: $0.diagnostic) } }
        guard let first = errors.first else { return [] }
        return [
            RootCause(
                diagnostic: first.diagnostic,
                cascades: errors.dropFirst().prefix(RootCause.cascadeLimit).map(\.diagnostic))
        ]
    }

    /// The file that an error is in, and the one that was compiled when it is an included one; the linker's have none.
    private static func files(of finding: Finding) -> [String] {
        var files = [finding.diagnostic.location?.file ?? ""]
        for file in [finding.includedFrom?.file, RootCause(diagnostic: finding.diagnostic).location?.file] {
            if let file, !files.contains(file) { files.append(file) }
        }
        return files
    }

    /// The root that an error plausibly follows from, the latest first.
    private static func explanation(of error: Root, in roots: [Root], _ byFile: [String: [Int]]) -> Int? {
        for file in files(of: error.finding) {
            // Beyond the last few, an earlier error of the file explains nothing that the later ones don't.
            for index in (byFile[file] ?? []).suffix(64).reversed() where follows(error, from: roots[index]) {
                return index
            }
        }
        return nil
    }

    private static func follows(_ error: Root, from root: Root) -> Bool {
        let this = error.finding.diagnostic
        let cause = root.finding.diagnostic
        guard this.tool == cause.tool else { return false }
        // A test that fails where another did, for the same reason: one defect.
        if this.test != nil || cause.test != nil {
            return this.location?.line != nil && this.location == cause.location && this.message == cause.message
        }
        if let name = error.kind.missingName, name == root.kind.missingName { return true }
        if cause.tool == .linker { return false }
        if this.tool == .python || this.tool == .cmake || this.tool == .node || this.tool == .make { return false }
        // One use of a library's template goes wrong in many places within the library.
        if let own = this.location?.file, !PathResolver.isInside(own), let place = RootCause(diagnostic: this).location,
            place.line != nil, place == RootCause(diagnostic: cause).location
        {
            return true
        }
        if let name = root.kind.missingName, error.quoted.contains(where: { $0 == name }) { return true }
        // The C compilers' word for using something whose type they couldn't make out.
        if case .undeclaredType = root.kind, this.message.contains("not a structure or union") { return true }

        if comesFirst(error, before: root) { return true }
        let start = position(root, in: unit(of: error))
        let place = position(error, in: unit(of: error))
        guard let start, let place, place >= start else { return false }
        if place == start, sameLine(this, cause) {
            // What doesn't parse behind something wrong on the same line, or is wrong in what didn't parse.
            return root.kind.isSyntax || error.kind.isSyntax
        }
        // An edit of the compiler's own, elsewhere: it knows what it talks about.
        if !this.fixIts.isEmpty { return false }
        switch root.kind {
        case .structural:
            // With its own edit the compiler has recovered as if the edit were made.
            if !cause.fixIts.isEmpty { return place - start <= 2 }
            return true
        case .syntax:
            if place - start <= 2 { return error.kind != .other || cause.fixIts.isEmpty }
            // gcc drops the statement that it couldn't parse, and with it what that declared.
            guard let function = error.finding.function, function == root.finding.function else { return false }
            // Of a missing parenthesis it knows the place, and yet skips what follows in search of another.
            if !cause.fixIts.isEmpty {
                return error.kind.isSyntax && MessageKind.plainQuotes(cause.message).hasPrefix("expected ')'")
            }
            return error.kind != .other
        case .undeclared, .undeclaredType, .other:
            return false
        }
    }

    private static func sameLine(_ a: Diagnostic, _ b: Diagnostic) -> Bool {
        a.location?.file == b.location?.file && a.location?.line == b.location?.line
    }

    /// The file that was being compiled.
    private static func unit(of root: Root) -> String? {
        root.finding.includedFrom?.file ?? root.finding.diagnostic.location?.file
    }

    /// Where an error is in the text of a compiled file; for one in an included file, the line that includes it.
    private static func position(_ root: Root, in unit: String?) -> Int? {
        let own = root.finding.diagnostic.location
        if let included = root.finding.includedFrom {
            if included.file == unit { return included.line }
            return own?.file == unit ? own?.line : nil
        }
        return own?.file == unit ? own?.line : nil
    }

    /// Whether an error in an included file stands before a root in the file that includes it, and is of the sort that
    /// throws the compiler off: a prototype without its semicolon is only noticed far below.
    private static func comesFirst(_ error: Root, before root: Root) -> Bool {
        guard let included = error.finding.includedFrom, error.kind.isSyntax, root.kind.isSyntax,
            root.finding.diagnostic.fixIts.isEmpty, root.finding.includedFrom == nil,
            root.finding.diagnostic.location?.file == included.file,
            let line = root.finding.diagnostic.location?.line, let earlier = included.line
        else { return false }
        return earlier < line
    }
}
