import Diagnostics

/// A missing `{` or `}` in C's family that the file's indentation gives away, wherever the compiler noticed.
struct MissingBraceRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let said = ([cause.diagnostic] + cause.cascades.prefix(8)).map(\.message)
        guard said.contains(where: { message in Self.signs.contains { message.contains($0) } }),
            let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .cLike
        else { return [] }
        let shape = BraceShape(Layout(spot.file))
        let places = shape.balance > 0 ? shape.missingClosers : shape.missingOpeners
        guard let place = places.first else { return [] }
        // Tabs and spaces in one file: the layout says something only where it does for either width of a tab.
        let narrow = BraceShape(Layout(spot.file, tabWidth: 4))
        guard narrow.missingClosers == shape.missingClosers, narrow.missingOpeners == shape.missingOpeners else {
            return []
        }
        return places.prefix(2).map { other in
            spot.proposal(
                shape.balance > 0 ? "Close a block with '}'" : "Open a block with '{'",
                [(other.offset..<other.offset, other.text)], other == place ? .explainsAll : .likelySlip)
        }
    }

    /// What compilers say when blocks don't begin or end where they think.
    private static let signs = [
        "at end of input", "qualified-id in declaration before", "function definition is not allowed",
        "function-definition is not allowed", "invalid storage class for function", "expected '}'", "expected ‘}’",
        "expected identifier or", "expected unqualified-id", "expected initializer before",
        "break statement not within", "continue statement not within", "label not within a switch",
        "case label", "used but not defined", "storage class specified for parameter", "is initialized",
        "expected declaration", "extraneous closing brace", "without a previous", "does not name a type",
        "expected ‘=’, ‘,’, ‘;’, ‘asm’", "expected '=', ',', ';', 'asm'", "data definition has no type",
        "old-style parameter declarations", "expected function body", "expected ‘while’", "expected 'while'",
        "expected primary-expression before ‘else’", "expected expression", "non-declaration statement outside",
        "expected ‘{’", "expected '{'", "'else' without", "statement not in", "expected external declaration",
        "a storage class can only be specified", "expected ‘;’", "expected ';'",
    ]
}
