import Synchronization

/// The tracked files of a fix's base, with the changes that have been accepted so far laid over them.
///
/// Files are loaded before rules and prompts ask for them; one that wasn't loaded, is too large, binary, or not there is nil.
package final class WorkingFiles: Sendable {
    /// Reads a file of the base by its path; nil when it isn't there or can't be edited.
    package typealias Reader = @Sendable (String) async -> [UInt8]?

    /// The largest file that is edited, in bytes.
    package static let largestFile = 4 << 20
    /// The most bytes of all loaded files together.
    package static let mostBytes = 256 << 20

    /// The tracked paths of the base.
    package let paths: Set<String>
    /// What was changed last: what broke a build is usually there.
    package let recent: RecentChanges
    private let read: Reader
    private let state: Mutex<(base: [String: SourceText?], changed: [String: SourceText], bytes: Int)>

    package init(paths: Set<String>, recent: RecentChanges = RecentChanges(), read: @escaping Reader) {
        self.paths = paths
        self.recent = recent
        self.read = read
        state = Mutex(([:], [:], 0))
    }

    /// Loads those of the paths that are tracked and not loaded yet, while the bound allows.
    package func load(_ wanted: some Sequence<String>) async {
        for path in wanted where paths.contains(path) {
            let isDue = state.withLock { $0.base[path] == nil && $0.bytes < Self.mostBytes }
            guard isDue else { continue }
            var text: SourceText?
            if let bytes = await read(path), bytes.count <= Self.largestFile {
                let candidate = SourceText(bytes)
                text = candidate.isText ? candidate : nil
            }
            state.withLock { state in
                state.base.updateValue(text, forKey: path)
                state.bytes += text?.bytes.count ?? 0
            }
        }
    }

    /// A file as it is now.
    package subscript(path: String) -> SourceText? {
        state.withLock { $0.changed[path] ?? $0.base[path] ?? nil }
    }

    /// A file as the base has it.
    package func base(_ path: String) -> SourceText? {
        state.withLock { $0.base[path] ?? nil }
    }

    /// Accepts new contents.
    package func accept(_ contents: [String: SourceText]) {
        state.withLock { $0.changed.merge(contents) { $1 } }
    }

    /// The paths that are loaded, sorted.
    package var loaded: [String] {
        state.withLock { state in state.base.compactMap { $0.value == nil ? nil : $0.key } }.sorted()
    }

    /// Everything that was accepted: the files that differ from the base.
    package var changes: [String: SourceText] { state.withLock { $0.changed } }
}
