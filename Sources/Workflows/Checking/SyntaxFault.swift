/// Where a text stops being what it should be, and why.
package struct SyntaxFault: Error, Sendable, Equatable {
    /// From 1.
    package var line: Int
    /// In characters, from 1; nil when the whole line is meant.
    package var column: Int?
    /// What is wrong, without a place.
    package var message: String

    package init(line: Int, column: Int?, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// The fault at a byte of a text.
    init(_ message: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes[..<min(offset, bytes.count)]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        self.init(
            line: before.count { $0 == 0x0A } + 1,
            column: String(decoding: before[start...], as: UTF8.self).count + 1, message: message)
    }
}
