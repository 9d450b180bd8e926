/// SARIF 2.1.0, the form in which analysers and some compilers report: its results as diagnostics.
///
/// What passed, was suppressed, or is gone since the baseline is left out. Columns are taken as they stand: SARIF counts
/// them in UTF-16 units or code points, which are bytes only where the line before them is ASCII.
enum SARIFReport {
    struct Run {
        var tool = Diagnostic.Tool.sarif
        var rules: [Rule] = []
        var ruleIndex: [String: Int] = [:]
        var bases: [String: String] = [:]
        var artifacts: [String] = []
    }

    struct Rule {
        var id = ""
        var level: String?
        var messages: [String: String] = [:]
    }

    struct Region {
        var line: Int?
        var column: Int?
        var endLine: Int?
        var endColumn: Int?
    }

    struct Place {
        var uri: String?
        var base: String?
        var index: Int?
        var region = Region()
        var message = ""
    }

    struct Message {
        var text: String?
        var id: String?
        var arguments: [String] = []
    }

    struct Issue {
        var rule: String?
        var ruleIndex: Int?
        var level: String?
        var message = Message()
        var places: [Place] = []
        var related: [Place] = []
        var fixes: [(place: Place, text: String)] = []
        var hasFix = false
        var isLeftOut = false
    }

    /// Rules and artifacts that a run may name.
    private static let tableLimit = 20_000

