/// What follows `File.swift:6: error: ` in XCTest's output: `OldTests.testDouble : XCTAssertEqual failed: …` on Linux,
/// `-[DemoTests.OldTests testDouble] : …` on macOS.
struct XCTestFailure {
    let test: String
    let message: String
    /// The assertion's name, `threw error` for an error that a test let through.
    let code: String?

    init?(_ text: String, file: String) {
        let bytes = Array(text.utf8)
        let isSwift = file.hasSuffix(".swift") || file.hasSuffix(".m") || file.hasSuffix(".mm") || file == "<EXPR>"
        guard isSwift || file == "<unknown>", let separator = Self.separator(bytes) else { return nil }
        var name = String(decoding: bytes[..<separator], as: UTF8.self)
        if name.hasPrefix("-["), name.hasSuffix("]") {
            name = String(name.dropFirst(2).dropLast()).split(separator: " ").joined(separator: ".")
        } else {
            guard name.utf8.contains(.dot), name.utf8.allSatisfy({ $0.isWord || $0 == .dot || $0 >= 0x80 }) else {
                return nil
            }
        }
        test = name
        var said = String(decoding: bytes[(separator + 3)...], as: UTF8.self)
        while said.hasSuffix(" ") || said.hasSuffix(" -") { said.removeLast(said.hasSuffix(" -") ? 2 : 1) }
        message = said
        if said.hasPrefix("threw error") || said.hasPrefix("failed: caught error") {
            code = "threw error"
        } else {
            let word = said.utf8.prefix { $0.isWord }
            code = said.hasPrefix("XCT") ? String(word) : nil
        }
    }

    private static func separator(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 3 else { return nil }
        for at in 0..<bytes.count - 2
        where bytes[at] == .space && bytes[at + 1] == .colon && bytes[at + 2] == .space { return at > 0 ? at : nil }
        return nil
    }
}
