/// How many columns of a terminal a text takes: none for marks that combine, two for East Asian wide characters and emoji.
package func displayWidth(_ text: String) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
}

/// The text, cut to `width` columns; what is cut ends in `ellipsis`.
package func fitted(_ text: String, to width: Int, ellipsis: String = "…") -> String {
    if displayWidth(text) <= width { return text }
    let room = width - displayWidth(ellipsis)
    if room < 0 { return String(repeating: ".", count: max(0, width)) }
    var result = ""
    var used = 0
    for character in text {
        let more = columns(of: character)
        if used + more > room { break }
        result.append(character)
        used += more
    }
    return result + ellipsis
}

/// The text, cut and filled with spaces to exactly `width` columns.
package func padded(_ text: String, to width: Int, ellipsis: String = "…", alignRight: Bool = false) -> String {
    let text = fitted(text, to: width, ellipsis: ellipsis)
    let space = String(repeating: " ", count: max(0, width - displayWidth(text)))
    return alignRight ? space + text : text + space
}

private func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.isASCII { return first.value >= 0x20 && first.value != 0x7F ? 1 : 0 }
    if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}
