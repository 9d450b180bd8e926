import Diagnostics

/// Which files the rules and prompts may want to read for some root causes.
struct SuspectFiles: Sendable {
    var paths: Set<String>
    /// Files that were changed last.
    var changed: [String] = []

    init(paths: Set<String>, changed: [String] = []) {
        self.paths = paths
        self.changed = changed
    }

    init(_ files: WorkingFiles) { self.init(paths: files.paths, changed: files.recent.files) }

    /// The most files that are read because nothing more exact is known.
    static let mostNeighbours = 400

    /// The most recently changed files that are read.
    static let mostChanged = 60

    /// The files that diagnostics name, then those that were changed last, then the sources of the project, nearest first.
    func wanted(for causes: [RootCause]) -> [String] {
        var result: [String] = []
        var seen: Set<String> = []
        func add(_ path: String?) {
            if let path, paths.contains(path), seen.insert(path).inserted { result.append(path) }
        }
        for cause in causes {
            for diagnostic in [cause.diagnostic] + cause.cascades {
                add(diagnostic.location?.file)
                for note in diagnostic.notes { add(note.location?.file) }
                for fixIt in diagnostic.fixIts { add(fixIt.file) }
            }
        }
        let folders = Set(result.map(Self.folder))
        for path in changed.prefix(Self.mostChanged) { add(path) }
        let sources = paths.filter { Syntax(file: $0) != .plain }
        let near = sources.filter { folders.contains(Self.folder($0)) }.sorted()
        let far = sources.filter { !folders.contains(Self.folder($0)) }.sorted()
        for path in (near + far).prefix(Self.mostNeighbours) { add(path) }
        return result
    }

    private static func folder(_ path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }
}
