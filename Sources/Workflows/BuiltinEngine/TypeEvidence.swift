/// What a function's own code tells about the type of a variable.
struct TypeEvidence {
    /// From what it is copied to, and from casts.
    private(set) var surely: [LocalDeclarations.Variable] = []
    /// From what it is copied from, and from members of its name.
    private(set) var perhaps: [LocalDeclarations.Variable] = []

    init(
        name: String, function: OuterFunctions.Function, declarations: LocalDeclarations, files: WorkingFiles
    ) {
        let layout = declarations.layout
        let whole = function.header.lowerBound..<function.body.upperBound
        func local(_ other: String) -> LocalDeclarations.Variable? {
            declarations.declarations(of: other, in: whole).first
        }
        var copies: [LocalDeclarations.Variable] = []
        for k in function.body where layout.is(k, name) {
            // *result = name;
            if layout.is(k + 1, ";"), layout.is(k - 1, "="), layout.is(k - 3, "*"),
                [";", "{", "}", ")"].contains(layout.string(k - 4)), let target = local(layout.string(k - 2))?.target
            {
                surely.append(target)
            }
            guard layout.is(k + 1, "="), !layout.is(k + 2, "=") else { continue }
            // name = (Type *)call();
            if layout.is(k + 2, "("), let close = layout.closing(k + 2), let cast = Self.cast(k + 3, close, layout) {
                surely.append(cast)
            }
            // name = other;
            if layout.is(k + 3, ";"), layout.tokens[k + 2].kind == .identifier, let same = local(layout.string(k + 2)) {
                copies.append(same)
            }
        }
        if let member = Self.member(name, layout, files) { perhaps.append(member) }
        perhaps += copies
        var seen: Set<LocalDeclarations.Variable> = []
        surely = surely.filter { $0.bounds.isEmpty && seen.insert($0).inserted }
        perhaps = perhaps.filter { $0.bounds.isEmpty && seen.insert($0).inserted }
    }

    private static func cast(_ start: Int, _ close: Int, _ layout: Layout) -> LocalDeclarations.Variable? {
        var k = start
        while k < close, layout.tokens[k].kind == .identifier { k += 1 }
        guard k > start, k < close, (k..<close).allSatisfy({ layout.is($0, "*") }) else { return nil }
        return .init(
            type: (start..<k).map(layout.string).joined(separator: " "),
            stars: String(repeating: "*", count: close - k), bounds: "")
    }

    /// The type of the members of that name, where all of them have one type.
    private static func member(
        _ name: String, _ layout: Layout, _ files: WorkingFiles
    ) -> LocalDeclarations.Variable? {
        let sources = [layout] + DeclaredNames.headers(mentioning: name, files).prefix(20).map { Layout($0) }
        var found: Set<LocalDeclarations.Variable> = []
        for source in sources {
            let functions = OuterFunctions(source).functions
            let declarations = LocalDeclarations(layout: source)
            for index in source.tokens.indices where source.is(index, name) && source.is(index + 1, ";") {
                if functions.contains(where: { $0.header.contains(index) || $0.body.contains(index) }) { continue }
                if let declared = declarations.declaration(at: index) { found.insert(declared) }
            }
        }
        return found.count == 1 ? found.first : nil
    }
}