    /// Reads a document; the offset behind it, nil when it has no runs.
    static func read(_ bytes: [UInt8], firstLine: Int, _ log: inout LogContext) -> Int? {
        var scanner = JSONScanner(bytes, from: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
        var hasRuns = false
        var line = LineCounter(bytes, first: firstLine)
        var context = log
        scanner.object { scanner, name in
            guard name == "runs" else { return }
            hasRuns = true
            scanner.array { readRun(&$0, &line, &context) }
        }
        guard hasRuns else { return nil }
        log = context
        return scanner.hasFailed ? bytes.count : scanner.at
    }

    /// A run's tool may stand behind its results, which need it: the members are found first, and read in order.
    private static func readRun(_ scanner: inout JSONScanner, _ line: inout LineCounter, _ log: inout LogContext) {
        var members: [String: Int] = [:]
        scanner.object { scanner, name in
            if members.count < 64, members[name] == nil { members[name] = scanner.at }
        }
        var run = Run()
        if let at = members["tool"] {
            var tool = scanner.resumed(at: at)
            readTool(&tool, &run)
        }
        if let at = members["originalUriBaseIds"] {
            var bases = scanner.resumed(at: at)
            bases.object { scanner, name in
                scanner.object { if $1 == "uri", run.bases.count < 64 { run.bases[name] = $0.string() } }
            }
        }
        if let at = members["artifacts"] {
            var artifacts = scanner.resumed(at: at)
            artifacts.array { scanner in
                var uri = ""
                scanner.object { scanner, name in
                    if name == "location" { scanner.object { if $1 == "uri" { uri = $0.string() ?? "" } } }
                }
                if run.artifacts.count < tableLimit { run.artifacts.append(uri) }
            }
        }
        if let at = members["results"] {
            var results = scanner.resumed(at: at)
            results.array { scanner in
                let number = line.number(at: scanner.at)
                let issue = readIssue(&scanner)
                // Of a result that is cut off before it says anything nothing is known.
                if scanner.hasFailed, issue.message.text == nil { return }
                add(issue, run, lines: number...max(number, line.number(at: scanner.at)), &log)
            }
        }
    }

    private static func readTool(_ scanner: inout JSONScanner, _ run: inout Run) {
        scanner.object { scanner, name in
            guard name == "driver" else { return }
            scanner.object { scanner, name in
                switch name {
                case "name": run.tool = tool(named: scanner.string() ?? "")
                case "rules": scanner.array { readRule(&$0, &run) }
                default: break
                }
            }
        }
    }

    private static func readRule(_ scanner: inout JSONScanner, _ run: inout Run) {
        var rule = Rule()
        scanner.object { scanner, name in
            switch name {
            case "id": rule.id = scanner.string() ?? ""
            case "defaultConfiguration": scanner.object { if $1 == "level" { rule.level = $0.string() } }
            case "messageStrings":
                scanner.object { scanner, name in
                    scanner.object { if $1 == "text", rule.messages.count < 64 { rule.messages[name] = $0.string() } }
                }
            default: break
            }
        }
        guard run.rules.count < tableLimit else { return }
        if run.ruleIndex[rule.id] == nil { run.ruleIndex[rule.id] = run.rules.count }
        run.rules.append(rule)
    }

    private static func readIssue(_ scanner: inout JSONScanner) -> Issue {
        var issue = Issue()
        scanner.object { scanner, name in
            switch name {
            case "ruleId": issue.rule = scanner.string()
            case "ruleIndex": issue.ruleIndex = scanner.number()
            case "rule":
                scanner.object { scanner, name in
                    if name == "id" { issue.rule = scanner.string() }
                    if name == "index" { issue.ruleIndex = scanner.number() }
                }
            case "level": issue.level = scanner.string()
            case "kind": if let kind = scanner.string(), kind != "fail" { issue.isLeftOut = kind != "open" }
            case "baselineState": if scanner.string() == "absent" { issue.isLeftOut = true }
            case "suppressions": if isSuppressed(&scanner) { issue.isLeftOut = true }
            case "message": issue.message = readMessage(&scanner)
            case "locations": issue.places = readPlaces(&scanner)
            case "relatedLocations": issue.related = readPlaces(&scanner)
            // Several fixes are alternatives.
            case "fixes": scanner.array { if !issue.hasFix { readFix(&$0, &issue) } }
            default: break
            }
        }
        return issue
    }

    private static func isSuppressed(_ scanner: inout JSONScanner) -> Bool {
        var isSuppressed = false
        scanner.array { scanner in
            var status = "accepted"
            scanner.object { if $1 == "status" { status = $0.string() ?? status } }
            if status == "accepted" { isSuppressed = true }
        }
        return isSuppressed
    }

    private static func readMessage(_ scanner: inout JSONScanner) -> Message {
        var message = Message()
        scanner.object { scanner, name in
            switch name {
            case "text": message.text = scanner.string()
            case "id": message.id = scanner.string()
            case "arguments":
                scanner.array { if message.arguments.count < 16 { message.arguments.append($0.string() ?? "") } }
            default: break
            }
        }
        return message
    }

    private static func readPlaces(_ scanner: inout JSONScanner) -> [Place] {
        var places: [Place] = []
        scanner.array { scanner in
            var place = Place()
            scanner.object { scanner, name in
                if name == "physicalLocation" { readPhysical(&scanner, &place) }
                if name == "message" { place.message = readMessage(&scanner).text ?? "" }
            }
            if places.count < 32 { places.append(place) }
        }
        return places
    }

    private static func readPhysical(_ scanner: inout JSONScanner, _ place: inout Place) {
        scanner.object { scanner, name in
            if name == "artifactLocation" { readArtifact(&scanner, &place) }
            if name == "region" { place.region = readRegion(&scanner) }
        }
    }

    private static func readArtifact(_ scanner: inout JSONScanner, _ place: inout Place) {
        scanner.object { scanner, name in
            switch name {
            case "uri": place.uri = scanner.string()
            case "uriBaseId": place.base = scanner.string()
            case "index": place.index = scanner.number()
            default: break
            }
        }
    }

    private static func readRegion(_ scanner: inout JSONScanner) -> Region {
        var region = Region()
        scanner.object { scanner, name in
            switch name {
            case "startLine": region.line = scanner.number()
            case "startColumn": region.column = scanner.number()
            case "endLine": region.endLine = scanner.number()
            case "endColumn": region.endColumn = scanner.number()
            default: break
            }
        }
        return region
    }

    private static func readFix(_ scanner: inout JSONScanner, _ issue: inout Issue) {
        issue.hasFix = true
        var edits: [(place: Place, text: String)] = []
        scanner.object { scanner, name in
            guard name == "artifactChanges" else { return }
            scanner.array { scanner in
                var place = Place()
                var regions: [(Region, String)] = []
                scanner.object { scanner, name in
                    if name == "artifactLocation" { readArtifact(&scanner, &place) }
                    guard name == "replacements" else { return }
                    scanner.array { if regions.count < 64 { regions.append(readReplacement(&$0)) } }
                }
                for (region, text) in regions where edits.count < 64 {
                    place.region = region
                    edits.append((place, text))
                }
            }
        }
        issue.fixes = edits
    }

    private static func readReplacement(_ scanner: inout JSONScanner) -> (Region, String) {
        var region = Region()
        var text = ""
        scanner.object { scanner, name in
            if name == "deletedRegion" { region = readRegion(&scanner) }
            if name == "insertedContent" { scanner.object { if $1 == "text" { text = $0.string() ?? "" } } }
        }
        return (region, text)
    }
}

/// The line that an offset is on, asked with rising offsets.
struct LineCounter {
    private let bytes: [UInt8]
    private var at = 0
    private var line: Int

    init(_ bytes: [UInt8], first: Int) {
        self.bytes = bytes
        line = first
    }

    mutating func number(at offset: Int) -> Int {
        while at < min(offset, bytes.count) {
            if bytes[at] == .newline { line += 1 }
            at += 1
        }
        return line
    }
}
