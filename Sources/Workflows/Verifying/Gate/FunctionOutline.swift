/// A function of a file, found without a parser; methods are functions, closures belong to the function around them.
struct OutlinedFunction: Equatable {
    var name: String
    /// Whether it is a test by the marks of its language, wherever its file lies.
    var isTest: Bool
    /// Indices into the file's code tokens: without the braces, or after the colon.
    var body: Range<Int>
}

/// The functions of a file, in order: by braces where the language has them, else by indentation.
struct FunctionOutline {
    let functions: [OutlinedFunction]
    /// The same by name: methods of several types may share one, and so do overloads.
    let byName: [String: [OutlinedFunction]]

    /// The innermost function around a token; nil outside of all.
    func function(around k: Int) -> OutlinedFunction? {
        functions.filter { $0.body.contains(k) }.max { $0.body.lowerBound < $1.body.lowerBound }
    }

    /// The most tokens between a function's name and its body.
    private static let longestHeader = 400

    init(_ file: TokenizedFile, words: [String]) {
        switch Syntax(file: file.path) {
        case .cLike: functions = BracedOutline(file, words).functions()
        case .python: functions = Self.indented(file, words)
        case .plain: functions = []
        }
        byName = Dictionary(grouping: functions, by: \.name)
    }

    private static func indented(_ file: TokenizedFile, _ words: [String]) -> [OutlinedFunction] {
        var result: [OutlinedFunction] = []
        for k in words.indices where words[k] == "def" && k + 1 < words.count {
            let line = file.line(of: file.code[k])
            let width = file.text.indentation(ofLine: line).expandedWidth
            var depth = 0
            var colon = k + 2
            // Without its colon a header ends with its line.
            func isOnLine(_ k: Int) -> Bool { file.line(of: file.code[k]) == file.line(of: file.code[k - 1]) }
            let furthest = min(words.count, k + Self.longestHeader)
            while colon < furthest, depth > 0 || words[colon] != ":" && isOnLine(colon) {
                if "([{".contains(words[colon]) { depth += 1 }
                if ")]}".contains(words[colon]) { depth -= 1 }
                colon += 1
            }
            var end = min(colon + 1, words.count)
            depth = 0
            var last = colon < words.count ? file.line(of: file.code[colon]) : line
            while end < words.count {
                let place = file.line(of: file.code[end])
                if place != last, depth <= 0, file.text.indentation(ofLine: place).expandedWidth <= width { break }
                last = place
                if "([{".contains(words[end]) { depth += 1 }
                if ")]}".contains(words[end]) { depth -= 1 }
                end += 1
            }
            result.append(
                OutlinedFunction(
                    name: words[k + 1], isTest: words[k + 1].hasPrefix("test_"),
                    body: min(colon + 1, end)..<end))
        }
        return result
    }
}

/// Finds functions by their braces.
private struct BracedOutline {
    private let file: TokenizedFile
    private let words: [String]
    /// The word that a function begins with; empty where only its shape tells.
    private let opener: String
    /// Tokens of preprocessor lines, which belong to no declaration.
    private let isDirective: [Bool]

    private static let openers = ["swift": "func", "go": "func", "rs": "fn", "kt": "fun"]
    private static let control: Set<String> = [
        "if", "for", "while", "switch", "catch", "else", "do", "try", "synchronized", "using", "foreach", "return",
        "sizeof", "with", "lock", "match", "guard", "defer", "until", "typeof", "decltype", "alignas", "__attribute__",
    ]

    init(_ file: TokenizedFile, _ words: [String]) {
        self.file = file
        self.words = words
        let ending = file.path.split(separator: ".").last.map(String.init) ?? ""
        opener = Self.openers[ending] ?? ""
        var isDirective = [Bool](repeating: false, count: words.count)
        if ["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "hxx", "m", "mm", "cs"].contains(ending) {
            var line = 0
            var isIn = false
            for k in words.indices {
                let place = file.line(of: file.code[k])
                if place != line {
                    // A directive goes on behind a backslash.
                    let continues = isIn && k > 0 && words[k - 1] == "\\" && place == line + 1
                    isIn = words[k] == "#" || continues
                    line = place
                }
                isDirective[k] = isIn
            }
        }
        self.isDirective = isDirective
    }

