import Foundation

/// Where names are defined, as universal-ctags tells it: it knows more languages than the search without it.
package struct DefinitionIndex: Sendable, Equatable {
    /// A definition.
    package struct Place: Sendable, Equatable {
        package var file: String
        package var line: Int
        /// The last line of what is defined; nil when ctags doesn't tell.
        package var end: Int?
        package var kind: String

        package init(file: String, line: Int, end: Int? = nil, kind: String) {
            self.file = file
            self.line = line
            self.end = end
            self.kind = kind
        }
    }

    private var byName: [String: [Place]] = [:]

    package init() {}

    /// Reads what `ctags --output-format=json` printed; lines that aren't such are passed over.
    package init(reading output: [UInt8]) {
        struct Tag: Decodable {
            var name: String
            var path: String
            var line: Int
            var kind: String
            var end: Int?
        }
        let decoder = JSONDecoder()
        var count = 0
        for line in output.split(separator: 0x0A) where count < Self.mostPlaces {
            guard let tag = try? decoder.decode(Tag.self, from: Data(line)), tag.line > 0,
                !Self.otherKinds.contains(tag.kind)
            else { continue }
            count += 1
            // Some languages' names come with what they belong to: `Module.name`.
            let name = tag.name.split { ".:#".contains($0) }.last.map(String.init) ?? tag.name
            byName[name, default: []].append(
                Place(
                    file: tag.path, line: tag.line, end: tag.end.flatMap { $0 >= tag.line ? $0 : nil }, kind: tag.kind))
        }
    }

    /// The definitions of a name, functions first, else by file and line: ctags reads folders in the disk's order.
    package func places(of name: String) -> [Place] {
        let places = (byName[name] ?? []).sorted { ($0.file, $0.line) < ($1.file, $1.line) }
        return places.filter { Self.functions.contains($0.kind) } + places.filter { !Self.functions.contains($0.kind) }
    }

    package var isEmpty: Bool { byName.isEmpty }

    private static let functions: Set<String> = ["function", "method", "func", "subroutine", "procedure", "macro"]
    private static let otherKinds: Set<String> = [
        "prototype", "externvar", "local", "parameter", "label", "header", "namespace", "package", "module", "import",
        "unknown", "file", "target", "chapter", "section",
    ]

    /// The most definitions that are kept, files that are read, bytes of them, bytes of output, and seconds.
    static let mostPlaces = 50_000
    static let mostFiles = 600
    static let mostBytes = 24 << 20
    static let mostOutput = 24 << 20
    static let longest: Duration = .seconds(10)

    /// Asks ctags about the files that are loaded, as they are now; empty when it isn't there or doesn't come to an end.
    ///
    /// - Throws: `CancellationError` only.
    static func make(of files: WorkingFiles, in place: Workplace) async throws -> DefinitionIndex {
        guard let program = Sandbox.find("ctags", in: place.environment["PATH"]),
            let space = try? ScratchSpace.make(in: place.scratch)
        else { return DefinitionIndex() }
        defer { try? space.remove() }
        do {
            let sources = space.path + "/sources"
            guard try lay(files, in: sources) else { return DefinitionIndex() }
            // Neither the user's nor a repository's options: they can name programs to run.
            let runner = CommandRunner(
                arguments: [
                    program, "--options=NONE", "--output-format=json", "--fields=+ne", "--sort=no", "--links=no",
                    "-f", "-", "-R", ".",
                ],
                workingDirectory: sources, environment: ["PATH": place.environment["PATH"] ?? "", "LC_ALL": "C"],
                deadline: longest, outputPath: space.path + "/tags", outputLimit: mostOutput)
            let result = try await runner.run()
            // Exuberant ctags knows no JSON, and fails.
            guard result.isSuccess, result.leftOutBytes == 0 else { return DefinitionIndex() }
            let output = try Data(contentsOf: URL(fileURLWithPath: result.outputPath))
            return DefinitionIndex(reading: Array(output)).withoutDots
        } catch {
            try Task.checkCancellation()
            return DefinitionIndex()
        }
    }

    /// Writes the loaded files below a folder; false when there are none.
    private static func lay(_ files: WorkingFiles, in folder: String) throws -> Bool {
        var bytes = 0
        var count = 0
        for path in files.loaded {
            guard count < mostFiles, let text = files[path], text.bytes.count < 1 << 20,
                bytes + text.bytes.count <= mostBytes, !path.hasPrefix("/"), !path.split(separator: "/").contains("..")
            else { continue }
            let url = URL(fileURLWithPath: folder + "/" + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.bytes).write(to: url)
            bytes += text.bytes.count
            count += 1
        }
        return count > 0
    }

    /// With paths as the repository has them.
    private var withoutDots: DefinitionIndex {
        var result = self
        result.byName = byName.mapValues { places in
            places.map { place in
                var place = place
                if place.file.hasPrefix("./") { place.file.removeFirst(2) }
                return place
            }
        }
        return result
    }
}
