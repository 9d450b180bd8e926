import Foundation

/// The folder that `--adr` names: found usable before the work, written to after it. Nothing in it is ever changed.
struct DecisionFolder {
    /// As the user typed it.
    private let name: String
    /// Where the way there begins: a folder without links in its path.
    private let anchor: String
    /// The folders from there; none of them may be a link.
    private let parts: [String]

    /// What `number` reads.
    private static let mostNumber = 999_999_999
    /// The longest wait for another process that writes there, in tries of 20 ms.
    private static let mostTries = 100

    /// - Throws: a `Failure` when nothing can be written there. Nothing is created yet.
    init(_ name: String, workingFolder: String, workTree: String) throws(Failure) {
        self.name = name
        let root = LoadedConfiguration.resolved(workTree)
        let here = LoadedConfiguration.resolved(workingFolder)
        var typed = name
        // A path may lead into the work tree by the name under which the user knows it.
        for known in [workTree, root] where typed.hasPrefix(known + "/") { typed = root + typed.dropFirst(known.count) }
        let full = Self.plain(typed.hasPrefix("/") ? typed : here + "/" + typed)
        if full.starts(with: Self.plain(root)), full.count > Self.plain(root).count {
            anchor = root
            parts = Array(full.dropFirst(Self.plain(root).count))
        } else {
            // Outside of the work tree the way as it is typed is the user's own, links too: what is there of it is resolved,
            // and from there on nothing is a link.
            var there = full.count - 1
            while there > 0, !Self.isThere(full.prefix(there)) { there -= 1 }
            anchor = LoadedConfiguration.resolved("/" + full.prefix(max(0, there)).joined(separator: "/"))
            parts = Array(full.dropFirst(max(0, there)))
        }
        if name.isEmpty || parts.isEmpty { throw refusal("it isn't a folder for decisions") }
        // On disks that don't tell cases apart this is git's folder, too.
        if parts.contains(where: { $0.lowercased() == ".git" }) || Self.isGits(anchor) {
            throw refusal("it lies in git's own folder")
        }
        close(try open(creating: false))
    }

    /// Writes the decision with the next number, and says where.
    func save(_ decision: ConsensusDecision) async throws(Failure) -> String {
        let folder = try open(creating: true)
        defer { close(folder) }
        // Two runs that end at once would take the same number.
        var tries = 0
        while flock(folder, LOCK_EX | LOCK_NB) != 0 {
            tries += 1
            guard errno == EWOULDBLOCK || errno == EINTR, tries < Self.mostTries else {
                throw refusal("another process is writing there")
            }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { throw Failure(error) }
        }
        let path = ([anchor] + parts).joined(separator: "/")
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw refusal(error.localizedDescription)
        }
        let number = (names.compactMap(Self.number).max() ?? 0) + 1
        guard number <= Self.mostNumber else { throw refusal("its numbers end at \(Self.mostNumber)") }
        let file = String(repeating: "0", count: max(0, 4 - String(number).count)) + "\(number)-\(decision.slug).md"
        try write(Array(decision.text.utf8), to: file, in: folder)
        return name + (name.hasSuffix("/") ? "" : "/") + file
    }

    /// `0007-what.md` → 7
    static func number(_ file: String) -> Int? {
        let digits = file.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), file.dropFirst(digits.count).hasPrefix("-") else { return nil }
        return Int(digits)
    }

    private func write(_ bytes: [UInt8], to file: String, in folder: Int32) throws(Failure) {
        let descriptor = openat(folder, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw refusal("\(file): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                unlinkat(folder, file, 0)
                throw refusal("\(file): \(reason)")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// The folder, opened through no link. Without `creating`, the nearest one that is there.
    private func open(creating: Bool) throws(Failure) -> Int32 {
        var folder = Foundation.open(anchor, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw refusal(String(cString: strerror(errno))) }
        for part in parts {
            var next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if next < 0, errno == ENOENT {
                guard creating else { break }
                if mkdirat(folder, part, 0o755) == 0 || errno == EEXIST {
                    next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                }
            }
            if next < 0 {
                let code = errno
                var status = stat()
                let isLink =
                    fstatat(folder, part, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
                close(folder)
                throw refusal(isLink ? "\(part) is a link" : "\(part): \(String(cString: strerror(code)))")
            }
            close(folder)
            folder = next
        }
        guard faccessat(folder, ".", W_OK, 0) == 0 else {
            close(folder)
            throw refusal("it can't be written to")
        }
        return folder
    }

    private func refusal(_ reason: String) -> Failure {
        Failure(
            .usage, "the decision can't be saved in \(name)", causes: [reason],
            hints: ["give a folder that can be written to and isn't reached through a link"], status: .usage)
    }

    private static func isThere(_ parts: ArraySlice<String>) -> Bool {
        FileManager.default.fileExists(atPath: "/" + parts.joined(separator: "/"))
    }

    /// Whether a folder lies in a repository's own one: a bare one's, a work tree's or a submodule's as well.
    private static func isGits(_ folder: String) -> Bool {
        var parts = plain(folder)[...]
        while !parts.isEmpty {
            if parts.last?.lowercased() == ".git" { return true }
            // What git itself takes for a repository.
            if ["HEAD", "objects", "refs"].allSatisfy({ isThere(parts + [$0]) }) { return true }
            parts = parts.dropLast()
        }
        return false
    }

    /// The parts of a path without `.` and `..`.
    private static func plain(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.split(separator: "/").map(String.init) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts
    }
}
