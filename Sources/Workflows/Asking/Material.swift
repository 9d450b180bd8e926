import Diagnostics
import Git
import Orchestration
import Specialists

/// What experts may look at: files as they are, or changes; within a bound.
package struct Material: Sendable, Equatable {
    /// A file, or what is shown of it.
    package struct File: Sendable, Equatable {
        package var path: String
        /// The shown lines with their numbers; nil for a line that was removed.
        package var lines: [Line]
    }

    package struct Line: Sendable, Equatable {
        package var number: Int?
        package var text: String
        package var isAdded = false
    }

    package var files: [File]
    /// What isn't shown, and why, a line each.
    package var leftOut: [String]
    /// Those that no prompt shows, and why; they are in `leftOut`, too.
    package var withheld: [String: String] = [:]
    /// The whole as a prompt has it; empty for none.
    package var text: String

    package init(files: [File] = [], leftOut: [String] = [], text: String = "") {
        self.files = files
        self.leftOut = leftOut
        self.text = text
    }

    /// The most files of one question.
    static let mostFiles = 60
    private static let largestFile = 1 << 20
    private static let shortestPart = 200

    /// The bytes that leave room for question, answers and roles in the smallest window of a team.
    package static func room(in servers: [TeamServer]) -> Int {
        let window = servers.map(\.contextLength).min() ?? 4096
        return min(48 << 10, max(1_000, (window - 1_500) * 2))
    }

    /// Files and folders of the work tree, as they are.
    package static func read(_ paths: [String], in repository: Repository, room: Int) async throws -> Material {
        var parts: [(path: String, text: SourceText)] = []
        var leftOut: [String] = []
        var withheld: [String: String] = [:]
        var seen: Set<String> = []
        func take(_ path: String, isNamed: Bool) async throws -> Bool {
            if !isNamed, let refusal = CarriedFolders.refusal(of: path) {
                leftOut.append("\(path): \(refusal.reason)")
                return true
            }
            if let reason = try await WithheldFiles.reasons(for: [path], in: repository)[path] {
                if withheld.updateValue(reason, forKey: path) == nil { leftOut.append("\(path): \(reason)") }
                return true
            }
            guard let bytes = try await repository.readChanged(path, .all, limit: largestFile) else { return false }
            guard seen.insert(path).inserted else { return true }
            let text = SourceText(bytes)
            if !text.isText {
                leftOut.append("\(path): it isn't text")
            } else if parts.count == mostFiles {
                leftOut.append("\(path): more than \(mostFiles) files")
            } else {
                parts.append((path, text))
            }
            return true
        }
        for path in paths {
            if path != "*", try await take(path, isNamed: true) { continue }
            let folder = path == "*" ? "" : path + (path.hasSuffix("/") ? "" : "/")
            let inside = try await tracked(in: repository).filter { $0.hasPrefix(folder) }
            if inside.isEmpty { leftOut.append("\(path): no file that git knows, or over \(largestFile >> 20) MiB") }
            for (number, file) in inside.enumerated() {
                if parts.count == mostFiles {
                    leftOut.append("\(path): \(inside.count - number) files, beyond \(mostFiles)")
                    break
                }
                if try await take(file, isNamed: false) { continue }
                leftOut.append("\(file): it isn't there, or over \(largestFile >> 20) MiB")
            }
        }
        let files = parts.map { part in
            File(path: part.path, lines: (1...part.text.lineCount).map { Line(number: $0, text: part.text.line($0)) })
        }
        var material = Material(files, leftOut, room: room) { "\($0.path):" }
        material.withheld = withheld
        return material
    }

    /// What differs, with the lines around it.
    package static func changes(
        _ selection: ChangeSelection, _ paths: [String], in repository: Repository, room: Int
    ) async throws -> Material {
        var leftOut: [String] = []
        var files: [File] = []
        let changes = try await repository.changes(selection, paths: paths.filter { $0 != "*" })
        let withheld = try await WithheldFiles.reasons(
            for: changes.flatMap { [$0.oldPath, $0.newPath].compactMap(\.self) }, in: repository)
        for change in changes {
            if let reason = [change.oldPath, change.newPath].lazy.compactMap({ $0.flatMap { withheld[$0] } }).first {
                leftOut.append("\(change.path): \(reason)")
            } else if change.isBinary || change.isOversized {
                leftOut.append("\(change.path): \(change.isBinary ? "it isn't text" : "it is too large")")
            } else if files.count == mostFiles {
                leftOut.append("\(change.path): more than \(mostFiles) files")
            } else if !change.hunks.isEmpty {
                files.append(
                    File(
                        path: change.path,
                        lines: change.hunks.flatMap(\.lines).map {
                            Line(number: $0.newNumber, text: $0.text, isAdded: $0.kind == .added)
                        }))
            }
        }
        var material = Material(files, leftOut, room: room) {
            "Changes of \($0.path), + before added lines, - without a number:"
        }
        material.withheld = withheld
        return material
    }

    private static func tracked(in repository: Repository) async throws -> [String] {
        guard let head = try await repository.facts().head else { return [] }
        let tree = try await repository.commitInfo(head).tree
        return try await repository.listFiles(in: tree).filter(\.mode.isFile).map(\.path).sorted()
    }

    /// Shares the room: short files whole, what they leave goes to the longer ones, which are cut behind a whole line.
    private init(_ whole: [File], _ leftOut: [String], room: Int, heading: (File) -> String) {
        (files, self.leftOut, text) = ([], leftOut, "")
        let shown = whole.map { file in file.lines.map(Self.shown) }
        let sizes = zip(whole, shown).map { file, lines in
            lines.reduce(heading(file).utf8.count + 2) { $0 + $1.utf8.count + 1 }
        }
        var left = room
        var shares = sizes.map { _ in 0 }
        for (rank, index) in sizes.indices.sorted(by: { sizes[$0] < sizes[$1] }).enumerated() {
            shares[index] = min(sizes[index], left / (sizes.count - rank))
            left -= shares[index]
        }
        var parts: [String] = []
        for (index, file) in whole.enumerated() {
            guard shares[index] >= min(sizes[index], Self.shortestPart) else {
                self.leftOut.append("\(file.path): there is no room for it")
                continue
            }
            var size = heading(file).utf8.count + 2
            let kept = shown[index].prefix { line in
                size += line.utf8.count + 1
                return size <= shares[index]
            }
            if kept.count < file.lines.count {
                self.leftOut.append("\(file.path): all but the first \(kept.count) lines, for want of room")
            }
            files.append(File(path: file.path, lines: Array(file.lines.prefix(kept.count))))
            parts.append(([heading(file)] + kept).joined(separator: "\n"))
        }
        text = parts.joined(separator: "\n\n")
    }

    private static func shown(_ line: Line) -> String {
        "\(line.number.map(String.init) ?? "-") |\(line.isAdded ? "+" : " ")\(sanitized(line.text))"
    }
}

extension Material {
    /// What looking for a citation showed.
    package enum Check: String, Sendable, Codable {
        /// The quote stands there, or the line that is named is there.
        case found
        /// It doesn't.
        case missing
        /// There is nothing to look in.
        case unchecked
    }

    /// Looks for what an expert quotes in what it was shown; the line is set to where it stands.
    package func check(_ citation: ConsensusReply.Citation) -> (check: Check, citation: ConsensusReply.Citation) {
        guard !files.isEmpty else { return (.unchecked, citation) }
        let named = citation.file.map { name in
            files.filter { $0.path == name || $0.path.hasSuffix("/" + name) || name.hasSuffix("/" + $0.path) }
        }
        for file in named ?? files {
            if citation.quote.isEmpty {
                guard file.lines.contains(where: { $0.number == citation.line }) else { continue }
                return (.found, .init(file: file.path, line: citation.line, quote: ""))
            }
            let evidence = Evidence(
                file: file.path, text: SourceText(file.lines.map { $0.text + "\n" }.joined()))
            let near = citation.line.flatMap { line in file.lines.firstIndex { $0.number == line } }
            let finding = Finding(
                file: file.path, line: near.map { $0 + 1 }, severity: .note, message: "", evidence: citation.quote)
            guard let place = evidence.anchored(finding)?.line, file.lines.indices.contains(place - 1) else { continue }
            return (.found, .init(file: file.path, line: file.lines[place - 1].number, quote: citation.quote))
        }
        return (.missing, citation)
    }
}
