/// The declarations of variables, parameters and members that a file's tokens spell out: a type's words, stars, a name, bounds.
struct LocalDeclarations: Sendable {
    struct Variable: Hashable, Sendable {
        /// `unsigned char`, with `const` where it matters.
        var type: String
        /// The stars in front of the name.
        var stars: String
        /// `[4]`, with everything between the brackets.
        var bounds: String

        func declaration(of name: String) -> String { "\(type) \(stars)\(name)\(bounds);" }

        /// What a pointer points at.
        var target: Variable? {
            stars.isEmpty ? nil : Variable(type: type, stars: String(stars.dropLast()), bounds: bounds)
        }
    }

    let layout: Layout

    /// The declarations of a name among some tokens.
    func declarations(of name: String, in range: Range<Int>) -> [Variable] {
        range.compactMap { index in
            layout.tokens[index].kind == .identifier && layout.is(index, name) ? declaration(at: index) : nil
        }
    }

    /// The declaration whose name stands at an index; nil when the name is used there.
    func declaration(at index: Int) -> Variable? {
        guard let (bounds, next) = bounds(behind: index),
            [";", "=", ",", ")", ":"].contains(layout.string(next)), !(layout.is(next, "=") && layout.is(next + 1, "="))
        else { return nil }
        var stars = ""
        var k = index - 1
        while layout.is(k, "*") {
            stars += "*"
            k -= 1
        }
        if layout.is(k, ",") || !isWord(k) {
            guard layout.is(k, ","), let first = firstDeclarator(before: k), let type = words(endingAt: first) else {
                return nil
            }
            return Variable(type: type, stars: stars, bounds: bounds)
        }
        guard let type = words(endingAt: k) else { return nil }
        return Variable(type: type, stars: stars, bounds: bounds)
    }

    private func isWord(_ k: Int) -> Bool { layout.tokens.indices.contains(k) && layout.tokens[k].kind == .identifier }

    private func bounds(behind index: Int) -> (String, next: Int)? {
        var next = index + 1
        while layout.is(next, "[") {
            var depth = 0
            repeat {
                if layout.is(next, "[") { depth += 1 }
                if layout.is(next, "]") { depth -= 1 }
                next += 1
                guard next < layout.tokens.count, next - index < 60 else { return nil }
            } while depth > 0
        }
        guard next < layout.tokens.count else { return nil }
        guard next > index + 1 else { return ("", next) }
        let bytes = layout.tokens[index].range.upperBound..<layout.tokens[next - 1].range.upperBound
        return (String(decoding: layout.file.text.bytes[bytes], as: UTF8.self), next)
    }

    /// In `int a = 1, *b, c`, the last word of the type; the index is a comma's.
    private func firstDeclarator(before comma: Int) -> Int? {
        let start = layout.statementStart(of: comma)
        guard start < comma else { return nil }
        var k = start
        while isWord(k) { k += 1 }
        // The words end with the first name, unless stars come before it.
        if layout.is(k, "*") { return k - 1 > start - 1 ? k - 1 : nil }
        guard ["=", ",", "["].contains(layout.string(k)), k - 2 >= start else { return nil }
        return k - 2
    }

    /// The words of a type, back to where the statement or the parameter begins.
    private func words(endingAt last: Int) -> String? {
        var first = last
        while isWord(first - 1) { first -= 1 }
        guard isWord(last), [";", "{", "}", "(", ")", ",", ":", ""].contains(layout.string(first - 1)) else {
            return nil
        }
        var words = (first...last).map(layout.string)
        if Self.notTypes.contains(words[0]) { return nil }
        words.removeAll { ["static", "register", "extern", "volatile", "auto", "inline"].contains($0) }
        guard !words.isEmpty, words != ["const"], words != ["struct"] else { return nil }
        return words.joined(separator: " ")
    }

    private static let notTypes: Set<String> = [
        "return", "goto", "else", "case", "delete", "throw", "typedef", "using", "new", "sizeof", "do", "if", "while",
        "for",
        "switch", "break", "continue", "default", "public", "private", "protected",
    ]
}
