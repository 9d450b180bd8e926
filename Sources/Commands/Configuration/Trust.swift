import Crypto
import Foundation

/// Which repositories' configurations the user trusts: each by its path and the SHA-256 of its content, so that a changed
/// file has to be looked at again.
package struct TrustRecord: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var path: String
        package var sha256: String
        package var trustedAt: String
    }

    package var version = 1
    package var trusted: [Entry] = []

    package init() {}

    package static func digest(_ content: [UInt8]) -> String {
        SHA256.hash(data: content).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    package func covers(path: String, content: [UInt8]) -> Bool {
        let digest = Self.digest(content)
        return trusted.contains { $0.path == path && $0.sha256 == digest }
    }

    /// Trusts this content at this path, and no earlier one there.
    package mutating func trust(path: String, content: [UInt8], at date: Date) {
        trusted.removeAll { $0.path == path }
        trusted.append(
            Entry(path: path, sha256: Self.digest(content), trustedAt: date.formatted(.iso8601)))
    }

    /// Returns whether there was something to forget.
    package mutating func forget(path: String) -> Bool {
        let count = trusted.count
        trusted.removeAll { $0.path == path }
        return trusted.count < count
    }
}

/// The record in its file.
package struct TrustStore: Sendable {
    package var path: String

    package init(path: String) {
        self.path = path
    }

    /// The record; an empty one when there is no file. A file that can't be understood trusts nothing, and is an error, so
    /// that nobody wonders.
    package func load() throws -> TrustRecord {
        guard let bytes = try BoundedFile.read(path, limit: 4 << 20) else { return TrustRecord() }
        do {
            return try JSONDecoder().decode(TrustRecord.self, from: Data(bytes))
        } catch {
            throw Failure(
                .storage, "\(path) is not a trust record", causes: ["\(error)"],
                hints: ["remove it, and trust the repositories again: teamfix config trust"])
        }
    }

    /// Replaces the file in one step; only the user can read it.
    package func save(_ record: TrustRecord) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(record).write(to: URL(fileURLWithPath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
