import Diagnostics

/// `(TYPE(x)`: a cast that isn't closed. The compiler proposes a parenthesis further on.
struct TypeCastRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        guard message.hasPrefix("expected ‘)’") || message.hasPrefix("expected ')'"),
            let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .cLike
        else { return [] }
        let file = spot.file
        // The place is inside the second pair of parentheses, or right behind its `(`.
        for back in 1...2 {
            guard let inner = spot.token(-back), file.is(inner, "("), let outer = spot.token(-back - 2),
                file.is(outer, "("), let type = spot.token(-back - 1), type.kind == .identifier
            else { continue }
            let name = file.string(type)
            guard Self.builtin.contains(name) || name.hasSuffix("_t") || DeclaredNames.isType(name, in: file, files)
            else {
                continue
            }
            let end = type.range.upperBound
            return [spot.proposal("Close the cast to '\(name)'", [(end..<end, ")")], .knownSlip)]
        }
        return []
    }

    private static let builtin: Set<String> = [
        "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "bool", "_Bool",
    ]
}
