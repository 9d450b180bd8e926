import GRDB

/// What went wrong with the history. A run doesn't depend on it: the caller says so in a notice and goes on.
package enum HistoryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file or its folder can't be made or written to.
    case unwritable(path: String, reason: String)
    /// Another process held the history for too long.
    case busy(path: String)
    /// What the file holds is no history, or is damaged.
    case damaged(path: String, reason: String)
    /// A newer teamfix wrote it.
    case newer(path: String, version: Int)
    /// Anything else that SQLite says.
    case failed(path: String, reason: String)

    package var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "the history \(path) can't be written (\(reason)), so nothing is recorded, and nothing shown of it; "
                + "check the folder's permissions, or set XDG_STATE_HOME to another one"
        case .busy(let path): "the history \(path) is in use by another process; try again"
        case .damaged(let path, let reason): "the history \(path) is damaged (\(reason))"
        case .newer(let path, let version):
            "the history \(path) was written by a newer teamfix (version \(version)); update this one to read it"
        case .failed(let path, let reason): "the history \(path) can't be used: \(reason)"
        }
    }

    /// What is wrong, without the file and its meaning.
    package var reason: String {
        switch self {
        case .unwritable(_, let reason), .failed(_, let reason): reason
        case .damaged(_, let reason): "it is damaged: \(reason)"
        case .busy: "it is in use by another process"
        case .newer(_, let version): "a newer teamfix wrote it (version \(version))"
        }
    }

    init(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self = (error as? HistoryError) ?? .failed(path: path, reason: String(describing: error))
            return
        }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_FULL, .SQLITE_PERM, .SQLITE_IOERR:
            self = .unwritable(path: path, reason: reason)
        default: self = .failed(path: path, reason: reason)
        }
    }
}
