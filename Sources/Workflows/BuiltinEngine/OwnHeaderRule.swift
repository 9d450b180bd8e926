import Diagnostics

/// A header of the project itself that isn't included: the file's own one, or the only one that declares an unknown name.
struct OwnHeaderRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        let said = [cause.diagnostic] + cause.cascades.prefix(24)
        guard UnknownNameRule.isUnknownName(message) || message.contains("does not name a type"),
            cause.diagnostic.tool == .gcc || cause.diagnostic.tool == .clang,
            let place = cause.diagnostic.location?.file,
            Syntax(file: place) == .cLike, !place.hasSuffix(".swift"), let text = files[place]
        else { return [] }
        let names = said.compactMap { UnknownNameRule.name(in: $0.message) }
        let included = Self.included(in: text)
        guard let name = names.first, name.utf8.count > 3 else { return [] }
        let declaring = DeclaredNames.headers(mentioning: name, files).filter { header in
            header.path != place && !included.contains(Self.fileName(header.path))
                && DeclaredNames.declares(name, in: header)
        }
        if declaring.count == 1, let header = declaring.first {
            return [proposal(header.path, place, text)]
        }
        return []
    }

    private func proposal(_ header: String, _ place: String, _ text: SourceText) -> Proposal {
        let written = Self.written(header, from: place, text)
        let isOwn = Self.stem(header) == Self.stem(place)
        let offset = IncludePlace.offset(in: text, isOwn ? .first : .behindQuoted)
        let edit = Edit(file: place, range: offset..<offset, replacement: "#include \"\(written)\"" + text.lineEnding)
        return Proposal("Include \"\(written)\" in \(place)", edits: [edit], grounds: .explainsAll)
    }

    /// How the file would name the header: as a neighbour, or below a folder called `include`.
    private static func written(_ header: String, from place: String, _ text: SourceText) -> String {
        let from = place.split(separator: "/").dropLast().map(String.init)
        var to = header.split(separator: "/").map(String.init)
        if Array(to.dropLast()) == from || from.isEmpty && to.count == 1 { return to.last ?? header }
        if let folder = to.lastIndex(of: "include") { return to[(folder + 1)...].joined(separator: "/") }
        var up = from
        while let first = up.first, to.first == first, to.count > 1 {
            up.removeFirst()
            to.removeFirst()
        }
        return (up.map { _ in ".." } + to).joined(separator: "/")
    }

    /// The names, without folders, of the files that a text includes.
    private static func included(in text: SourceText) -> Set<String> {
        var names: Set<String> = []
        for line in 1...text.lineCount {
            let content = text.line(line).trimmingWhitespace
            guard content.hasPrefix("#"), content.contains("include") else { continue }
            let parts = content.split(whereSeparator: { "\"<>".contains($0) })
            if parts.count > 1 { names.insert(fileName(String(parts[1]))) }
        }
        return names
    }

    private static func stem(_ path: String) -> String {
        fileName(path).split(separator: ".").first.map(String.init) ?? path
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Where an `#include` goes.
enum IncludePlace {
    /// Before the first include, behind the last one, behind the last one of the project's own.
    case first, last, behindQuoted

    /// Includes that a condition governs don't count, where there are others.
    static func offset(in text: SourceText, _ place: IncludePlace) -> Int {
        var depth = 0
        var includes: [(line: Int, depth: Int, isQuoted: Bool)] = []
        for line in 1...max(1, min(text.lineCount, 400)) {
            let content = text.line(line).trimmingWhitespace
            guard content.hasPrefix("#") else { continue }
            switch content.dropFirst().split(whereSeparator: { " \t(<\"".contains($0) }).first {
            case "if", "ifdef", "ifndef": depth += 1
            case "endif": depth -= 1
            case "include": includes.append((line, depth, content.contains("\"")))
            default: break
            }
        }
        let least = includes.map(\.depth).min() ?? 0
        var usable = includes.filter { $0.depth == least }
        if place == .behindQuoted, usable.contains(where: \.isQuoted) { usable.removeAll { !$0.isQuoted } }
        let chosen = place == .first ? usable.first : usable.last
        guard let chosen, let range = text.rangeWithEnding(ofLine: chosen.line) else { return 0 }
        return place == .first ? range.lowerBound : range.upperBound
    }
}
