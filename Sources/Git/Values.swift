import CLibgit2

/// The name of an object: 40 lower-case hexadecimal digits.
package struct ObjectID: Sendable, Hashable, Codable, CustomStringConvertible {
    package let hex: String

    /// Nil unless `hex` is 40 hexadecimal digits.
    package init?(hex: String) {
        let digits = hex.utf8
        guard digits.count == 40, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0 | 0x20) })
        else { return nil }
        self.hex = hex.lowercased()
    }

    init(_ id: git_oid) {
        self.hex = withUnsafePointer(to: id) { id in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { text in
                git_oid_fmt(text.baseAddress, id)
                return String(decoding: UnsafeRawBufferPointer(text), as: UTF8.self)
            }
        }
    }

    /// From 20 bytes, as git's files have it.
    init(raw: some Collection<UInt8>) {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id) { $0.copyBytes(from: raw.prefix(20)) }
        self.init(id)
    }

    var oid: git_oid {
        var id = git_oid()
        // Can't fail: `hex` was checked when it was made.
        git_oid_fromstr(&id, hex)
        return id
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = ObjectID(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an object id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }

    package var description: String { hex }
    /// The first ten digits, for people.
    package var short: String { String(hex.prefix(10)) }
}

/// Who, and when.
package struct Signature: Sendable, Hashable, Codable {
    package var name: String
    package var email: String
    /// Seconds since 1970.
    package var time: Int64
    /// Minutes east of UTC.
    package var offset: Int

    package init(name: String, email: String, time: Int64, offset: Int) {
        self.name = name
        self.email = email
        self.time = time
        self.offset = offset
    }

    init(_ signature: git_signature) {
        self.init(
            name: signature.name.map { String(cString: $0) } ?? "",
            email: signature.email.map { String(cString: $0) } ?? "",
            time: signature.when.time, offset: Int(signature.when.offset))
    }
}

/// What kind of thing a tree entry is.
package enum FileMode: UInt32, Sendable, Hashable, Codable {
    case directory = 0o040000
    case regular = 0o100644
    case executable = 0o100755
    case symlink = 0o120000
    case submodule = 0o160000

    /// Git's own reading of a mode: old trees hold group-writable files.
    init?(_ raw: UInt32) {
        switch raw & 0o170000 {
        case 0o040000: self = .directory
        case 0o100000: self = raw & 0o100 == 0 ? .regular : .executable
        case 0o120000: self = .symlink
        case 0o160000: self = .submodule
        default: return nil
        }
    }

    /// Whether the entry's content is a blob.
    package var isBlob: Bool { self == .regular || self == .executable || self == .symlink }
    /// Whether it is a regular or executable file.
    package var isFile: Bool { self == .regular || self == .executable }
}

/// One file, link or submodule of a tree.
package struct TreeEntry: Sendable, Hashable {
    package var path: String
    package var mode: FileMode
    package var id: ObjectID
    /// Bytes; nil when it wasn't asked for or the object is missing.
    package var size: Int?
}

/// A commit, without its tree's content.
package struct CommitInfo: Sendable, Hashable {
    package var id: ObjectID
    package var tree: ObjectID
    package var parents: [ObjectID]
    package var author: Signature
    package var committer: Signature
    package var message: String
    /// The message's first paragraph in one line.
    package var summary: String
}
