import Specialists

/// What a merge left behind.
///
/// Git's own check takes seven equals signs for a marker wherever they stand, and they underline many a title: here a
/// marker that says nothing counts between markers that name their sides, or where nothing near it could be a title.
package struct ConflictMarkers: BuiltinSpecialist {
    /// How many characters a marker has unless an attribute says otherwise.
    package static let usualSize = 7

    package init() {}

    private struct Marker {
        var line: Int
        var sign: UInt8
        /// Whether a side's name follows.
        var isNamed: Bool
    }

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isFile else { return [] }
        var result: [Finding] = []
        if file.change.status == .conflicted {
            result.append(
                file.finding(
                    "conflict/unresolved", .error, "The file has an unresolved conflict",
                    suggestion: "Resolve it and git add the file."))
        }
        let added = file.added
        guard added.contains(where: { Self.marker($0.text.utf8, $0.number, size: file.markerSize) != nil })
        else { return result }
        let lines = file.text.map { text in (1...text.lineCount).map { ($0, text.line($0)) } } ?? added
        let markers = lines.compactMap { Self.marker($0.1.utf8, $0.0, size: file.markerSize) }
        let content = Dictionary(lines, uniquingKeysWith: { first, _ in first })
        let isProse = Self.prose.contains(file.ending)
        let fenced = isProse ? Self.fenced(lines) : []
        let inConflict = Self.conflicts(markers)
        for line in added {
            guard let marker = Self.marker(line.text.utf8, line.number, size: file.markerSize) else { continue }
            let isPart = inConflict.contains { $0.contains(marker.line) } && !fenced.contains(marker.line)
            let isAlone =
                isProse
                ? Self.begins(marker, line.text) && !fenced.contains(marker.line)
                : marker.isNamed || (marker.sign == equals && !Self.underlines(marker, content))
            guard isPart || isAlone else { continue }
            result.append(
                file.finding(
                    "conflict/marker", .error, line: line.number, column: 1, "A conflict marker was left in the file",
                    evidence: line.text, suggestion: "Resolve the conflict and remove the markers."))
        }
        return result
    }

    /// Whether a marker opens a conflict by a branch's name: prose begins no line so, and quotes nothing with it.
    private static func begins(_ marker: Marker, _ text: String) -> Bool {
        guard marker.sign == UInt8(ascii: "<"), marker.isNamed else { return false }
        return text.split(whereSeparator: \.isWhitespace).count == 2
    }

    private static let prose: Set<String> = [
        "md", "markdown", "rst", "txt", "adoc", "asciidoc", "text", "tex", "html", "htm", "xml", "pod", "texi", "diff",
        "patch", "eml", "mbox", "po",
    ]

    /// A line that is a marker as git defines one: as many signs, then white space or nothing.
    private static func marker(_ line: String.UTF8View, _ number: Int, size: Int) -> Marker? {
        guard let sign = line.first, "<>=|".utf8.contains(sign), line.count >= size else { return nil }
        guard line.prefix(size).allSatisfy({ $0 == sign }) else { return nil }
        let rest = line.dropFirst(size)
        guard rest.first.map({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) ?? true else { return nil }
        let isNamed = rest.contains { $0 > 0x20 }
        // `======= text` is a table's or a title's.
        guard sign != equals || !isNamed else { return nil }
        return Marker(line: number, sign: sign, isNamed: isNamed)
    }

    /// From an opening marker to the closing one after it, with a middle between them.
    private static func conflicts(_ markers: [Marker]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        var (opening, hasMiddle): (Int?, Bool) = (nil, false)
        for marker in markers {
            switch marker.sign {
            case UInt8(ascii: "<"): (opening, hasMiddle) = (marker.line, false)
            case equals: hasMiddle = true
            case UInt8(ascii: ">"):
                if let start = opening, hasMiddle { result.append(start...marker.line) }
                opening = nil
            default: break
            }
        }
        return result
    }

    /// Whether a line of equals signs could be a title's: one beside it is as short as it is, as an underlined title must be.
    private static func underlines(_ marker: Marker, _ lines: [Int: String]) -> Bool {
        [marker.line - 1, marker.line + 1].contains { number in
            let title = lines[number]?.trimmingWhitespace ?? ""
            return (1...8).contains(title.count) || title.hasPrefix("==") || title.contains("  ")
        }
    }

    /// The lines that stand between code fences of a document.
    private static func fenced(_ lines: [(Int, String)]) -> Set<Int> {
        var (result, isInside): (Set<Int>, Bool) = ([], false)
        for (number, text) in lines {
            let start = text.trimmingWhitespace
            if start.hasPrefix("```") || start.hasPrefix("~~~") { isInside.toggle() }
            if isInside { result.insert(number) }
        }
        return result
    }
}

private let equals = UInt8(ascii: "=")
