import CLibgit2
import Foundation

extension Repository {
    /// A changed file's bytes on the newer side of a comparison: the index's for staged changes, the newer commit's for a
    /// range, else the work tree's. Nil when it isn't a file there, or has more than `limit` bytes.
    package func readChanged(
        _ path: String, _ selection: ChangeSelection, limit: Int = 4 << 20
    ) throws(GitError) -> [UInt8]? {
        let began = ContinuousClock.now
        defer { timeSpent += ContinuousClock.now - began }
        switch selection {
        case .staged:
            if let index = readableIndex() {
                guard let entry = index.entry(path: path), let mode = FileMode(index.mode(entry)), mode.isFile else {
                    return nil
                }
                return try bounded { () throws(GitError) in try blob(ObjectID(raw: index.id(entry)), limit: limit) }
            }
            let index = try freshIndex()
            guard let entry = git_index_get_bypath(index.pointer, path, 0)?.pointee else { return nil }
            guard let mode = FileMode(entry.mode), mode.isFile else { return nil }
            return try bounded { () throws(GitError) in try blob(ObjectID(entry.id), limit: limit) }
        case .range(let text):
            let tree = try tree(of: try ends(ofRange: text).new.hex)
            return try bounded { () throws(GitError) in try readBlob(path: path, in: tree, limit: limit) }
        case .trees(_, let new):
            let tree = try tree(of: new.hex)
            return try bounded { () throws(GitError) in try readBlob(path: path, in: tree, limit: limit) }
        case .unstaged, .untracked, .all:
            guard Paths.problem(inPath: path) == nil else { return nil }
            // A link may lead anywhere, and what it leads to isn't the repository's.
            let root = try requireWorkTree(to: "read")
            guard let status = Paths.status(path, below: root), status.st_mode & S_IFMT == S_IFREG else { return nil }
            return Paths.contents(root + "/" + path, limit: limit)
        }
    }

    private func bounded(_ read: () throws(GitError) -> [UInt8]?) throws(GitError) -> [UInt8]? {
        do throws(GitError) { return try read() } catch {
            guard error.code == .tooLarge || error.code == .missingObject else { throw error }
            return nil
        }
    }
}
