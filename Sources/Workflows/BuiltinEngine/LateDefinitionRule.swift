import Diagnostics

/// A function that is called before the file defines it: its prototype goes before the function that calls it.
struct LateDefinitionRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        guard
            ["implicit declaration of function", "was not declared in this scope", "call to undeclared function"]
                .contains(where: message.contains),
            let name = UnknownNameRule.name(in: message), let spot = Spot(cause.diagnostic, in: files),
            [".c", ".cc", ".cpp", ".cxx"].contains(where: spot.file.path.hasSuffix)
        else { return [] }
        let layout = Layout(spot.file)
        let outline = OuterFunctions(layout)
        let found = outline.functions.filter { layout.is($0.name, name) }
        guard found.count == 1, let definition = found.first, let caller = outline.function(at: spot.offset),
            caller.name < definition.name, let prototype = prototype(definition, layout)
        else { return [] }
        let line = firstLine(above: layout.lines[caller.header.lowerBound], layout)
        guard let offset = spot.file.text.rangeWithEnding(ofLine: line)?.lowerBound else { return [] }
        let ending = spot.file.text.lineEnding
        return [
            spot.proposal(
                "Declare '\(name)' before its use", [(offset..<offset, prototype + ending + ending)], .knownSlip)
        ]
    }

    /// The comment above a function belongs to it.
    private func firstLine(above line: Int, _ layout: Layout) -> Int {
        var first = line
        while first > 1, layout.tokens(onLine: first - 1) == nil {
            let content = layout.file.text.line(first - 1).trimmingWhitespace
            if content.isEmpty || content.hasPrefix("#") || content.hasSuffix("\\") { break }
            first -= 1
        }
        return first
    }

    private func prototype(_ function: OuterFunctions.Function, _ layout: Layout) -> String? {
        guard layout.is(function.name + 1, "("), let close = layout.closing(function.name + 1) else { return nil }
        let words = { (range: Range<Int>) -> String in
            let bytes =
                layout.tokens[range.lowerBound].range.lowerBound..<layout.tokens[range.upperBound - 1].range.upperBound
            return String(decoding: layout.file.text.bytes[bytes], as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        guard function.header.lowerBound < function.name else { return nil }
        // Parameters of the old style have their types behind the parentheses.
        if close + 1 < function.header.upperBound {
            return words(function.header.lowerBound..<(function.name + 1)) + "();"
        }
        return words(function.header.lowerBound..<(close + 1)) + ";"
    }
}
