import Diagnostics

/// GitHub's Markdown, made of text that nobody vouches for: compilers' and models' words can neither forge structure nor
/// HTML, nor mention anybody, nor end the block that they stand in.
package enum Markdown {
    /// Outside text as code in a line, also in a table's cell. What would end a span of code or a cell is written as a
    /// character reference, which Markdown never takes for structure.
    package static func code(_ text: String, most: Int = 200) -> String {
        let line = shortened(sanitizedLine(text), to: most)
        if line.allSatisfy(\.isWhitespace) { return "" }
        // A span of code takes everything but these as it stands; one space at each end would be lost.
        // By scalars: a mark that joins what stands before it makes no other character of a backtick to Markdown.
        let scalars = line.unicodeScalars
        let isPlain =
            !scalars.contains { "`|\\".unicodeScalars.contains($0) } && scalars.first != " " && scalars.last != " "
        return isPlain ? "`\(line)`" : "<code>\(referenced(line))</code>"
    }

    /// Outside text as prose in a line; what it quotes between backticks becomes code.
    package static func prose(_ text: String, most: Int = 1000) -> String {
        let pieces = shortened(sanitizedLine(text), to: most).unicodeScalars
            .split(separator: "`", omittingEmptySubsequences: false).map { String($0) }
        let isQuoting = pieces.count > 1 && pieces.count % 2 == 1
        // Two spans of code that touch would be one.
        let parts = isQuoting ? pieces.map { $0.isEmpty ? " " : $0 } : [pieces.joined(separator: "`")]
        let line = parts.enumerated().map { $0.offset % 2 == 1 ? code($0.element) : referenced($0.element) }.joined()
            .drop(while: \.isWhitespace)
        // What began like a list or a rule would be one.
        let isList = line.unicodeScalars.first.map { "-+=0123456789".unicodeScalars.contains($0) } ?? false
        return (isList ? invisible : "") + line
    }

    /// A table; the cells are Markdown already.
    package static func table(_ titles: [String], _ rows: [[String]]) -> String {
        let lines = [titles, titles.map { _ in "---" }] + rows
        return lines.map { "| " + $0.map { $0.isEmpty ? " " : $0 }.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }

    /// Outside text as a block of code: its fence is longer than any run of backticks in it.
    package static func fence(_ text: String, as language: String) -> String {
        let body = sanitized(text).trimmingLastLineEnds
        var (longest, run) = (2, 0)
        for character in body.unicodeScalars {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(body)\n\(fence)"
    }

    /// A part that is folded away until somebody opens it.
    /// - Parameter summary: teamfix's own words.
    package static func folded(_ summary: String, _ body: String) -> String {
        "<details>\n<summary>\(summary)</summary>\n\n\(body)\n\n</details>"
    }

    /// The text with everything that Markdown, HTML or GitHub could take for more than text written otherwise.
    private static func referenced(_ text: String) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"", "'", "(", ")", ",", ";", " ", "/", "-", ".", "=", "?", "%", "^", "{", "}", "+":
                result.unicodeScalars.append(scalar)
                // An address without a scheme becomes a link, too.
                if scalar == ".", text.lowercased().contains("www.") { result += invisible }
            case ":" where next == " ": result += ":"
            case "@", "#", ":":
                // Mentions, references and emoji are looked for in the rendered text: something invisible breaks them.
                result += "&#\(scalar.value);"
                if next != " " { result += invisible }
            case "!", "$", "*", "[", "\\", "]", "_", "`", "|", "~": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A space without width.
    private static let invisible = "\u{200B}"

    private static func shortened(_ text: String, to most: Int) -> String {
        // Marks that join a character are part of it, any number of them: scalars are what is counted.
        let scalars = text.unicodeScalars
        return scalars.count <= most ? text : String(scalars.prefix(max(0, most - 1))) + "…"
    }
}

extension String {
    fileprivate var trimmingLastLineEnds: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }

    /// The beginning in whole lines, of at most `bytes` bytes.
    package func wholeLines(atMost bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        let head = utf8.prefix(max(0, bytes))
        guard let end = head.lastIndex(of: UInt8(ascii: "\n")) else { return "" }
        return String(self[...end])
    }
}

/// Markdown of a bounded length: the parts in their order, of which the least important give way.
package struct MarkdownParts: Sendable {
    package struct Part: Sendable {
        /// What it is called when it is left out.
        package var name: String
        /// Parts of a higher number give way first; those with 0 stay.
        package var rank: Int
        package var text: String
    }

    package var parts: [Part] = []

    package init() {}

    /// Adds a part that stays, unless it is empty.
    package mutating func add(_ text: String) { add("", rank: 0, text) }

    /// Adds a part that may give way, unless it is empty.
    package mutating func add(_ name: String, rank: Int, _ text: String) {
        if !text.isEmpty { parts.append(Part(name: name, rank: rank, text: text)) }
    }

    /// The bytes that the parts take now.
    package var count: Int { parts.reduce(0) { $0 + $1.text.utf8.count + 2 } }

    /// The text; empty when even what has to stay is longer than that.
    package func text(atMost bytes: Int) -> String {
        var kept = self
        var leftOut: [String] = []
        func room() -> Int { kept.count + leftOut.reduce(60) { $0 + $1.utf8.count + 2 } }
        while room() > bytes, let worst = kept.parts.map(\.rank).max(), worst > 0,
            let index = kept.parts.lastIndex(where: { $0.rank == worst })
        {
            leftOut.insert(kept.parts.remove(at: index).name, at: 0)
        }
        if room() > bytes { return "" }
        if !leftOut.isEmpty { kept.add("_Left out for its length: \(leftOut.joined(separator: ", "))._") }
        return kept.parts.map(\.text).joined(separator: "\n\n") + "\n"
    }
}
