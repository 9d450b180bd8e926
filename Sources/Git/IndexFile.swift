import CLibgit2Shims
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Git's index, read without libgit2, which makes an object of each entry and digests the file in five times the time.
///
/// Versions 2 to 4, whole and undamaged. What is unusual (a split or sparse index, an entry that can't be, a digest that doesn't match)
/// isn't read here at all: libgit2 is asked then, and says what is wrong.
struct IndexFile: Sendable {
    /// Where an entry lies in `bytes`, and its path in `paths`.
    struct Entry: Sendable {
        var offset: UInt32
        var path: UInt32
        var length: UInt32
    }

    /// The whole file.
    let bytes: [UInt8]
    /// The bytes that paths are part of: the file's own, or in version 4, where a path says how it differs from the one before, new ones.
    let paths: [UInt8]
    /// By path, then by stage.
    let entries: [Entry]
    let cachedTree: CachedTree
    /// Which file this is.
    let stamp: Stamp
    /// The entries of `.gitattributes` files, conflicts left out.
    let attributeFiles: [Int]
    let hasSubmodules: Bool
    /// Whether files are there that only will be added.
    let hasIntended: Bool

    /// Which file was read: git replaces the index and never writes into it.
    struct Stamp: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: [Int]
        var digest: [UInt8]
    }

    static let digestLength = 20
    /// Larger ones are left to libgit2: offsets are kept in 32 bits.
    static let longest = 1 << 31

    /// Nil when there is none, it can't be read, or libgit2 has to.
    static func read(_ path: String) -> IndexFile? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let stamp = stamp(of: file) else { return nil }
        let size = Int(stamp.size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            filled = 0
            while filled < size, let start = buffer.baseAddress {
                let count = pread(file, start + filled, size - filled, off_t(filled))
                guard count > 0 else { return }
                filled += count
            }
        }
        guard bytes.count == size else { return nil }
        // Side by side, as one takes as long as the other; reading doesn't trust what it reads.
        let isGood = Mutex(false)
        let index = Mutex<IndexFile?>(nil)
        DispatchQueue.concurrentPerform(iterations: 2) { part in
            if part == 0 {
                let found = isWhole(bytes)
                isGood.withLock { $0 = found }
            } else {
                let found = IndexFile(bytes, stamp: stamp)
                index.withLock { $0 = found }
            }
        }
        return isGood.withLock { $0 } ? index.withLock { $0 } : nil
    }

    /// The stamp of the file that is there now.
    static func stamp(_ path: String) -> Stamp? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return stamp(of: file)
    }

    private static func stamp(of file: Int32) -> Stamp? {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < longest,
            status.st_size >= IndexLayout.header + digestLength
        else { return nil }
        var digest = [UInt8](repeating: 0, count: digestLength)
        guard pread(file, &digest, digestLength, status.st_size - off_t(digestLength)) == digestLength else {
            return nil
        }
        #if canImport(Darwin)
            let times = [status.st_mtimespec, status.st_ctimespec]
        #else
            let times = [status.st_mtim, status.st_ctim]
        #endif
        return Stamp(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino),
            size: Int64(status.st_size), modified: times.flatMap { [Int($0.tv_sec), Int($0.tv_nsec)] }, digest: digest)
    }

    /// Whether the digest at the end is that of the rest; with `index.skipHash` git leaves it zero.
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > digestLength else { return false }
        let end = bytes.count - digestLength
        if bytes[end...].allSatisfy({ $0 == 0 }) { return true }
        var digest = [UInt8](repeating: 0, count: digestLength)
        bytes.withUnsafeBytes { teamfix_sha1($0.baseAddress, end, &digest) }
        return bytes[end...].elementsEqual(digest)
    }
}

// MARK: Entries

/// Where things stand in an entry.
enum IndexLayout {
    static let header = 12
    static let mode = 24
    static let id = 40
    static let flags = 60
    static let moreFlags = 62
    static let isExtended: UInt16 = 0x4000
    static let isIntended: UInt16 = 0x2000
    static let gitlink: UInt32 = 0o160000
    static let kind: UInt32 = 0o170000
    static let folder: UInt32 = 0o040000
}

extension IndexFile {
    func pathBytes(_ number: Int) -> ArraySlice<UInt8> {
        let entry = entries[number]
        return paths[Int(entry.path)..<Int(entry.path) + Int(entry.length)]
    }

    private func field<Number: FixedWidthInteger>(_ offset: Int, of number: Int, as type: Number.Type) -> Number {
        bytes.withUnsafeBytes { $0.number(at: Int(entries[number].offset) + offset, as: type) }
    }

    func mode(_ number: Int) -> UInt32 { field(IndexLayout.mode, of: number, as: UInt32.self) }

    /// 0, or 1 to 3 in a conflict.
    func stage(_ number: Int) -> Int { Int(field(IndexLayout.flags, of: number, as: UInt16.self) >> 12 & 3) }

    /// Whether the entry only says that the file will be added (`git add --intent-to-add`).
    func isIntended(_ number: Int) -> Bool {
        field(IndexLayout.flags, of: number, as: UInt16.self) & IndexLayout.isExtended != 0
            && field(IndexLayout.moreFlags, of: number, as: UInt16.self) & IndexLayout.isIntended != 0
    }

    func id(_ number: Int) -> ArraySlice<UInt8> {
        let start = Int(entries[number].offset) + IndexLayout.id
        return bytes[start..<start + 20]
    }

    /// The entry of a path outside of conflicts, nil when there is none.
    func entry(path: String) -> Int? {
        let wanted = Array(path.utf8)
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if pathBytes(middle).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, pathBytes(low).elementsEqual(wanted), stage(low) == 0, !isIntended(low) else {
            return nil
        }
        return low
    }
}

extension UnsafeRawBufferPointer {
    /// A number of the file, whose order of bytes is the network's. The caller has checked that it lies inside.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
