import Foundation
import Yams

/// Where the values of a file stand: a line for each key and each place in a list, as deep as plans go.
struct PlanLines: Sendable, Equatable {
    /// The file can't be a plan, whatever it says.
    struct Problem: Error, Equatable {
        /// From 1; nil when it is about the whole file.
        var line: Int?
        var what: String
    }

    /// A step on the way to a value.
    enum Step: Sendable, Equatable {
        case key(String)
        case item(Int)
    }

    /// The most values of a file, so that aliases of aliases can't grow without end. The largest plan has a third of it.
    static let mostValues = 500_000
    /// Plans need seven levels; tools may wrap them.
    static let mostLevels = 64

    var line: Int
    private(set) var fields: [String: PlanLines] = [:]
    private(set) var items: [PlanLines] = []

    init(line: Int) { self.line = line }

    /// The line of the value that the steps lead to, or of the last one on the way that is there.
    func line(at steps: some Collection<Step>) -> Int {
        var here = self
        for step in steps {
            switch step {
            case .key(let name):
                guard let next = here.fields[name] else { return here.line }
                here = next
            case .item(let index):
                guard here.items.indices.contains(index) else { return here.line }
                here = here.items[index]
            }
        }
        return here.line
    }

    /// The steps to the task at a place in the plan's list, however the file groups them.
    func steps(toTask index: Int) -> [Step] {
        guard fields["tasks"] == nil, let waves = fields["waves"]?.items else { return [.key("tasks"), .item(index)] }
        var left = index
        for (number, wave) in waves.enumerated() {
            let tasks = wave.fields["tasks"]?.items ?? wave.items
            if left < tasks.count {
                let inside: [Step] = wave.fields["tasks"] == nil ? [] : [.key("tasks")]
                return [.key("waves"), .item(number)] + inside + [.item(left)]
            }
            left -= tasks.count
        }
        return [.key("waves")]
    }
}

// MARK: - YAML

extension PlanLines {
    init(_ root: Node) throws(Problem) {
        var left = Self.mostValues
        try self.init(root, line: root.mark?.line ?? 1, level: 0, left: &left)
    }

    private init(_ node: Node, line: Int, level: Int, left: inout Int) throws(Problem) {
        self.init(line: line)
        left -= 1
        guard left > 0 else { throw Problem(line: nil, what: "it has more than \(Self.mostValues) values") }
        guard level < Self.mostLevels else { throw Problem(line: line, what: "it is nested too deeply") }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                let line = key.mark?.line ?? line
                fields[key.scalar?.string ?? ""] = try PlanLines(value, line: line, level: level + 1, left: &left)
            }
        case .sequence(let sequence):
            items.reserveCapacity(sequence.count)
            for value in sequence {
                items.append(
                    try PlanLines(value, line: value.mark?.line ?? line, level: level + 1, left: &left))
            }
        case .scalar, .alias: break
        }
    }
}

// MARK: - JSON

extension PlanLines {
    /// Reads where JSON's values stand. It finds what breaks JSON's grammar, but leaves the meaning to the decoder.
    init(json: [UInt8]) throws(Problem) {
        var reader = JSONReader(bytes: json)
        self = try reader.value(level: 0)
        reader.skip()
        guard reader.next == nil else { throw reader.problem("something follows the end of the plan") }
    }

    private struct JSONReader {
        let bytes: [UInt8]
        var place = 0
        var line = 1
        var left = mostValues

        init(bytes: [UInt8]) { self.bytes = bytes }

        var next: UInt8? { place < bytes.count ? bytes[place] : nil }

        func problem(_ what: String) -> Problem { Problem(line: line, what: what) }

        mutating func skip() {
            while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 {
                if byte == 10 { line += 1 }
                place += 1
            }
        }

        mutating func value(level: Int) throws(Problem) -> PlanLines {
            skip()
            left -= 1
            guard left > 0 else { throw Problem(line: nil, what: "it has more than \(mostValues) values") }
            guard level < mostLevels else { throw problem("it is nested too deeply") }
            var lines = PlanLines(line: line)
            switch next {
            case UInt8(ascii: "{"): try object(&lines, level)
            case UInt8(ascii: "["): try list(&lines, level)
            case UInt8(ascii: "\""): _ = try text()
            case nil: throw problem("it ends where a value is missing")
            default: try word()
            }
            return lines
        }

        private mutating func object(_ lines: inout PlanLines, _ level: Int) throws(Problem) {
            place += 1
            skip()
            if take("}") { return }
            while true {
                skip()
                let keyLine = line
                guard next == UInt8(ascii: "\"") else { throw problem("here a key in double quotes is missing") }
                let key = try text()
                skip()
                guard take(":") else { throw problem("after the key \"\(key.prefix(60))\" a colon is missing") }
                var value = try value(level: level + 1)
                value.line = keyLine
                guard lines.fields.updateValue(value, forKey: key) == nil else {
                    throw Problem(line: keyLine, what: "the key \"\(key.prefix(60))\" is there twice")
                }
                skip()
                if take("}") { return }
                guard take(",") else { throw problem("here a comma or a closing brace is missing") }
            }
        }

        private mutating func list(_ lines: inout PlanLines, _ level: Int) throws(Problem) {
            place += 1
            skip()
            if take("]") { return }
            while true {
                lines.items.append(try value(level: level + 1))
                skip()
                if take("]") { return }
                guard take(",") else { throw problem("here a comma or a closing bracket is missing") }
            }
        }

        private mutating func take(_ sign: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: sign) else { return false }
            place += 1
            return true
        }

        private mutating func text() throws(Problem) -> String {
            place += 1
            let start = place
            while let byte = next, byte != UInt8(ascii: "\"") {
                guard byte >= 32 else { throw problem("a text holds a raw line end or control character; write \\n") }
                place += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            guard next != nil else { throw problem("a text isn't closed") }
            defer { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        /// A number, true, false or null.
        private mutating func word() throws(Problem) {
            let start = place
            while let byte = next, !",]} \t\r\n".utf8.contains(byte) { place += 1 }
            let word = String(decoding: bytes[start..<place].prefix(60), as: UTF8.self)
            guard ["true", "false", "null"].contains(word) || Double(word) != nil else {
                throw problem(
                    word.isEmpty ? "a value is missing" : "'\(word)' isn't JSON; a text stands in double quotes")
            }
        }
    }
}
