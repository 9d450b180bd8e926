import Git

/// Brings what the built-in specialists need from a repository.
extension Repository {
    /// The changed files with their content, git's rules for them, and the beginning of binary ones.
    func checkedFiles(
        _ changes: [FileChange], texts: [String: SourceText], selection: ChangeSelection
    ) throws(GitError) -> [ChangedFile] {
        let usual = WhitespaceRule(configured: try configValue("core.whitespace"))
        var files: [ChangedFile] = []
        for change in changes where change.newPath != nil {
            var file = ChangedFile(change, text: texts[change.path], whitespace: usual)
            let attributes = try attributes(["whitespace", "conflict-marker-size", "filter"], for: change.path)
            file.whitespace = usual.with(attribute: attributes["whitespace"])
            if case .text(let size) = attributes["conflict-marker-size"], let size = Int(size), (1...200).contains(size)
            {
                file.markerSize = size
            }
            file.isStoredElsewhere = attributes["filter"] == .text("lfs")
            if change.isBinary, file.isNew, file.isFile {
                file.start = Array((try readChanged(change.path, selection) ?? []).prefix(4_096))
            }
            files.append(file)
        }
        return files
    }

    /// The names beside new paths, without those that go away with the change.
    func namesBeside(_ changes: [FileChange], selection: ChangeSelection) throws(GitError) -> [String: [String]] {
        let added = changes.filter { [.added, .untracked, .renamed].contains($0.status) }.map(\.path)
        guard !added.isEmpty else { return [:] }
        switch selection {
        // The index isn't what the newer side of two commits has.
        case .range, .trees: return [:]
        case .staged, .unstaged, .untracked, .all: break
        }
        let gone = Set(changes.filter { $0.status == .deleted || $0.status == .renamed }.compactMap(\.oldPath))
        let emptied = CaseCollisions.folders(of: Array(gone))
        var names = try indexNames(inFolders: Array(CaseCollisions.folders(of: added)))
        for (folder, list) in names {
            let prefix = folder.isEmpty ? "" : folder + "/"
            // A folder that loses files may be one that is renamed.
            names[folder] = list.filter { !gone.contains(prefix + $0) && !emptied.contains(prefix + $0) }
        }
        return names
    }
}
