/// Whether a text is TOML 1.0: its grammar, and keys and tables that are defined twice.
struct TOMLSyntax {
    private var scanner: TOMLScanner
    /// What each table's path holds: how it came to be.
    private var defined: [[String]: Definition] = [:]
    /// How often each array of tables has begun a new element; keys in one element don't collide with those in another.
    private var elements: [[String]: Int] = [:]

    private enum Definition { case value, inlineTable, table, implicitTable, dottedTable, arrayOfTables }

    private init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes: bytes) }

    /// The first thing that is wrong; nil when nothing is.
    static func fault(in bytes: [UInt8]) -> SyntaxFault? {
        var syntax = TOMLSyntax(bytes)
        do throws(SyntaxFault) { try syntax.run() } catch { return error }
        return nil
    }

    private mutating func run() throws(SyntaxFault) {
        var table: [String] = []
        while true {
            try scanner.skipBlankLines()
            guard let byte = scanner.current else { return }
            if byte == UInt8(ascii: "[") {
                table = try header()
            } else {
                try pair(in: table)
            }
            try scanner.endLine()
        }
    }

    /// A path with the number of the element of each array of tables on it.
    private func placed(_ path: [String]) -> [String] {
        var result: [String] = []
        for part in path {
            result.append(part)
            if let number = elements[result] { result.append("\u{0}\(number)") }
        }
        return result
    }

    private mutating func header() throws(SyntaxFault) -> [String] {
        let start = scanner.position
        scanner.position += 1
        let isArray = scanner.take(UInt8(ascii: "["))
        scanner.skipBlanks()
        let key = try scanner.key()
        scanner.skipBlanks()
        guard scanner.take(UInt8(ascii: "]")), !isArray || scanner.take(UInt8(ascii: "]")) else {
            throw scanner.fault("\(isArray ? "]]" : "]") is missing")
        }
        for length in 1..<max(1, key.count) {
            let parent = placed(Array(key.prefix(length)))
            switch defined[parent] {
            case .value, .inlineTable:
                throw scanner.fault("\(key.prefix(length).joined(separator: ".")) isn't a table", at: start)
            case nil where elements[parent] == nil && !(parent.last?.hasPrefix("\u{0}") ?? false):
                defined[parent] = .implicitTable
            default: break
            }
        }
        let name = key.joined(separator: ".")
        // Where the last part is an array itself, the array's own path is meant, not its element's.
        let path = placed(Array(key.dropLast())) + key.suffix(1)
        if isArray {
            guard defined[path] == nil || defined[path] == .arrayOfTables else {
                throw scanner.fault("\(name) is defined before as something else", at: start)
            }
            defined[path] = .arrayOfTables
            elements[path, default: 0] += 1
        } else {
            guard defined[path] == nil || defined[path] == .implicitTable else {
                throw scanner.fault("the table \(name) is defined before", at: start)
            }
            defined[path] = .table
        }
        return placed(key)
    }

    private mutating func pair(in table: [String]) throws(SyntaxFault) {
        let start = scanner.position
        let key = try scanner.key()
        scanner.skipBlanks()
        guard scanner.take(UInt8(ascii: "=")) else { throw scanner.fault("= is missing after the key") }
        scanner.skipBlanks()
        for length in 1..<max(1, key.count) {
            let parent = table + key.prefix(length)
            guard defined[parent] == nil || defined[parent] == .dottedTable || defined[parent] == .implicitTable else {
                throw scanner.fault("\(key.prefix(length).joined(separator: ".")) is defined before", at: start)
            }
            defined[parent] = .dottedTable
        }
        guard defined[table + key] == nil else {
            throw scanner.fault("the key \(key.joined(separator: ".")) is defined before", at: start)
        }
        let isTable = scanner.current == UInt8(ascii: "{")
        try scanner.value(depth: 0)
        defined[table + key] = isTable ? .inlineTable : .value
    }
}
