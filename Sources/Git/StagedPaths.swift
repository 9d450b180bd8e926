import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which paths differ between a tree and the index, found by what git itself goes by: a folder that the index remembers as the very tree
/// that is compared with needn't be looked into. Where it isn't sure a path is named: libgit2 compares what is named here.
struct StagedPaths {
    /// The paths, in git's order.
    private(set) var paths: [[UInt8]] = []
    /// The index's entries for them, those that are only intended left out.
    private(set) var entries: [Int] = []

    /// Nil when something is out of order or can't be read: libgit2 says what.
    /// - Parameter limit: the most paths that are named.
    static func find(tree: git_oid?, index: IndexFile, objects: OpaquePointer, limit: Int) -> StagedPaths? {
        index.bytes.withUnsafeBytes { bytes in
            index.paths.withUnsafeBytes { paths in
                var comparison = Comparison(index: index, bytes: bytes, paths: paths, objects: objects, limit: limit)
                let root = index.cachedTree.nodes.isEmpty ? nil : 0
                guard comparison.compare(tree, entries: 0..<index.entries.count, node: root, depth: 0) else {
                    return nil
                }
                return comparison.found
            }
        }
    }

    private struct Comparison {
        let index: IndexFile
        let bytes: UnsafeRawBufferPointer
        let paths: UnsafeRawBufferPointer
        let objects: OpaquePointer
        let limit: Int
        var found = StagedPaths()
        /// The folder that is compared, with its last `/`.
        private var folder: [UInt8] = []

        init(
            index: IndexFile, bytes: UnsafeRawBufferPointer, paths: UnsafeRawBufferPointer, objects: OpaquePointer,
            limit: Int
        ) {
            self.index = index
            self.bytes = bytes
            self.paths = paths
            self.objects = objects
            self.limit = limit
        }