    func functions() -> [OutlinedFunction] {
        struct Block {
            var function: OutlinedFunction?
            var isInFunction: Bool
            var parentheses: Int
        }
        var result: [OutlinedFunction] = []
        var open: [Block] = []
        var boundary = 0
        var parentheses = 0
        for k in words.indices where !isDirective[k] {
            switch words[k] {
            case "(": parentheses += 1
            case ")": parentheses = max(0, parentheses - 1)
            case ";" where parentheses == 0: boundary = k + 1
            case "{":
                let isInFunction = open.last.map { $0.isInFunction || $0.function != nil } ?? false
                let function = isInFunction ? nil : function(header: boundary..<k)
                open.append(Block(function: function, isInFunction: isInFunction, parentheses: parentheses))
                parentheses = 0
                boundary = k + 1
            case "}":
                boundary = k + 1
                guard let block = open.popLast() else { continue }
                parentheses = block.parentheses
                if var function = block.function {
                    function.body = function.body.lowerBound..<k
                    result.append(function)
                }
            default: break
            }
        }
        // A block that is never closed reaches to the end.
        for block in open {
            if var function = block.function {
                function.body = function.body.lowerBound..<words.count
                result.append(function)
            }
        }
        return result.sorted { $0.body.lowerBound < $1.body.lowerBound }
    }

    private func function(header: Range<Int>) -> OutlinedFunction? {
        let places = header.filter { !isDirective[$0] }
        guard let name = opener.isEmpty ? shaped(places) : opened(places), !name.isEmpty else { return nil }
        let isTest =
            places.indices.dropFirst().contains { i in
                let (mark, word) = (words[places[i - 1]], words[places[i]])
                return word == "Test" && mark == "@" || word == "test" && mark == "["
            }
            || file.path.hasSuffix(".go") && name.hasPrefix("Test") && places.contains { words[$0] == "testing" }
            || file.path.hasSuffix(".swift") && name.hasPrefix("test") && words.contains("XCTestCase")
        return OutlinedFunction(
            name: name, isTest: isTest,
            body: (header.upperBound + 1)..<(header.upperBound + 1))
    }

    /// The name behind `func`, `fn` or `fun`, past a receiver.
    private func opened(_ places: [Int]) -> String? {
        let own = ["init", "deinit", "subscript"]
        guard
            var i = places.lastIndex(where: { words[$0] == opener })
                ?? (opener == "func" ? places.lastIndex { own.contains(words[$0]) } : nil)
        else { return nil }
        var name = ""
        if words[places[i]] == opener {
            i += 1
            if i < places.count, words[places[i]] == "(" {
                while i < places.count, words[places[i]] != ")" { i += 1 }
                i += 1
            }
        }
        while i < places.count, words[places[i]] != "(", words[places[i]] != "<" || name.isEmpty {
            name += words[places[i]]
            i += 1
        }
        return i < places.count || name == "deinit" ? name : nil
    }

    /// The name before a parameter list: `int name(…)`, `name = (…) =>`, `operator==(…)`.
    private func shaped(_ places: [Int]) -> String? {
        for i in places.indices.dropFirst() where words[places[i]] == "(" {
            var name = words[places[i - 1]]
            if name == "=" || name == "async" || name == "function" {
                guard let equals = places[..<i].lastIndex(where: { words[$0] == "=" }), equals > 0 else { return nil }
                name = words[places[equals - 1]]
                // `operator==`
                if let start = places[..<i].firstIndex(where: { words[$0] == "operator" }) {
                    name = places[start..<i].map { words[$0] }.joined()
                }
            }
            guard !Self.control.contains(name), name.first.map({ $0.isLetter || $0 == "_" }) ?? false
            else { return nil }
            // An annotation has arguments of its own.
            if i > 1, words[places[i - 2]] == "@" { continue }
            var depth = 0
            var isClosed = false
            for place in places[i...] {
                if words[place] == "(" { depth += 1 }
                if words[place] == ")" { depth -= 1 }
                if depth == 0 {
                    isClosed = true
                    break
                }
            }
            return isClosed ? name : nil
        }
        return nil
    }
}
