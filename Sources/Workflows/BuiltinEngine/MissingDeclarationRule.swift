import Diagnostics

/// A local variable without its declaration, where the file's other functions declare one of that name, or where the code
/// tells the type.
struct MissingDeclarationRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let diagnostic = cause.diagnostic
        let message = diagnostic.message
        guard
            ["undeclared (first use", "was not declared in this scope", "use of undeclared identifier"]
                .contains(where: message.contains),
            let name = UnknownNameRule.name(in: message), let spot = Spot(diagnostic, in: files),
            [".c", ".cc", ".cpp", ".cxx"].contains(where: spot.file.path.hasSuffix)
        else { return [] }
        let layout = Layout(spot.file)
        let outline = OuterFunctions(layout)
        // What a macro uses is declared where the macro is used.
        let uses = diagnostic.notes.filter { $0.message.hasPrefix("in expansion of macro") }.compactMap(\.location)
        let place = uses.last { $0.file == spot.file.path }.flatMap {
            spot.file.text.offset(of: $0, saidBy: diagnostic.tool)
        }
        guard let function = outline.function(at: place ?? spot.offset), isWritten(name, spot) else { return [] }
        let declarations = LocalDeclarations(layout: layout)
        let others = outline.functions.filter { $0.body != function.body }.flatMap { other in
            declarations.declarations(of: name, in: other.header.lowerBound..<other.body.upperBound)
        }
        var kinds = Set(others)
        if spot.token(1).map({ spot.file.is($0, "[") }) == true {
            kinds = kinds.filter { !$0.bounds.isEmpty || !$0.stars.isEmpty }
        }
        let told = TypeEvidence(name: name, function: function, declarations: declarations, files: files)
        let common = kinds.count == 1 ? kinds.first : nil
        var result = told.surely.prefix(2).map { proposal(name, $0, function, layout, spot, .likelySlip) }
        if let common {
            // What this function does with it counts more than what others do with theirs.
            let isContradicted = !told.surely.isEmpty && !told.surely.contains(common)
            result.append(proposal(name, common, function, layout, spot, isContradicted ? .likelySlip : .knownSlip))
        } else {
            result += told.perhaps.prefix(2).map { proposal(name, $0, function, layout, spot, .likelySlip) }
        }
        return result
    }

    /// The compiler complains about a variable's first use: one that is read there was never set, and its declaration alone
    /// wouldn't mend anything.
    private func isWritten(_ name: String, _ spot: Spot) -> Bool {
        guard let here = spot.token(0), spot.file.is(here, name) else { return false }
        if let before = spot.token(-1), spot.file.is(before, "&") { return true }
        var k = 1
        while let token = spot.token(k), k < 40 {
            if spot.file.is(token, "[") {
                var depth = 0
                repeat {
                    guard let next = spot.token(k), k < 60 else { return false }
                    depth += spot.file.is(next, "[") ? 1 : spot.file.is(next, "]") ? -1 : 0
                    k += 1
                } while depth > 0
            } else if spot.file.is(token, ".") {
                k += 2
            } else {
                guard spot.file.is(token, "="), let next = spot.token(k + 1) else { return false }
                return !spot.file.is(next, "=")
            }
        }
        return false
    }

    /// First in the function, indented like the line that stands there.
    private func proposal(
        _ name: String, _ kind: LocalDeclarations.Variable, _ function: OuterFunctions.Function, _ layout: Layout,
        _ spot: Spot, _ grounds: Proposal.Grounds
    ) -> Proposal {
        let text = layout.file.text
        let open = function.body.lowerBound - 1
        let line = layout.lines[open]
        let offset = text.rangeWithEnding(ofLine: line)?.upperBound ?? layout.tokens[open].range.upperBound
        let next = layout.tokens.indices.contains(open + 1) ? layout.lines[open + 1] : line
        var kind = kind
        if kind.stars.isEmpty {
            kind.type = kind.type.split(separator: " ").filter { $0 != "const" }.joined(separator: " ")
        }
        let declared = kind.declaration(of: name)
        if next == line {
            let behind = layout.tokens[open].range.upperBound
            return spot.proposal("Declare '\(declared)'", [(behind..<behind, " " + declared)], grounds)
        }
        return spot.proposal(
            "Declare '\(declared)'", [(offset..<offset, text.indentation(ofLine: next) + declared + text.lineEnding)],
            grounds)
    }
}
