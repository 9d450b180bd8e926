import CLibgit2

extension Repository {
    /// The names that the index has directly in some folders: files and folders alike. The root is the empty path.
    ///
    /// Costs a few look-ups a name: what lies below a folder in it is jumped over, so that a large index isn't walked.
    package func indexNames(inFolders folders: [String]) throws(GitError) -> [String: [String]] {
        let index = try freshIndex()
        var found: [String: [String]] = [:]
        for folder in Set(folders) {
            found[folder] = Self.names(in: folder.isEmpty ? [] : Array((folder + "/").utf8), of: index.pointer)
        }
        return found
    }

    private static func names(in prefix: [UInt8], of index: OpaquePointer) -> [String] {
        let count = git_index_entrycount(index)
        var names: [String] = []
        var position = firstEntry(atOrAfter: prefix, from: 0, to: count, of: index)
        while position < count, let path = path(position, of: index), path.starts(with: prefix) {
            let name = path[prefix.count...].prefix { $0 != UInt8(ascii: "/") }
            // One entry a stage stands there while a file is in conflict.
            let text = String(decoding: name, as: UTF8.self)
            if names.last?.utf8.elementsEqual(text.utf8) != true { names.append(text) }
            guard prefix.count + name.count < path.count else {
                position += 1
                continue
            }
            // The first path behind everything in that folder: "0" follows "/".
            let behind = path[..<(prefix.count + name.count)] + [UInt8(ascii: "/") + 1]
            position = firstEntry(atOrAfter: Array(behind), from: position, to: count, of: index)
        }
        return names
    }

    /// A path that isn't UTF-8 has replacement characters here: its name can't be said in another way either.
    private static func path(_ position: Int, of index: OpaquePointer) -> [UInt8]? {
        guard let path = git_index_get_byindex(index, position)?.pointee.path else { return nil }
        return Array(String(cString: path).utf8)
    }

    /// The index is sorted by the paths' bytes.
    private static func firstEntry(
        atOrAfter wanted: [UInt8], from: Int, to: Int, of index: OpaquePointer
    ) -> Int {
        var (low, high) = (from, to)
        while low < high {
            let middle = (low + high) / 2
            guard let path = path(middle, of: index) else { return to }
            if path.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
