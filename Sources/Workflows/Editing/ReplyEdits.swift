import Diagnostics
import Specialists

/// What a model's reply makes of the files: every change in it, or none.
package struct ReplyEdits: Sendable {
    /// Why a reply can't be used.
    package enum Problem: Error, Sendable, Equatable {
        case noCode
        case elided
        case cut
        case unchanged
        case size
        case notFound(file: String)
        case ambiguous(file: String, places: Int)
        case outOfScope(file: String)
        case encoding(file: String)

        /// In words, for people.
        package var text: String {
            switch self {
            case .noCode: "it has no code"
            case .elided: "it leaves out code"
            case .cut: "it is cut"
            case .unchanged: "it changes nothing"
            case .size: "it is too long or too short to be the same lines again"
            case .notFound(let file): "what it wants to replace isn't in \(sanitized(file))"
            case .ambiguous(let file, let places):
                "what it wants to replace is in \(sanitized(file)) \(places) times"
            case .outOfScope(let file): "it changes \(sanitized(file)), which isn't part of the task"
            case .encoding(let file): "it changes a line of \(sanitized(file)) that isn't UTF-8"
            }
        }
    }

    /// The lines that were asked for.
    package var window: CodeWindow
    package var format: EditFormat
    /// The files that the reply may name beside the window's.
    package var scope: Set<String>
    let read: @Sendable (String) -> SourceText?

    package init(
        window: CodeWindow, format: EditFormat, scope: Set<String> = [],
        read: @escaping @Sendable (String) -> SourceText?
    ) {
        self.window = window
        self.format = format
        self.scope = scope.union([window.file])
        self.read = read
    }

    /// The new contents of the files that the reply changes.
    ///
    /// A reply in another format than the one that was asked for is read as what it is.
    package func contents(of answer: String) throws(Problem) -> [String: SourceText] {
        let reply = CodeReply(answer)
        if reply.isCut { throw .cut }
        let contents =
            reply.replacements.isEmpty ? try placed(try blocks(of: reply, answer)) : try replaced(reply.replacements)
        let changed = contents.filter { read($0.key)?.bytes != $0.value.bytes }
        if changed.isEmpty { throw .unchanged }
        return changed
    }

    private func replaced(_ replacements: [CodeReply.Replacement]) throws(Problem) -> [String: SourceText] {
        var result: [String: SourceText] = [:]
        for replacement in replacements {
            let file = try file(named: replacement.file)
            guard let origin = read(file), let text = result[file] ?? read(file) else { throw .outOfScope(file: file) }
            if CodeReply.isElided(replacement.replace, besides: origin.string) { throw .elided }
            if replacement.search == replacement.replace { continue }
            let new: SourceText?
            do throws(SearchPlace.Problem) {
                new = try text.replacing(lines(replacement.search), with: lines(replacement.replace))
            } catch {
                switch error {
                case .notFound: throw .notFound(file: file)
                case .ambiguous(let places): throw .ambiguous(file: file, places: places)
                }
            }
            guard let new else { throw .encoding(file: file) }
            result[file] = new
        }
        return result
    }

    /// A reply's code. One line is often written without a fence around it; a block of lines that begins or ends with the
    /// line's neighbours means the line between them.
    private func blocks(of reply: CodeReply, _ answer: String) throws(Problem) -> [CodeReply.Block] {
        guard format == .line, let text = read(window.file) else { return reply.blocks }
        guard !reply.blocks.isEmpty else {
            let line = answer.trimmingWhitespace
            guard !line.isEmpty, !line.contains(where: \.isNewline) else { return [] }
            let code =
                line.count > 2 && line.hasPrefix("`") && line.hasSuffix("`")
                ? String(line.dropFirst().dropLast()) : line
            return [CodeReply.Block(language: "", file: nil, code: code + "\n", isClosed: true, isElided: false)]
        }
        let near = reply.blocks.map { block in
            var lines = self.lines(block.code)
            while lines.count > 1, lines.last?.trimmingWhitespace.isEmpty == true { lines.removeLast() }
            func isNeighbour(_ line: String?, _ number: Int) -> Bool {
                guard let line = line?.trimmingWhitespace, !line.isEmpty else { return false }
                return line == text.line(number).trimmingWhitespace
            }
            if lines.count > 1, isNeighbour(lines.first, window.lines.lowerBound - 1) { lines.removeFirst() }
            if lines.count > 1, isNeighbour(lines.last, window.lines.upperBound + 1) { lines.removeLast() }
            var result = block
            result.code = lines.map { $0 + "\n" }.joined()
            return result
        }
        // Whoever writes the whole function instead of its line didn't say where the line ends up.
        let most = window.lines.count + Self.mostBeside
        let short = near.filter { lines($0.code).count <= most }
        if short.isEmpty {
            throw near.contains { CodeReply.isElided($0.code, besides: text.string) } ? .elided : .size
        }
        return short
    }

    /// A line may become a few: with a check before it, or a statement that was missing.
    private static let mostBeside = 2

    private func placed(_ blocks: [CodeReply.Block]) throws(Problem) -> [String: SourceText] {
        guard !blocks.isEmpty else { throw .noCode }
        guard format == .file else { return [window.file: try placed(best(blocks, in: window.file), window)] }
        // The largest block of each file: examples and asides are shorter.
        var byFile: [String: [CodeReply.Block]] = [:]
        for block in blocks {
            let name = try file(named: block.file)
            byFile[name, default: []].append(block)
        }
        var result: [String: SourceText] = [:]
        for (file, blocks) in byFile {
            guard let text = read(file) else { throw .outOfScope(file: file) }
            let block = try best(blocks, in: file)
            if !block.isClosed { throw .cut }
            result[file] = try placed(block, CodeWindow(file: file, lines: 1...text.lineCount))
        }
        return result
    }

    private func best(_ blocks: [CodeReply.Block], in file: String) throws(Problem) -> CodeReply.Block {
        let origin = read(file)?.string ?? ""
        let whole = blocks.filter { !CodeReply.isElided($0.code, besides: origin) }
        guard !whole.isEmpty else { throw .elided }
        let closed = whole.filter(\.isClosed)
        guard let best = (closed.isEmpty ? whole : closed).max(by: { $0.code.utf8.count < $1.code.utf8.count }) else {
            throw .noCode
        }
        return best
    }

    private func placed(_ block: CodeReply.Block, _ window: CodeWindow) throws(Problem) -> SourceText {
        guard let text = read(window.file) else { throw .outOfScope(file: window.file) }
        do throws(ReplyPlacement.Problem) {
            return try ReplyPlacement(text: text, window: window).place(block.code)
        } catch {
            switch error {
            case .empty: throw .noCode
            case .unchanged: throw .unchanged
            case .size: throw .size
            case .encoding: throw .encoding(file: window.file)
            }
        }
    }

    /// The file that a name in a reply means: models leave out folders, or put `a/` before them. A name that no file has is
    /// taken for the window's: whether the lines stand there decides.
    private func file(named name: String?) throws(Problem) -> String {
        guard let name else { return window.file }
        if scope.contains(name) { return name }
        let plain = ["./", "a/", "b/"].first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) } ?? name
        let matching = scope.filter { $0 == plain || $0.hasSuffix("/" + plain) || plain.hasSuffix("/" + $0) }
        if matching.contains(window.file) { return window.file }
        if matching.count == 1, let only = matching.first { return only }
        guard read(name) == nil, read(plain) == nil, matching.isEmpty else { throw .outOfScope(file: name) }
        return window.file
    }

    private func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
