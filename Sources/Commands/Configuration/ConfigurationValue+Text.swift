import Orchestration

/// The most entries of any list, and the most bytes of any text but instructions.
let maximumListLength = 256
let maximumTextLength = 4096

extension ConfigurationValue {
    /// Reads a value as the environment and the command line write it.
    package init(_ text: String, for key: ConfigurationKey, from source: ConfigurationSource)
        throws(ConfigurationProblem)
    {
        switch key.kind {
        case .text:
            self = .text(try checkedText(text, source))
        case .integer(let range):
            guard let number = Int(text) else {
                throw ConfigurationProblem(source, "`\(text)` is not a whole number")
            }
            self = .integer(try checked(number, range, source))
        case .seconds(let range):
            guard let number = Double(text) else {
                throw ConfigurationProblem(source, "`\(text)` is not a number of seconds")
            }
            self = .number(try checked(number, range, source))
        case .truth:
            self = .truth(try checkedTruth(text, source))
        case .choice(let choices):
            self = .text(try checkedChoice(text, choices, source))
        case .branchPrefix:
            self = .text(try checkedBranchPrefix(text, source))
        case .list:
            self = .list(try checkedList(text.split(separator: ":").map(String.init), source))
        case .servers:
            var servers: [ServerSetting] = []
            for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
                servers.append(try ServerSetting(argument: String(part), from: source))
            }
            self = .servers(servers)
        case .specialists:
            throw ConfigurationProblem(source, "specialists can be described in a file only")
        }
    }

    /// The value in a line, for `teamfix config`.
    package var shown: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .number(let number): number == number.rounded() ? String(Int(number)) : String(number)
        case .truth(let isTrue): isTrue ? "true" : "false"
        case .list(let list): list.joined(separator: " ")
        case .servers(let servers):
            servers.map { "\($0.name.map { $0 + "=" } ?? "")\($0.shownURL)" }.joined(separator: " ")
        case .specialists(let specialists): specialists.map(\.name).joined(separator: ", ")
        }
    }
}

extension ServerSetting {
    /// Reads `[NAME=][openai+]URL`.
    package init(argument: String, from source: ConfigurationSource) throws(ConfigurationProblem) {
        var rest = try checkedText(argument, source)[...]
        var name: String?
        if let equals = rest.firstIndex(of: "="), rest[..<equals].allSatisfy(isNameCharacter) {
            name = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
        }
        var kind: String?
        for prefix in ["openai", "ollama"] where rest.hasPrefix(prefix + "+") {
            kind = prefix
            rest = rest.dropFirst(prefix.count + 1)
        }
        if rest.isEmpty || rest.contains(where: \.isWhitespace) || name?.isEmpty == true {
            throw ConfigurationProblem(
                source, "`\(argument)` is not a server: a URL or host is expected, such as gpu:11434",
                hints: ["with a name: --server ollama01=http://gpu:11434"])
        }
        self.init(name: name, url: String(rest), kind: kind)
    }
}

func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII
        && (character.isLetter || character.isNumber || character == "-" || character == "_" || character == ".")
}

func checked<Number: Comparable>(
    _ number: Number, _ range: ClosedRange<Number>, _ source: ConfigurationSource
) throws(ConfigurationProblem) -> Number {
    guard range.contains(number) else {
        throw ConfigurationProblem(
            source, "\(number) is out of range: \(range.lowerBound) to \(range.upperBound) is possible")
    }
    return number
}

func checkedText(_ text: String, _ source: ConfigurationSource) throws(ConfigurationProblem) -> String {
    if text.isEmpty { throw ConfigurationProblem(source, "the text is empty") }
    if text.utf8.count > maximumTextLength {
        throw ConfigurationProblem(source, "the text is longer than \(maximumTextLength) bytes")
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" && $0 != "\n" || $0.value == 0x7F }) {
        throw ConfigurationProblem(source, "the text has control characters")
    }
    return text
}

func checkedList(_ list: [String], _ source: ConfigurationSource) throws(ConfigurationProblem) -> [String] {
    if list.count > maximumListLength {
        throw ConfigurationProblem(source, "the list has more than \(maximumListLength) entries")
    }
    for text in list { _ = try checkedText(text, source) }
    return list
}

func checkedChoice(
    _ text: String, _ choices: [String], _ source: ConfigurationSource
) throws(ConfigurationProblem) -> String {
    if choices.contains(text) { return text }
    let nearest = nearestName(to: text, among: choices)
    throw ConfigurationProblem(
        source, "`\(text)` is not possible here: \(choices.joined(separator: ", "))",
        hints: nearest.map { ["did you mean \($0)?"] } ?? [])
}

func checkedTruth(_ text: String, _ source: ConfigurationSource) throws(ConfigurationProblem) -> Bool {
    try checkedChoice(text.lowercased(), ["true", "false"], source) == "true"
}

/// The prefix is kept below `teamfix/`, where everything that teamfix writes lives.
func checkedBranchPrefix(_ text: String, _ source: ConfigurationSource) throws(ConfigurationProblem) -> String {
    let prefix = text.hasSuffix("/") ? text : text + "/"
    let parts = prefix.dropLast().split(separator: "/", omittingEmptySubsequences: false)
    let isSound = parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.hasSuffix(".lock")
            && !part.contains("..") && part.allSatisfy(isNameCharacter)
    }
    guard isSound, parts.first == "teamfix", prefix.utf8.count <= 100 else {
        throw ConfigurationProblem(
            source, "`\(text)` can't begin a branch's name: teamfix writes below teamfix/ only",
            hints: [
                "for example: teamfix/\(parts.last.map(String.init).flatMap { $0.allSatisfy(isNameCharacter) && !$0.isEmpty ? $0 : nil } ?? "fixes")/"
            ])
    }
    return prefix
}
