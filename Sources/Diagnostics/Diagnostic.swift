/// Something that a build, a test run or an interpreter said about the code.
package struct Diagnostic: Sendable, Hashable, Codable {
    package enum Severity: String, Sendable, Hashable, Codable, Comparable {
        case note, warning, error, fatal

        /// Whether it makes a build fail.
        package var isError: Bool { self >= .error }
        var isNote: Bool { self == .note }

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            case .fatal: 3
            }
        }
    }

    /// Something the tool said in addition: a note, a stack frame, an "in file included from".
    package struct Note: Sendable, Hashable, Codable {
        package var message: String
        package var location: SourceLocation?

        package init(message: String, location: SourceLocation?) {
            self.message = message
            self.location = location
        }
    }

    package var severity: Severity
    /// The message without location, severity and code; one line unless the tool's message has several.
    package var message: String
    /// The tool's own code: `-Wunused`, `E0308`, `TS2304`, `ValueError`; nil when it gave none.
    package var code: String?
    package var location: SourceLocation?
    /// Who said it.
    package var tool: Tool
    /// The failing test's name, when it is a test failure.
    package var test: String?
    package var notes: [Note]
    /// The edits that the tool itself proposes.
    package var fixIts: [FixIt]
    /// The log's lines, 1-based, that this was read from.
    package var logLines: ClosedRange<Int>

    package init(
        severity: Severity, message: String, code: String? = nil, location: SourceLocation? = nil, tool: Tool,
        test: String? = nil, notes: [Note] = [], fixIts: [FixIt] = [], logLines: ClosedRange<Int> = 1...1
    ) {
        self.severity = severity
        self.message = message
        self.code = code
        self.location = location
        self.tool = tool
        self.test = test
        self.notes = notes
        self.fixIts = fixIts
        self.logLines = logLines
    }

    /// The program whose output was read.
    package enum Tool: String, Sendable, Hashable, Codable {
        case gcc, clang, swiftc, swiftpm, linker, make, ninja, cmake, python, pytest, unittest, xctest
        case swiftTesting = "swift-testing"
        case rustc, cargo, go, tsc, eslint, node, javac, java, maven, gradle, msbuild, ghc, shellcheck
        /// A report of a tool that has no name of its own here.
        case sarif, junit
        case generic
    }
}

/// A place in a file.
package struct SourceLocation: Sendable, Hashable, Codable {
    /// The path: relative to the root with `/` when it lies below it, else absolute as the tool gave it.
    package var file: String
    /// 1-based; nil when the tool named only the file.
    package var line: Int?
    /// 1-based, in the tool's own unit (bytes for gcc, clang, swiftc and rustc); nil when it gave none.
    package var column: Int?

    package init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One replacement that a tool proposes. Positions are 1-based; columns count UTF-8 bytes; the end is exclusive.
package struct FixIt: Sendable, Hashable, Codable {
    package var file: String
    package var startLine: Int
    package var startColumn: Int
    package var endLine: Int
    package var endColumn: Int
    package var replacement: String

    package init(
        file: String, startLine: Int, startColumn: Int, endLine: Int, endColumn: Int, replacement: String
    ) {
        self.file = file
        self.startLine = startLine
        self.startColumn = startColumn
        self.endLine = endLine
        self.endColumn = endColumn
        self.replacement = replacement
    }
}

extension Diagnostic {
    /// What stays the same when unrelated lines move: severity, tool, file, code, test and the message with its numbers
    /// dropped. Two diagnostics with one fingerprint are the same complaint.
    package var fingerprint: String {
        var words = ""
        var inNumber = false
        var inAddress = false
        for character in message.unicodeScalars {
            // Addresses change from run to run, their letters too.
            inAddress = inNumber && character == "x" || inAddress && character.properties.isASCIIHexDigit
            if character.properties.numericType != nil || inAddress {
                if !inNumber { words += "#" }
                inNumber = true
            } else {
                words.unicodeScalars.append(character)
                inNumber = false
            }
        }
        return [severity.rawValue, tool.rawValue, location?.file ?? "", code ?? "", test ?? "", words]
            .joined(separator: "\u{1f}")
    }

    /// Whether it makes a build fail.
    package var isError: Bool { severity.isError }
}
