import CLibgit2

extension Repository {
    /// The names that the index has directly in some folders: files and folders alike. The root is the empty path.
    ///
    /// Costs a few look-ups a name: what lies below a folder in it is jumped over, so that a large index isn't walked.
    package func indexNames(inFolders folders: [String]) throws(GitError) -> [String: [String]] {
        if let file = readableIndex() {
            return Self.names(inFolders: folders, of: file.entries.count) { Array(file.pathBytes($0)) }
        }
        let index = try freshIndex()
        return Self.names(inFolders: folders, of: git_index_entrycount(index.pointer)) { number in
            git_index_get_byindex(index.pointer, number).map { Array(String(cString: $0.pointee.path).utf8) } ?? []
        }
    }

    /// - Parameter path: the path of an entry, by its number. A path that isn't UTF-8 has replacement characters in what is told.
    private static func names(
        inFolders folders: [String], of count: Int, path: (Int) -> [UInt8]
    ) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for folder in Set(folders) {
            found[folder] = names(in: folder.isEmpty ? [] : Array((folder + "/").utf8), of: count, path: path)
        }
        return found
    }

    private static func names(in prefix: [UInt8], of count: Int, path: (Int) -> [UInt8]) -> [String] {
        var names: [String] = []
        var position = firstEntry(atOrAfter: prefix, from: 0, to: count, path: path)
        while position < count {
            let entry = path(position)
            guard entry.starts(with: prefix) else { break }
            let name = entry[prefix.count...].prefix { $0 != UInt8(ascii: "/") }
            // One entry a stage stands there while a file is in conflict.
            let text = String(decoding: name, as: UTF8.self)
            if names.last?.utf8.elementsEqual(text.utf8) != true { names.append(text) }
            guard prefix.count + name.count < entry.count else {
                position += 1
                continue
            }
            // The first path behind everything in that folder: "0" follows "/".
            let behind = Array(entry[..<(prefix.count + name.count)]) + [UInt8(ascii: "/") + 1]
            position = max(position + 1, firstEntry(atOrAfter: behind, from: position, to: count, path: path))
        }
        return names
    }

    /// The index is sorted by the paths' bytes.
    private static func firstEntry(
        atOrAfter wanted: [UInt8], from: Int, to: Int, path: (Int) -> [UInt8]
    ) -> Int {
        var (low, high) = (from, to)
        while low < high {
            let middle = (low + high) / 2
            if path(middle).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
