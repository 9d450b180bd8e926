/// The one door through which outside text (a model's, a log's, a file name's) reaches the terminal: escape sequences,
/// other control characters and direction overrides are taken out; lines stay.
package func sanitized(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var state = SequenceState.text
    for scalar in text.unicodeScalars {
        switch state {
        case .text:
            if scalar == "\u{1B}" {
                state = .escape
            } else if scalar == "\u{9B}" {
                state = .control
            } else if scalar == "\t" {
                kept.append(contentsOf: "    ".unicodeScalars)
            } else if scalar == "\n" || !isUnsafe(scalar) {
                kept.append(scalar)
            }
        case .escape:
            switch scalar {
            case "[": state = .control
            case "]", "P", "X", "^", "_": state = .string
            case "\u{1B}": break
            case "\u{20}"..."\u{2F}": state = .intermediate
            default: state = .text
            }
        case .intermediate:
            if !("\u{20}"..."\u{2F}").contains(scalar) { state = .text }
        case .control:
            if ("\u{40}"..."\u{7E}").contains(scalar) || scalar == "\n" { state = .text }
        case .string:
            // A string without an end swallows its line at most.
            if scalar == "\u{07}" || scalar == "\u{9C}" || scalar == "\n" {
                state = .text
                if scalar == "\n" { kept.append(scalar) }
            } else if scalar == "\u{1B}" {
                state = .escape
            }
        }
    }
    return String(kept)
}

/// The same on a single line.
package func sanitizedLine(_ text: String) -> String {
    sanitized(text).split(separator: "\n").joined(separator: " ")
}

private enum SequenceState { case text, escape, intermediate, control, string }

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    // Direction marks, embeddings, overrides and isolates can make a line read as something else.
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
}
