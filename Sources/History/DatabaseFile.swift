import Foundation
import GRDB

/// An SQLite file that several processes open at once, and that may be found damaged.
enum DatabaseFile {
    /// How long a statement waits for another process' write.
    static let patience: TimeInterval = 3

    /// What becomes of a damaged file.
    enum Damaged {
        /// It is moved aside, and a new one begins.
        case setAside
        /// It is removed: what it held can be had again.
        case removed
    }

    /// Opens a file, making it and its folder if they are missing, with the tables of `schema`.
    ///
    /// - Returns: the connection, and where a damaged file went: nil when there was none or it was removed.
    static func open(
        _ path: String, label: String, schema: Schema, patience: TimeInterval = patience, damaged: Damaged
    ) throws(HistoryError) -> (database: DatabaseQueue, setAside: String?) {
        try prepare(path)
        let lock = try OpeningLock(path: path + ".lock", patience: patience)
        defer { lock.release() }
        do throws(HistoryError) {
            return (try connect(path, label, schema, patience), nil)
        } catch {
            guard case .damaged = error else { throw error }
            // Under the lock: another process can't have replaced the file in between.
            var aside: String?
            switch damaged {
            case .setAside: aside = try moveAside(path)
            case .removed: removeFiles(path)
            }
            try prepare(path)
            return (try connect(path, label, schema, patience), aside)
        }
    }

    /// Removes a file that was found damaged while it was in use. Processes that have it open go on with what they have.
    static func remove(_ path: String) {
        guard let lock = try? OpeningLock(path: path + ".lock", patience: patience) else { return }
        defer { lock.release() }
        removeFiles(path)
    }

    /// Moves a file aside that was found damaged while it was in use, unless it is sound: another process has replaced it, or
    /// the damage was a moment's.
    ///
    /// - Returns: where it went; nil when it stayed.
    static func setAside(_ path: String) -> String? {
        guard let lock = try? OpeningLock(path: path + ".lock", patience: patience) else { return nil }
        defer { lock.release() }
        do {
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(patience)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let words = try queue.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
            try queue.close()
            if words == ["ok"] { return nil }
        } catch {
            guard case .damaged = HistoryError(error, path: path) else { return nil }
        }
        return try? moveAside(path)
    }

    private static func connect(
        _ path: String, _ label: String, _ schema: Schema, _ patience: TimeInterval
    ) throws(HistoryError) -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.foreignKeysEnabled = true
        configuration.label = label
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try schema.prepare(queue, path: path)
            return queue
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    /// Nobody else's business: prompts, answers and patches of private repositories are in it.
    private static func prepare(_ path: String) throws(HistoryError) {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unwritable(path: path, reason: "\(folder) can't be made")
        }
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        _ = close(file)
    }

    private static func moveAside(_ path: String) throws(HistoryError) -> String {
        let stamp = Int(Date().timeIntervalSince1970)
        var aside = "\(path).damaged-\(stamp)"
        var number = 1
        while access(aside, F_OK) == 0, number < 100 {
            number += 1
            aside = "\(path).damaged-\(stamp)-\(number)"
        }
        guard rename(path, aside) == 0 else {
            throw .unwritable(path: path, reason: "a damaged one can't be moved: \(String(cString: strerror(errno)))")
        }
        for suffix in ["-wal", "-shm"] { rename(path + suffix, aside + suffix) }
        return aside
    }

    private static func removeFiles(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }
}

/// A lock that serialises opening: making tables, switching the journal's mode, replacing a damaged file.
private struct OpeningLock {
    private let descriptor: Int32

    init(path: String, patience: TimeInterval) throws(HistoryError) {
        descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        let deadline = ContinuousClock.now + .seconds(patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline, errno == EWOULDBLOCK || errno == EINTR else {
                _ = close(descriptor)
                throw .busy(path: path)
            }
            usleep(2000)
        }
    }

    func release() { _ = close(descriptor) }
}
