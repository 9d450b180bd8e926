import Diagnostics

/// A name that nothing declares: a misspelling of one that is declared nearby, or of a well-known function; a loop's own
/// counter; a counter that was never declared.
struct UnknownNameRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        guard Self.isUnknownName(message), let name = Self.name(in: message), !name.isEmpty else { return [] }
        if cause.diagnostic.tool == .linker { return linkerProposals(name, cause.diagnostic, files) }
        guard let spot = Spot(cause.diagnostic, in: files) else { return [] }
        let file = spot.file
        guard
            let target = SuggestionRule.target(
                wrong: name, suggestion: "", file: file, line: spot.line,
                offset: cause.diagnostic.location?.column == nil ? nil : spot.offset)
        else { return [] }
        var result = loopProposals(name, target, spot)
        let isCall = isCalled(target, file)
        for other in resembling(name, file: file, near: target.lowerBound, calls: isCall) {
            result.append(rename(name, to: other, in: file, at: target, grounds: .resemblance))
        }
        return result
    }

    static func isUnknownName(_ message: String) -> Bool {
        [
            "undeclared", "was not declared", "cannot find", "undefined reference to", "undefined symbol",
            "undefined: ",
            "is not defined", "cannot find symbol", "unresolved identifier", "Cannot find name", "has no member",
            "unknown type name",
            "not found in this scope", "implicit declaration", "no member named", "undefined identifier",
        ].contains { message.contains($0) }
    }

    static func name(in message: String) -> String? {
        if message.hasPrefix("undefined: ") { return String(message.dropFirst(11)) }
        let quoted = SuggestionRule.quoted(in: message)
        // "value of type 'T' has no member 'm'", "no member named 'm' in 'T'": the member is the name in question.
        if message.contains("has no member") { return quoted.last }
        return quoted.first
    }

    /// In `for (int k = 0; j < n; …)` the loop's own counter is meant; in `for (i = 0; …)` the counter wants a type.
    private func loopProposals(_ name: String, _ target: Range<Int>, _ spot: Spot) -> [Proposal] {
        let file = spot.file
        let line = file.code(onLine: file.text.line(at: target.lowerBound))
        guard Syntax(file: file.path) == .cLike, let keyword = line.firstIndex(where: { file.is($0, "for") }),
            keyword + 2 < line.count,
            file.is(line[keyword + 1], "(")
        else { return [] }
        let first = line[keyword + 2]
        var result: [Proposal] = []
        if file.is(first, "int"), keyword + 3 < line.count, line[keyword + 3].range != target {
            let counter = file.string(line[keyword + 3])
            result.append(rename(name, to: counter, in: file, at: target, grounds: .knownSlip))
        } else if file.is(first, name), keyword + 3 < line.count, file.is(line[keyword + 3], "=") {
            let start = first.range.lowerBound
            result.append(spot.proposal("Declare the counter '\(name)'", [(start..<start, "int ")], .suggestion))
        }
        return result
    }

    private func rename(
        _ name: String, to other: String, in file: TokenizedFile, at target: Range<Int>, grounds: Proposal.Grounds
    ) -> Proposal {
        Proposal(
            "Replace '\(name)' with '\(other)' at \(file.path):\(file.text.line(at: target.lowerBound))",
            edits: [Edit(file: file.path, range: target, replacement: other)], grounds: grounds)
    }

    private func isCalled(_ target: Range<Int>, _ file: TokenizedFile) -> Bool {
        let next = file.index(atOrAfter: target.upperBound)
        return next < file.code.count && file.is(file.code[next], "(")
    }

    /// Names of the file that look like an unknown one, best first: small distance, then one that starts with the other;
    /// nearer uses first. A name that is called is only replaced by one that is called or declared as a function.
    private func resembling(_ name: String, file: TokenizedFile, near offset: Int, calls: Bool) -> [String] {
        var nearest: [String: (distance: Int, called: Bool)] = [:]
        for (k, token) in file.code.enumerated() where token.kind == .identifier {
            let word = file.string(token)
            guard word != name, !Keywords.all.contains(word) else { continue }
            let called = k + 1 < file.code.count && file.is(file.code[k + 1], "(")
            // What stands before the place is more likely to be in scope.
            let gap = token.range.lowerBound - offset
            let distance = gap < 0 ? -gap : gap * 4
            let known = nearest[word]
            nearest[word] = (min(known?.distance ?? .max, distance), called || known?.called == true)
        }
        var scored: [(word: String, score: Int)] = []
        for (word, use) in nearest where use.called == calls {
            guard let likeness = Likeness.score(name, word) else { continue }
            scored.append((word, likeness * 100_000 + min(use.distance, 99_999)))
        }
        if calls {
            for word in Keywords.libraryFunctions where nearest[word] == nil {
                if let likeness = Likeness.score(name, word), likeness <= 1 {
                    scored.append((word, likeness * 100_000 + 99_999))
                }
            }
        }
        return scored.sorted { ($0.score, $0.word) < ($1.score, $1.word) }.prefix(4).map(\.word)
    }

    /// An undefined reference names no line; the calls are found in the sources that the linker's message or the project names.
    private func linkerProposals(_ name: String, _ diagnostic: Diagnostic, _ files: WorkingFiles) -> [Proposal] {
        let plain = String(name.prefix { $0 != "(" })
        var sources = [diagnostic.location?.file].compactMap { $0 }
        if sources.first.flatMap({ files[$0] }) == nil {
            sources = files.paths.filter { Syntax(file: $0) == .cLike }.sorted().prefix(200).map { $0 }
        }
        var result: [Proposal] = []
        for path in sources {
            guard let text = files[path] else { continue }
            let file = TokenizedFile(path: path, text: text)
            let uses = file.code.filter { $0.kind == .identifier && file.is($0, plain) }
            guard let first = uses.first else { continue }
            let others = resembling(plain, file: file, near: first.range.lowerBound, calls: isCalled(first.range, file))
            for other in others {
                let edits = uses.map { Edit(file: path, range: $0.range, replacement: other) }
                result.append(
                    Proposal("Call '\(other)' for '\(plain)' in \(path)", edits: edits, grounds: .resemblance))
            }
        }
        return result
    }
}

