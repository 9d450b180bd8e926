/// The places that the text of a failed test names: frames of stacks, assertions, compilers' messages.
struct FailurePlaces {
    private(set) var all: [(location: SourceLocation, text: String)] = []
    /// Where a person would look first: in the project's own code, the innermost frame.
    private(set) var best: SourceLocation?

    private static let lineLimit = 400
    private static let limit = 48

    init(_ text: String, classname: String, _ log: LogContext) {
        // Python names the innermost frame last; everybody else first.
        var isPython = false
        var own: [SourceLocation] = []
        for words in text.split(separator: "\n").prefix(Self.lineLimit) where all.count < Self.limit {
            let line = Line(Array(words.utf8.prefix(2048)), number: 0)
            if line.starts("E   ") || line.starts("  File \"") { isPython = true }
            let frame = JavaFrame(line)
            guard let location = frame?.location(log) ?? Self.place(in: line, log),
                !all.contains(where: { $0.location == location })
            else {
                continue
            }
            all.append((location, line.trimmed))
            if frame?.isLibrary != true, Self.isOwn(location.file) { own.append(location) }
        }
        best = isPython ? own.last : own.first
    }

    private static func isOwn(_ file: String) -> Bool {
        PathResolver.isInside(file) && !PythonTracebacks.isLibrary(file) && !file.hasPrefix("node:")
            && !Line(Array(file.utf8), number: 0).contains("node_modules/")
    }

    private static func place(in line: Line, _ log: LogContext) -> SourceLocation? {
        // Python: `File "x.py", line 3`; .NET: `in /src/X.cs:line 3`.
        if let start = line.find("File \""), let end = line.find("\", line ", from: start + 6),
            let number = line.number(at: end + 8)
        {
            let path = line.text(start + 6, end)
            return path.hasPrefix("<") ? nil : log.place(path, number.value)
        }
        if let end = line.find(":line "), let number = line.number(at: end + 6), let start = line.findLast(" in ") {
            return log.place(line.text(start + 4, end), number.value)
        }
        for word in line.bytes.split(whereSeparator: { Self.separators.contains($0) }) {
            guard word.contains(.colon), let place = PlaceReader(in: Array(word), at: 0, accepting: Self.isFile) else {
                continue
            }
            return log.place(place.file, place.line, place.column)
        }
        return nil
    }

    private static let separators: Set<UInt8> = [.space, .tab, .openParenthesis, .closeParenthesis, .quote, 0x27, 0x2c]

    private static func isFile(_ name: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        let path = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text
        return PlaceReader.looksLikePath(path)
            && PlaceReader.sourceExtensions.contains(PlaceReader.fileExtension(path))
    }
}
