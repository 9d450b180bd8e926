import Foundation
import Git
import Workflows

/// What models are to look at when the hook has ended: trees and commits, which stay as they are whatever happens to the index.
struct HookRequest: Codable, Sendable, Equatable {
    struct Comparison: Codable, Sendable, Equatable {
        /// Nil is the empty tree.
        var old: String?
        var new: String
    }

    var stage: HookStage
    var comparisons: [Comparison]

    /// The comparisons as they are read; those that name no object are left out.
    var selections: [ChangeSelection] {
        comparisons.compactMap { comparison in
            ObjectID(hex: comparison.new).map { .trees(comparison.old.flatMap { ObjectID(hex: $0) }, $0) }
        }
    }
}

/// What models have found since the hook ended.
struct HookResult: Codable, Sendable {
    var stage: HookStage
    var finished: Date
    var files: Int
    var findings: [HookFinding]
    /// Why there was no answer.
    var failures: [String]
}

/// The files by which a hook, the work that it left running and the next command speak to each other: one folder a repository,
/// the user's alone.
struct HookState: Sendable {
    let folder: String

    private static let mostBytes = 4 << 20
    private static let mostOutput = 64 << 10

    init(_ folders: Folders, _ repository: Repository) {
        let key = TrustRecord.digest(Array(repository.commonDirectory.utf8)).prefix(16)
        folder = Self.root(folders) + "/" + key
    }

    static func root(_ folders: Folders) -> String { folders.state + "/hooks" }

    /// The most that waits to be looked at; what is older is given up.
    private static let mostComparisons = 8
    /// The most findings that wait to be shown.
    private static let mostFindings = 200

    /// Leaves a request; it joins one that nobody has begun.
    func leave(_ request: HookRequest) throws {
        var request = request
        if let waiting = takeRequest() {
            request.comparisons = Array((waiting.comparisons + request.comparisons).suffix(Self.mostComparisons))
        }
        try write(request, to: "request.json")
    }

    /// The request that waits, which is then this caller's; nil when there is none or it makes no sense.
    func takeRequest() -> HookRequest? { take("request.json", HookRequest.self) }

    var hasRequest: Bool { access(folder + "/request.json", F_OK) == 0 }

    /// Leaves a result; it joins one that nobody has seen.
    func leave(_ result: HookResult) throws {
        var result = result
        if let unseen = takeResult() {
            result.files += unseen.files
            result.findings = unseen.findings + result.findings.filter { !unseen.findings.contains($0) }
            result.failures = unseen.failures + result.failures.filter { !unseen.failures.contains($0) }
        }
        result.findings = Array(HookLines.ordered(result.findings).prefix(Self.mostFindings))
        result.failures = Array(result.failures.prefix(5))
        try write(result, to: "result.json")
    }

    /// The result that waits to be shown, which is then this caller's.
    func takeResult() -> HookResult? { take("result.json", HookResult.self) }

    /// Holds the repository's place for one review at a time, until it is closed or the process ends; nil when another has it.
    func lock() -> Int32? {
        let file = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return nil }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
        close(file)
        return nil
    }

    /// The file for what the work says that is left running, which begins anew when it has grown.
    func openOutput() -> Int32 {
        var status = stat()
        let path = folder + "/output.txt"
        let isLong = stat(path, &status) == 0 && status.st_size > Self.mostOutput
        return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (isLong ? O_TRUNC : 0), 0o600)
    }

    private func write(_ value: some Encodable, to name: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        let data = try encoder.encode(value)
        guard data.count <= Self.mostBytes else { return }
        let path = "\(folder)/\(name)"
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        chmod(path, 0o600)
    }

    /// Renaming makes it one caller's: of two that look at the same time, one finds it.
    private func take<Value: Decodable>(_ name: String, _ type: Value.Type) -> Value? {
        let mine = "\(folder)/\(name).\(getpid())"
        guard rename("\(folder)/\(name)", mine) == 0 else { return nil }
        defer { unlink(mine) }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let bytes = try? BoundedFile.read(mine, limit: Self.mostBytes) else { return nil }
        return try? decoder.decode(type, from: Data(bytes))
    }
}
