import ArgumentParser
import Foundation

/// The form of results on standard output.
package enum OutputFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case text, json, markdown
    /// For programs that take findings.
    case sarif, github, junit, rdjson

    /// Those that every command has.
    package static let ofEveryCommand: [OutputFormat] = [.text, .json, .markdown]
}

/// A result that a command hands out, in every form.
package protocol Report: Encodable, Sendable {
    /// The lines for people.
    func lines(width: Int, style: Style) -> [String]
    /// Markdown as GitHub reads it, for a pull request or the summary of a job; empty when not even the least of it fits.
    func markdown(atMost bytes: Int) -> String
    /// A form that other programs read and that not every report has; empty where it has none.
    func interchange(_ format: OutputFormat) -> String
}

extension Report {
    package func interchange(_ format: OutputFormat) -> String { "" }

    /// The lines as a block of code, for what nobody puts into a pull request.
    package func markdown(atMost bytes: Int) -> String {
        let text = lines(width: 100, style: Style(.plain)).map { $0 + "\n" }.joined()
        let whole = Markdown.fence(text, as: "text") + "\n"
        if whole.utf8.count <= bytes { return whole }
        let cut = Markdown.fence(text.wholeLines(atMost: bytes / 2), as: "text") + "\n\n_The rest is left out._\n"
        return cut.utf8.count <= bytes ? cut : ""
    }
}

extension OutputFormat {
    /// The most bytes of Markdown on standard output: a pull request's text may have 65,536 characters.
    package static let mostMarkdown = 60_000

    /// The whole text of a report in this form, with a line's end.
    package func render(_ report: some Report, terminal: Terminal) -> String {
        switch self {
        case .text:
            report.lines(width: terminal.columns, style: Style(terminal)).map { $0 + "\n" }.joined()
        case .json:
            jsonText(report)
        case .markdown:
            report.markdown(atMost: Self.mostMarkdown)
        case .sarif, .github, .junit, .rdjson:
            report.interchange(self)
        }
    }
}

/// JSON as teamfix writes it everywhere: keys sorted, two spaces, no escaped slashes, a line's end.
package func jsonText(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
        return withoutControls(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
    } catch {
        return "{\"error\":{\"kind\":\"unexpected\",\"message\":\"the result can't be written as JSON\"}}\n"
    }
}

/// JSON whose text can do nothing to a terminal: what controls one, or turns the direction of writing, is escaped. Such
/// characters stand in strings only.
func withoutControls(_ json: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (0x7F...0x9F).contains(scalar.value) || [0x061C, 0x200E, 0x200F, 0x2028, 0x2029].contains(scalar.value)
            || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
    guard json.unicodeScalars.contains(where: isControl) else { return json }
    var safe = ""
    for scalar in json.unicodeScalars {
        if isControl(scalar) {
            safe += String(format: "\\u%04x", scalar.value)
        } else {
            safe.unicodeScalars.append(scalar)
        }
    }
    return safe
}

/// A number with a fixed count of decimals.
package func shownNumber(_ number: Double, decimals: Int) -> String {
    number.isFinite ? String(format: "%.\(decimals)f", number) : "?"
}
