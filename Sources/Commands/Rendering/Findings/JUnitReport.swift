import Diagnostics

/// Findings as test results: a suite a file, a failed case a finding, a passed case for a file without any.
struct JUnitReport {
    private var view: AnalyzeView
    private var found: [String: [FindingEntry]]
    private var setAside: [String: [FindingEntry]]

    init(_ view: AnalyzeView) {
        self.view = view
        found = Dictionary(grouping: view.findings, by: \.finding.file)
        setAside = Dictionary(grouping: view.setAside, by: \.finding.file)
    }

    private struct Suite {
        var name: String
        var cases: [String] = []
        var failures = 0
        var errors = 0
        var skipped = 0
    }

    var text: String {
        var suites = files.map(suite)
        if !view.failures.isEmpty { suites.append(unanswered) }
        let failures = suites.reduce(0) { $0 + $1.failures }
        let errors = suites.reduce(0) { $0 + $1.errors }
        let tests = suites.reduce(0) { $0 + $1.cases.count }
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites name=\"teamfix analyze\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\">",
        ]
        for suite in suites {
            lines.append(
                "  <testsuite name=\"\(Self.escaped(suite.name))\" tests=\"\(suite.cases.count)\" failures=\"\(suite.failures)\""
                    + " errors=\"\(suite.errors)\" skipped=\"\(suite.skipped)\">")
            lines += suite.cases
            lines.append("  </testsuite>")
        }
        return lines.joined(separator: "\n") + "\n</testsuites>\n"
    }

    /// Every file that was looked at or that something is said of, once.
    private var files: [String] {
        Set(view.files).union(found.keys).union(setAside.keys).sorted()
    }

    private func suite(_ file: String) -> Suite {
        var suite = Suite(name: file)
        for entry in found[file] ?? [] {
            let finding = entry.finding
            let place = finding.file + (finding.line.map { ":\($0)" } ?? "")
            var body = "\(place): \(finding.severity.rawValue): \(finding.message) [\(entry.rule)]"
            if let excerpt = entry.excerpt { body += "\n\(excerpt.line) | \(excerpt.text)" }
            if !finding.suggestion.isEmpty { body += "\nnote: \(finding.suggestion)" }
            body += "\nsaid by \(entry.sources.joined(separator: ", "))"
            suite.failures += 1
            suite.cases.append(
                Self.testcase(
                    entry,
                    "<failure type=\"\(finding.severity.rawValue)\" message=\"\(Self.escaped(finding.message))\">"
                        + "\(Self.escaped(body))</failure>"))
        }
        for entry in setAside[file] ?? [] {
            let why: String =
                switch entry.setAside?.by {
                case .ignored: "ignored" + (entry.setAside?.reason.map { ": \($0)" } ?? "")
                case .baseline: "in the baseline"
                case .confidence, nil: "below --min-confidence"
                }
            suite.skipped += 1
            suite.cases.append(Self.testcase(entry, "<skipped message=\"\(Self.escaped(why))\"/>"))
        }
        if suite.cases.isEmpty {
            suite.cases = ["    <testcase classname=\"\(Self.escaped(file))\" name=\"no findings\"/>"]
        }
        return suite
    }

    private var unanswered: Suite {
        var suite = Suite(name: "teamfix")
        suite.errors = view.failures.count
        suite.cases = view.failures.map {
            "    <testcase classname=\"teamfix\" name=\"\(Self.escaped(sanitizedLine($0)))\"><error type=\"no-answer\" message=\"no answer\"/></testcase>"
        }
        return suite
    }

    private static func testcase(_ entry: FindingEntry, _ content: String) -> String {
        let finding = entry.finding
        let line = finding.line.map { "line \($0): " } ?? ""
        let name = escaped(sanitizedLine("\(line)\(finding.message) [\(entry.rule)]"))
        return "    <testcase classname=\"\(escaped(finding.file))\" name=\"\(name)\">\(content)</testcase>"
    }

    /// Text as XML 1.0 takes it, in an attribute or between tags: most control characters have no way in at all.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in sanitized(text).unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "\n": result.append(contentsOf: "&#10;".unicodeScalars)
            case "\t": result.append(contentsOf: "&#9;".unicodeScalars)
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return String(result)
    }
}