/// How alike two names are.
enum Likeness {
    /// 0 for a difference in case or underscores alone, 1 for one edit, 2 for two or for one name that starts with the other;
    /// nil for names that have nothing to do with each other.
    static func score(_ a: String, _ b: String) -> Int? {
        let plainA = a.lowercased().filter { $0 != "_" }
        let plainB = b.lowercased().filter { $0 != "_" }
        if plainA == plainB { return 0 }
        let distance = editDistance(Array(plainA.utf8), Array(plainB.utf8))
        let longest = max(plainA.utf8.count, plainB.utf8.count)
        if distance == 1, longest > 2 { return 1 }
        if distance == 2, longest > 5 { return 2 }
        if plainB.hasPrefix(plainA) || plainA.hasPrefix(plainB) { return 2 }
        return nil
    }

    /// Damerau's distance: insertions, deletions, replacements and swaps of neighbours.
    static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard !a.isEmpty else { return b.count }
        guard !b.isEmpty else { return a.count }
        guard abs(a.count - b.count) <= 3, a.count <= 200, b.count <= 200 else { return abs(a.count - b.count) + 3 }
        var beforePrevious = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var current = [Int](repeating: i, count: b.count + 1)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    current[j] = min(current[j], beforePrevious[j - 2] + 1)
                }
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}

/// Words that are never somebody's misspelt variable, and functions that everybody knows.
enum Keywords {
    static let all: Set<String> = Set(
        """
        if else for while do switch case default break continue return goto sizeof typedef struct union enum static const extern \
        void int char float double long short unsigned signed auto register volatile inline bool true false NULL nil null None \
        True False and or not in is def class import from as with try except finally raise lambda pass yield global nonlocal \
        func let var guard defer throws throw self Self super init protocol extension fn mut pub use mod impl trait match where \
        loop type interface package map range chan go select function const new delete this typeof instanceof async await
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    static let libraryFunctions: [String] =
        """
        printf scanf fprintf fscanf sprintf sscanf puts gets fgets fputs getchar putchar malloc calloc realloc free strlen strcpy \
        strcmp strcat strncpy strncmp strstr strchr memcpy memset sqrt pow fabs abs floor ceil sin cos tan exp log isalpha isdigit \
        isalnum isspace isupper islower toupper tolower qsort rand srand exit atoi atof print len input range sorted enumerate \
        println append isinstance
        """.split(whereSeparator: \.isWhitespace).map(String.init)
}