        /// Compares a tree (nil: none) with the entries of one folder.
        mutating func compare(_ tree: git_oid?, entries: Range<Int>, node: Int?, depth: Int) -> Bool {
            if let node, let tree, isSame(tree, node) {
                // The root's count is the whole index; below, it has been looked at.
                return depth > 0 || index.cachedTree.nodes[node].count == entries.count
            }
            guard depth < CachedTree.deepest else { return false }
            guard var id = tree else {
                return merge(UnsafeRawBufferPointer(start: nil, count: 0), entries, node, depth)
            }
            var object: OpaquePointer?
            guard git_odb_read(&object, objects, &id) == 0, let object else {
                git_error_clear()
                return false
            }
            defer { git_odb_object_free(object) }
            guard git_odb_object_type(object) == GIT_OBJECT_TREE else { return false }
            return merge(
                UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)), entries,
                node, depth)
        }

        private func isSame(_ tree: git_oid, _ node: Int) -> Bool {
            guard index.cachedTree.nodes[node].count != nil else { return false }
            let at = index.cachedTree.nodes[node].id
            return withUnsafeBytes(of: tree) { $0.prefix(20).elementsEqual(bytes[at..<at + 20]) }
        }

        private mutating func merge(
            _ tree: UnsafeRawBufferPointer, _ range: Range<Int>, _ node: Int?, _ depth: Int
        ) -> Bool {
            var items = TreeItems(bytes: tree)
            var groups = IndexItems(comparison: self, range: range, prefix: folder.count, node: node)
            guard items.advance(), groups.advance(self) else { return false }
            while items.current != nil || groups.current != nil {
                let order: Int
                switch (items.current, groups.current) {
                case (let item?, let group?): order = item.name.order(group.name)
                case (_?, nil): order = -1
                default: order = 1
                }
                let item = order <= 0 ? items.current : nil
                let group = order >= 0 ? groups.current : nil
                guard compare(item, group, at: groups.next, depth) else { return false }
                if item != nil, !items.advance() { return false }
                if group != nil, !groups.advance(self) { return false }
            }
            return true
        }

        private mutating func compare(_ item: TreeItem?, _ group: IndexItem?, at next: Int, _ depth: Int) -> Bool {
            guard let name = item?.name ?? group?.name else { return false }
            guard !name.isFolder else {
                let length = folder.count
                folder.append(contentsOf: name.bytes)
                folder.append(UInt8(ascii: "/"))
                defer { folder.removeLast(folder.count - length) }
                return compare(item?.id, entries: group?.entries ?? next..<next, node: group?.node, depth: depth + 1)
            }
            let real = (group?.entries ?? next..<next).filter { !index.isIntended($0) }
            guard item != nil || !real.isEmpty else { return true }
            if let item, real.count == 1, index.stage(real[0]) == 0, index.mode(real[0]) == item.mode,
                withUnsafeBytes(of: item.id, { index.id(real[0]).elementsEqual($0.prefix(20)) })
            {
                return true
            }
            guard found.paths.count < limit, !name.bytes.contains(0) else { return false }
            found.paths.append(folder + name.bytes)
            found.entries += real
            return true
        }

        /// Whether an entry lies in the folder that begins with `start` and goes on with `name`.
        func lies(_ number: Int, within length: Int, of first: Int) -> Bool {
            let (entry, other) = (index.entries[number], index.entries[first])
            guard Int(entry.length) > length, let base = paths.baseAddress else { return false }
            return memcmp(base + Int(entry.path), base + Int(other.path), length) == 0
        }
    }

    // MARK: The two sides

    /// A name in a folder; it sorts as if a folder's ended with `/`.
    private struct Name {
        var bytes: UnsafeRawBufferPointer
        var isFolder: Bool

        func order(_ other: Name) -> Int {
            let common = min(bytes.count, other.bytes.count)
            if common > 0, let mine = bytes.baseAddress, let its = other.bytes.baseAddress {
                let order = memcmp(mine, its, common)
                if order != 0 { return Int(order) }
            }
            return next(after: common) - other.next(after: common)
        }

        private func next(after count: Int) -> Int {
            if count < bytes.count { return Int(bytes[count]) }
            return isFolder ? Int(UInt8(ascii: "/")) : 0
        }
    }

    private struct TreeItem {
        var name: Name
        /// A file's as the index would have it.
        var mode: UInt32
        var id: git_oid
    }

    /// The entries of a tree object, in order.
    private struct TreeItems {
        let bytes: UnsafeRawBufferPointer
        var at = 0
        var current: TreeItem?

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        /// False when the tree isn't one that git would make.
        mutating func advance() -> Bool {
            guard at < bytes.count else {
                current = nil
                return true
            }
            var mode: UInt32 = 0
            while at < bytes.count, bytes[at] != UInt8(ascii: " ") {
                guard (48...55).contains(bytes[at]), mode < 1 << 20 else { return false }
                mode = mode << 3 | UInt32(bytes[at] - 48)
                at += 1
            }
            let start = at + 1
            guard start < bytes.count, let base = bytes.baseAddress,
                let zero = memchr(base + start, 0, bytes.count - start)
            else { return false }
            let end = UnsafeRawPointer(zero) - base
            guard end > start, end + 21 <= bytes.count, let known = FileMode(mode) else { return false }
            var id = git_oid()
            withUnsafeMutableBytes(of: &id) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: base + end + 1, count: 20))
            }
            at = end + 21
            let name = Name(
                bytes: UnsafeRawBufferPointer(start: base + start, count: end - start), isFolder: known == .directory)
            guard memchr(base + start, 0x2F, end - start) == nil, current.map({ $0.name.order(name) < 0 }) ?? true
            else { return false }
            current = TreeItem(name: name, mode: known.rawValue, id: id)
            return true
        }
    }

    private struct IndexItem {
        var name: Name
        var entries: Range<Int>
        /// What is remembered of the folder.
        var node: Int?
    }

    /// The entries of one folder of the index: files, and folders as one item each.
    private struct IndexItems {
        let prefix: Int
        let end: Int
        /// The entry that follows the current item.
        var next: Int
        var current: IndexItem?
        /// The remembered folders in it, in the order of their names.
        private var nodes: ArraySlice<Int>

        init(comparison: Comparison, range: Range<Int>, prefix: Int, node: Int?) {
            self.prefix = prefix
            next = range.lowerBound
            end = range.upperBound
            let all = comparison.index.cachedTree.nodes
            var below: [Int] = []
            if let node {
                var child = node + 1
                while child < all[node].end {
                    below.append(child)
                    child = all[child].end
                }
            }
            nodes = below.sorted { IndexItems.name($0, comparison).order(IndexItems.name($1, comparison)) < 0 }[...]
        }

        private static func name(_ node: Int, _ comparison: Comparison) -> Name {
            Name(
                bytes: UnsafeRawBufferPointer(rebasing: comparison.bytes[comparison.index.cachedTree.nodes[node].name]),
                isFolder: true)
        }

        /// False when the index isn't one that git would make.
        mutating func advance(_ comparison: Comparison) -> Bool {
            guard next < end else {
                current = nil
                return true
            }
            let first = next
            let entry = comparison.index.entries[first]
            guard Int(entry.length) > prefix, let base = comparison.paths.baseAddress else { return false }
            let start = base + Int(entry.path) + prefix
            let rest = Int(entry.length) - prefix
            let slash = memchr(start, 0x2F, rest).map { UnsafeRawPointer($0) - start }
            let name = Name(bytes: UnsafeRawBufferPointer(start: start, count: slash ?? rest), isFolder: slash != nil)
            guard !name.bytes.isEmpty, current.map({ $0.name.order(name) < 0 }) ?? true else { return false }
            var item = IndexItem(name: name, entries: first..<first + 1, node: nil)
            if slash != nil {
                guard let (last, node) = ending(first, name, comparison) else { return false }
                item.entries = first..<last
                item.node = node
            } else {
                next = first + 1
                while next < end, comparison.index.entries[next].length == entry.length,
                    comparison.lies(next, within: Int(entry.length) - 1, of: first),
                    comparison.index.pathBytes(next).elementsEqual(comparison.index.pathBytes(first))
                {
                    next += 1
                }
                item.entries = first..<next
            }
            next = item.entries.upperBound
            current = item
            return true
        }

        /// Where a folder's entries end, and what is remembered of it.
        private mutating func ending(_ first: Int, _ name: Name, _ comparison: Comparison) -> (Int, Int?)? {
            let length = prefix + name.bytes.count + 1
            while let node = nodes.first, IndexItems.name(node, comparison).order(name) < 0 { nodes.removeFirst() }
            let node = nodes.first.flatMap { IndexItems.name($0, comparison).order(name) == 0 ? $0 : nil }
            if let node, let count = comparison.index.cachedTree.nodes[node].count {
                // What it says must fit with the entries that are there.
                guard count > 0, count <= end - first, comparison.lies(first + count - 1, within: length, of: first),
                    first + count == end || !comparison.lies(first + count, within: length, of: first)
                else { return nil }
                return (first + count, node)
            }
            // The entries are in order, so a folder's stand together.
            var (low, high, step) = (first, end, 1)
            while low + step < high {
                if comparison.lies(low + step, within: length, of: first) { low += step } else { high = low + step }
                step = min(step * 2, 1 << 20)
            }
            while high - low > 1 {
                let middle = (low + high) / 2
                if comparison.lies(middle, within: length, of: first) { low = middle } else { high = middle }
            }
            return (high, node)
        }
    }
}
