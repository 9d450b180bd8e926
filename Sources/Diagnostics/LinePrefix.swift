/// What continuous integration and wrappers write before a tool's own line: times, stream marks, step numbers.
enum LinePrefix {
    /// The offset at which the tool's own text begins.
    static func length(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var at = 0
        // Prefixes nest (a time before a step number), but never deeply.
        for _ in 0..<4 {
            guard at < bytes.count, let next = next(bytes, at), next > at else { return at }
            at = next
        }
        return at
    }

    private static func next(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
        switch bytes[at] {
        case 0x30...0x39: return afterTime(bytes, at)
        case .openBracket: return afterBracketedTime(bytes, at)
        case 0x23: return afterHash(bytes, at)
        case 0x72: return matches(bytes, at, "remote: ") ? at + 8 : nil
        default: return bytes[at].isLetter ? afterService(bytes, at) : nil
        }
    }

    /// `2026-01-01T00:00:00.1234567Z ` (GitHub; GitLab adds `00O `), `12:34:56 ` (Jenkins).
    private static func afterTime(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
        guard let end = time(bytes, at), end < bytes.count, bytes[end] == .space else { return nil }
        var next = end + 1
        // GitLab's stream mark: two digits, O or E, then a space, or + for a continued line.
        if next + 3 < bytes.count, bytes[next].isDigit, bytes[next + 1].isDigit,
            bytes[next + 2] == 0x4f || bytes[next + 2] == 0x45, bytes[next + 3] == .space || bytes[next + 3] == 0x2b
        {
            next += 4
        } else if bytes[at + 2] == .colon, next < bytes.count, bytes[next] == .space {
            next += 1
        }
        return next
    }

    /// `[12:34:56] `, `[2026-01-01T00:00:00.123Z] `.
    private static func afterBracketedTime(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
        guard let end = time(bytes, at + 1), end < bytes.count, bytes[end] == .closeBracket else { return nil }
        return end + 1 < bytes.count && bytes[end + 1] == .space ? end + 2 : end + 1
    }

    /// `##[error]` (GitHub, Azure), `#12 3.456 ` (BuildKit).
    private static func afterHash(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
        if matches(bytes, at, "##[") {
            var end = at + 3
            while end < bytes.count, bytes[end].isLetter || bytes[end] == .dash { end += 1 }
            return end < bytes.count && bytes[end] == .closeBracket ? end + 1 : nil
        }
        guard let step = digits(bytes, at + 1), step < bytes.count, bytes[step] == .space,
            let whole = digits(bytes, step + 1), whole < bytes.count, bytes[whole] == .dot,
            let part = digits(bytes, whole + 1), part < bytes.count, bytes[part] == .space
        else { return nil }
        return part + 1
    }

    /// `web-1  | ` (docker compose).
    private static func afterService(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
        var end = at
        while end < bytes.count, end - at < 64, bytes[end].isWord || bytes[end] == .dash { end += 1 }
        guard end > at + 2, end < bytes.count, bytes[end] == .space, bytes[end - 1].isDigit,
            bytes[end - 2] == .dash || bytes[end - 2] == .underscore
        else { return nil }
        while end < bytes.count, bytes[end] == .space { end += 1 }
        return end + 1 < bytes.count && bytes[end] == .bar && bytes[end + 1] == .space ? end + 2 : nil
    }

    /// The offset behind an ISO 8601 time, or a time of day, with or without a fraction and a zone.
    private static func time(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var at = start
        if shaped(bytes, at, "dddd-dd-dd") {
            at += 10
            guard at < bytes.count, bytes[at] == 0x54 || bytes[at] == .space else { return nil }
            at += 1
        }
        guard shaped(bytes, at, "dd:dd:dd") else { return nil }
        at += 8
        if at < bytes.count, bytes[at] == .dot || bytes[at] == 0x2c { at = digits(bytes, at + 1) ?? at }
        if at < bytes.count, bytes[at] == 0x5a { return at + 1 }
        if at < bytes.count, bytes[at] == 0x2b || bytes[at] == .dash {
            if shaped(bytes, at + 1, "dd:dd") { return at + 6 }
            if shaped(bytes, at + 1, "dddd") { return at + 5 }
        }
        return at
    }

    private static func shaped(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ shape: StaticString) -> Bool {
        shape.withUTF8Buffer { shape in
            guard bytes.count - start >= shape.count else { return false }
            for index in 0..<shape.count {
                let byte = bytes[start + index]
                if shape[index] == 0x64 ? !byte.isDigit : byte != shape[index] { return false }
            }
            return true
        }
    }

    private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var at = start
        while at < bytes.count, bytes[at].isDigit { at += 1 }
        return at > start ? at : nil
    }

    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            guard bytes.count - at >= text.count else { return false }
            for index in 0..<text.count where bytes[at + index] != text[index] { return false }
            return true
        }
    }
}
