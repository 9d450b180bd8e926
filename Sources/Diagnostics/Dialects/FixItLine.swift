/// `fix-it:"file":{3:5-3:9}:"text"`: an edit as clang (`-fdiagnostics-parseable-fixits`) and gcc print it.
struct FixItLine {
    let file: String
    let replacement: String
    private let start: (line: Int, column: Int)
    private let end: (line: Int, column: Int)

    init?(_ line: Line) {
        guard line.starts("fix-it:\""), let (file, afterFile) = Self.quoted(line, at: 7),
            line.starts(":{", at: afterFile), let start = Self.position(line, at: afterFile + 2),
            line.byte(start.end) == .dash, let end = Self.position(line, at: start.end + 1),
            line.starts("}:", at: end.end), let (text, _) = Self.quoted(line, at: end.end + 2)
        else { return nil }
        guard (start.line, start.column) <= (end.line, end.column), start.line > 0, start.column > 0 else { return nil }
        self.file = file
        self.replacement = text
        self.start = (start.line, start.column)
        self.end = (end.line, end.column)
    }

    func fixIt(file: String) -> FixIt {
        FixIt(
            file: file, startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column,
            replacement: replacement)
    }

    private static func position(_ line: Line, at: Int) -> (line: Int, column: Int, end: Int)? {
        guard let first = line.number(at: at), line.byte(first.end) == .colon,
            let second = line.number(at: first.end + 1)
        else { return nil }
        return (first.value, second.value, second.end)
    }

    /// A C string literal, and the offset behind it. The bytes that octal and hexadecimal escapes stand for are UTF-8.
    static func quoted(_ line: Line, at start: Int) -> (text: String, end: Int)? {
        guard line.byte(start) == .quote else { return nil }
        var out: [UInt8] = []
        var at = start + 1
        while let byte = line.byte(at) {
            if byte == .quote { return (String(decoding: out, as: UTF8.self), at + 1) }
            guard byte == .backslash else {
                out.append(byte)
                at += 1
                continue
            }
            guard let escape = line.byte(at + 1) else { return nil }
            at += 2
            switch escape {
            case 0x6e: out.append(10)
            case 0x74: out.append(9)
            case 0x72: out.append(13)
            case 0x61: out.append(7)
            case 0x62: out.append(8)
            case 0x66: out.append(12)
            case 0x76: out.append(11)
            case 0x78:  // \xHH
                var value = 0
                var digits = 0
                while digits < 2, let digit = line.byte(at).flatMap(hexadecimal) {
                    value = value * 16 + digit
                    digits += 1
                    at += 1
                }
                out.append(UInt8(truncatingIfNeeded: value))
            case 0x30...0x37:  // \ooo
                var value = Int(escape - .zero)
                var digits = 1
                while digits < 3, let next = line.byte(at), next >= 0x30, next <= 0x37 {
                    value = value * 8 + Int(next - .zero)
                    digits += 1
                    at += 1
                }
                out.append(UInt8(truncatingIfNeeded: value))
            default: out.append(escape)
            }
        }
        return nil
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}
