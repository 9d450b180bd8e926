/// The functions of a file: what stands at the outermost level with parentheses before its `{`.
struct OuterFunctions: Sendable {
    struct Function: Sendable {
        /// Tokens of the name, parameters and what is declared between them and the `{`.
        var header: Range<Int>
        /// Tokens between the braces.
        var body: Range<Int>
        var name: Int
    }

    let layout: Layout
    let functions: [Function]

    init(_ layout: Layout) {
        self.layout = layout
        var functions: [Function] = []
        var depth = 0
        var start = 0
        var open: (index: Int, name: Int)?
        for index in layout.tokens.indices {
            if layout.is(index, "{") {
                if depth == 0 {
                    if let name = Self.name(layout, start, index) {
                        open = (index, name)
                        depth = 1
                    } else if Self.holds(layout, start, index) {
                        // Namespaces and classes hold functions; what they open doesn't count.
                        start = index + 1
                    } else {
                        depth = 1
                    }
                } else {
                    depth += 1
                }
            } else if layout.is(index, "}") {
                if depth == 0 {
                    start = index + 1
                    continue
                }
                depth -= 1
                // A `}` at the margin ends a function, whatever conditional code made of the braces in it.
                if open != nil, layout.isFirstOnLine(index), layout.width(ofLine: layout.lines[index]) == 0 {
                    depth = 0
                }
                guard depth == 0 else { continue }
                if let function = open {
                    functions.append(
                        Function(
                            header: start..<function.index, body: (function.index + 1)..<index, name: function.name))
                    start = index + 1
                }
                open = nil
            } else if depth == 0, layout.is(index, ";"), !Self.isParameterList(layout, start, index) {
                start = index + 1
            }
        }
        self.functions = functions
    }

    /// The function that a byte offset lies in.
    func function(at offset: Int) -> Function? {
        functions.first { function in
            let low = layout.tokens[function.header.lowerBound].range.lowerBound
            let high =
                function.body.upperBound < layout.tokens.count
                ? layout.tokens[function.body.upperBound].range.upperBound : .max
            return low <= offset && offset < high
        }
    }

    /// The word before the first parenthesis, when a function's body begins at an index.
    private static func name(_ layout: Layout, _ start: Int, _ index: Int) -> Int? {
        guard let open = (start..<index).first(where: { layout.is($0, "(") }), open > start,
            layout.tokens[open - 1].kind == .identifier, !(start..<open).contains(where: { layout.is($0, "=") })
        else { return nil }
        return open - 1
    }

    private static func holds(_ layout: Layout, _ start: Int, _ index: Int) -> Bool {
        (start..<index).contains { k in ["namespace", "class", "extern"].contains { layout.is(k, $0) } }
    }

    /// Whether a `;` at the outermost level ends a parameter's declaration of the old style: a header stands before it, and
    /// a `{` comes before anything else.
    private static func isParameterList(_ layout: Layout, _ start: Int, _ index: Int) -> Bool {
        guard let open = (start..<index).first(where: { layout.is($0, "(") }), open > start,
            let close = layout.closing(open), close + 2 < index,
            layout.tokens[close + 1].kind == .identifier
        else { return false }
        // A parameter has a type and a name; what else stands there is a prototype's attribute or what C++ adds to one.
        let behind = ((close + 1)..<index).map(layout.string)
        return !behind.contains("(") && !behind.allSatisfy(["const", "noexcept", "override", "final"].contains)
    }
}
