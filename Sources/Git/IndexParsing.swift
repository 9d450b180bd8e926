#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension IndexFile {
    /// Reads a file whose digest has been looked at; nil when something in it isn't as git writes it.
    init?(_ bytes: [UInt8], stamp: Stamp) {
        var reading = IndexReading()
        guard bytes.withUnsafeBytes({ reading.read($0) }) else { return nil }
        self.bytes = bytes
        self.paths = reading.isCompressed ? reading.paths : bytes
        self.entries = reading.entries
        self.cachedTree = reading.cachedTree
        self.stamp = stamp
        self.attributeFiles = reading.attributeFiles
        self.hasSubmodules = reading.hasSubmodules
        self.hasIntended = reading.hasIntended
    }
}

/// One pass over an index. Every length in it is checked before it is used: it is data from outside.
private struct IndexReading {
    var entries: [IndexFile.Entry] = []
    var paths: [UInt8] = []
    var cachedTree = CachedTree()
    var attributeFiles: [Int] = []
    var hasSubmodules = false
    var hasIntended = false
    var isCompressed = false

    private static let attributesName = Array(".gitattributes".utf8)
    /// Git's own bound on a path.
    private static let longestPath = 4096

    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let end = bytes.count - IndexFile.digestLength
        guard end >= IndexLayout.header, bytes.number(at: 0, as: UInt32.self) == 0x4449_5243 else { return false }
        let version = bytes.number(at: 4, as: UInt32.self)
        let count = Int(bytes.number(at: 8, as: UInt32.self))
        guard (2...4).contains(version), count <= end / (IndexLayout.moreFlags + 2) else { return false }
        isCompressed = version == 4
        entries.reserveCapacity(count)
        if isCompressed { paths.reserveCapacity(count * 32) }
        var at = IndexLayout.header
        for _ in 0..<count {
            guard let next = readEntry(bytes, at: at, end: end, version: version) else { return false }
            at = next
        }
        return readExtensions(bytes, from: at, end: end)
    }

    /// Where the next entry begins.
    private mutating func readEntry(_ bytes: UnsafeRawBufferPointer, at: Int, end: Int, version: UInt32) -> Int? {
        guard at + IndexLayout.moreFlags + 2 <= end else { return nil }
        let flags = bytes.number(at: at + IndexLayout.flags, as: UInt16.self)
        let isExtended = flags & IndexLayout.isExtended != 0
        guard !isExtended || version >= 3 else { return nil }
        let name = at + IndexLayout.moreFlags + (isExtended ? 2 : 0)
        let kind = bytes.number(at: at + IndexLayout.mode, as: UInt32.self) & IndexLayout.kind
        // A folder stands for all that is in it in a sparse index only.
        guard kind != IndexLayout.folder else { return nil }
        if kind == IndexLayout.gitlink { hasSubmodules = true }
        if isExtended, bytes.number(at: at + IndexLayout.moreFlags, as: UInt16.self) & IndexLayout.isIntended != 0 {
            hasIntended = true
        }
        let next: Int?
        if isCompressed {
            next = readCompressed(bytes, at: at, name: name, end: end)
        } else {
            next = readPlain(bytes, at: at, name: name, end: end, flags: flags)
        }
        guard next != nil, let entry = entries.last else { return nil }
        if flags >> 12 & 3 == 0,
            isCompressed ? paths.withUnsafeBytes({ isAttributes(entry, $0) }) : isAttributes(entry, bytes)
        {
            attributeFiles.append(entries.count - 1)
        }
        return next
    }

    /// A path of versions 2 and 3: ended by zeros, up to a multiple of eight.
    private mutating func readPlain(
        _ bytes: UnsafeRawBufferPointer, at: Int, name: Int, end: Int, flags: UInt16
    ) -> Int? {
        var length = Int(flags & 0xFFF)
        if length == 0xFFF {
            guard let found = zero(in: bytes, from: name, end: end) else { return nil }
            length = found - name
        }
        let next = at + (name - at + length + 8) & ~7
        guard length > 0, next <= end, bytes[name + length] == 0 else { return nil }
        entries.append(IndexFile.Entry(offset: UInt32(at), path: UInt32(name), length: UInt32(length)))
        return next
    }

    /// A path of version 4: how many bytes to take off the one before, and what to put there.
    private mutating func readCompressed(_ bytes: UnsafeRawBufferPointer, at: Int, name: Int, end: Int) -> Int? {
        var place = name
        guard let taken = offset(in: bytes, at: &place, end: end), let stop = zero(in: bytes, from: place, end: end)
        else { return nil }
        let last = entries.last
        let lastLength = Int(last?.length ?? 0)
        let length = lastLength - taken + stop - place
        guard taken <= lastLength, length > 0, length <= Self.longestPath else { return nil }
        let start = paths.count
        guard start + length < IndexFile.longest else { return nil }
        if let last, lastLength > taken {
            let from = Int(last.path)
            for position in from..<from + lastLength - taken { paths.append(paths[position]) }
        }
        paths.append(contentsOf: bytes[place..<stop])
        entries.append(IndexFile.Entry(offset: UInt32(at), path: UInt32(start), length: UInt32(length)))
        return stop + 1
    }

    private func isAttributes(_ entry: IndexFile.Entry, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let (start, length) = (Int(entry.path), Int(entry.length))
        let name = Self.attributesName
        // Nearly every other name is told apart by its last byte.
        guard length >= name.count, bytes[start + length - 1] == name[name.count - 1],
            length == name.count || bytes[start + length - name.count - 1] == UInt8(ascii: "/")
        else { return false }
        return bytes[start + length - name.count..<start + length].elementsEqual(name)
    }

    private func zero(in bytes: UnsafeRawBufferPointer, from start: Int, end: Int) -> Int? {
        guard start < end, let base = bytes.baseAddress, let found = memchr(base + start, 0, end - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    /// A number as packs write offsets: seven bits a byte, each further byte counting from one more.
    private func offset(in bytes: UnsafeRawBufferPointer, at place: inout Int, end: Int) -> Int? {
        var value = 0
        while place < end {
            let byte = Int(bytes[place])
            place += 1
            value += byte & 127
            guard value <= Self.longestPath else { return nil }
            if byte & 128 == 0 { return value }
            value = (value + 1) << 7
        }
        return nil
    }

    /// Extensions whose names begin with a small letter must be understood, and none is here.
    private mutating func readExtensions(_ bytes: UnsafeRawBufferPointer, from start: Int, end: Int) -> Bool {
        var at = start
        while at < end {
            guard at + 8 <= end else { return false }
            let name = bytes.number(at: at, as: UInt32.self)
            let size = Int(bytes.number(at: at + 4, as: UInt32.self))
            at += 8
            guard (0x41...0x5A).contains(name >> 24), at + size <= end else { return false }
            if name == 0x5452_4545 { cachedTree = CachedTree(bytes, at..<at + size) ?? CachedTree() }
            at += size
        }
        return true
    }
}
