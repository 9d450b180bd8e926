import Foundation
import Orchestration
import Synchronization

/// Leases on servers' slots in a folder that the teamfix processes of one user share.
///
/// A slot is a file that its holder keeps locked. The lock goes with the process, however it ends; what the file says (who, until
/// when, for what) is for the others to plan with, and is empty while nobody holds the slot.
package final class LeaseFolder: SlotLeases {
    /// The folder.
    package let path: String
    private let now: @Sendable () -> Date
    private let noteProblem: @Sendable (FileFailure) -> Void
    /// Tells this holder's files from those of others: a process id may be another machine's or another container's.
    private let owner: String
    private let hasProblem = Mutex(false)

    private static let firstLine = "teamfix lease 1"
    private static let mostSlots = 256
    private static let mostBytes = 1024
    private static let longestTitle = 120
    private static let longestExpectation = 86_400.0
    /// Another process may look at a slot at the very moment in which this one takes it.
    private static let tries = 4
    private static let pause: UInt32 = 300

    /// - Parameters:
    ///   - path: the folder; made when it is first needed.
    ///   - now: the clock on the wall.
    ///   - noteProblem: told once when files can't be had; leases bind nobody then.
    package init(
        path: String, now: @escaping @Sendable () -> Date = { Date() },
        noteProblem: @escaping @Sendable (FileFailure) -> Void = { _ in }
    ) {
        self.path = path
        self.now = now
        self.noteProblem = noteProblem
        var random = SystemRandomNumberGenerator()
        owner = String(random.next(), radix: 36)
    }

    package func take(server: String, slots: Int, expectedSeconds: Double, title: String) -> SlotLease? {
        do throws(FileFailure) {
            let folder = folder(of: server)
            for slot in 0..<min(max(1, slots), Self.mostSlots) {
                guard let file = try Self.lock(slot, in: folder, owner: owner) else { continue }
                let title = Self.line(title)
                let write: @Sendable (Double) -> Void = { [now, owner] seconds in
                    let end = now().timeIntervalSince1970 + Self.bounded(seconds)
                    Self.write(Record(owner: owner, pid: getpid(), until: end, title: title), to: file)
                }
                write(expectedSeconds)
                return SlotLease(
                    SlotLease.Actions(expect: write) {
                        // Empty first: who finds it locked and empty knows that it is about to be free.
                        ftruncate(file, 0)
                        _ = close(file)
                    })
            }
            return nil
        } catch {
            report(error)
            return SlotLease(nil)
        }
    }

    package func expectedFree(server: String, slots: Int) -> Double? {
        let folder = folder(of: server)
        let ends = (0..<min(max(1, slots), Self.mostSlots)).compactMap { slot -> Double? in
            Self.foreign("\(folder)/slot-\(slot)", owner: owner).map(\.until)
        }
        return ends.min().map { Self.bounded($0 - now().timeIntervalSince1970) }
    }

    /// A lease that others hold, as its file tells.
    package struct Holder: Sendable, Equatable {
        package var slot: Int
        package var pid: Int32
        package var until: Date
        package var title: String
    }

    /// The leases on a server that other holders have now.
    package func holders(server: String, slots: Int) -> [Holder] {
        let folder = folder(of: server)
        return (0..<min(max(1, slots), Self.mostSlots)).compactMap { slot in
            Self.foreign("\(folder)/slot-\(slot)", owner: owner).map {
                Holder(slot: slot, pid: $0.pid, until: Date(timeIntervalSince1970: $0.until), title: $0.title)
            }
        }
    }

    // MARK: - Files

    private struct Record {
        var owner: String
        var pid: Int32
        /// Seconds since 1970.
        var until: Double
        var title: String
    }

    /// The file of a slot, locked; nil when another has it.
    private static func lock(_ slot: Int, in folder: String, owner: String) throws(FileFailure) -> Int32? {
        let path = "\(folder)/slot-\(slot)"
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        var file = open(path, flags, 0o600)
        if file < 0, errno == ENOENT {
            try ScratchSpace.makeFolders(folder)
            file = open(path, flags, 0o600)
        }
        guard file >= 0 else { throw FileFailure(operation: "open", path: path, code: errno) }
        for attempt in 1...tries {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else {
                _ = close(file)
                throw FileFailure(operation: "lock", path: path, code: code)
            }
            // Somebody has it who said so, or one who only looks, and is gone soon.
            let said = read(file)
            if said?.owner == owner || attempt > 1 && said != nil { break }
            usleep(pause)
        }
        _ = close(file)
        return nil
    }

    /// What a slot's file says when somebody else holds it.
    private static func foreign(_ path: String, owner: String) -> Record? {
        let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { _ = close(file) }
        guard let record = read(file), record.owner != owner else { return nil }
        // A killed process leaves its words without their lock.
        guard flock(file, LOCK_EX | LOCK_NB) != 0 else {
            ftruncate(file, 0)
            return nil
        }
        return errno == EWOULDBLOCK ? record : nil
    }

    private static func write(_ record: Record, to file: Int32) {
        let text =
            "\(firstLine)\nowner \(record.owner)\npid \(record.pid)\nuntil \(record.until)\ntask \(record.title)\n"
        let bytes = Array(text.utf8)
        // Written whole over what was there, then cut: a reader in between sees one or the other, or no end.
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count else { return }
        ftruncate(file, off_t(bytes.count))
    }

    /// Nil when the file is empty, or says what no lease says.
    private static func read(_ file: Int32) -> Record? {
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
        }
        guard lines.first == firstLine[...], let owner = value("owner"), let pid = value("pid").flatMap({ Int32($0) }),
            let until = value("until").flatMap({ Double($0) }), until.isFinite
        else { return nil }
        return Record(owner: owner, pid: pid, until: until, title: line(value("task") ?? ""))
    }

    private func report(_ failure: FileFailure) {
        let isFirst = hasProblem.withLock { had in
            defer { had = true }
            return !had
        }
        if isFirst { noteProblem(failure) }
    }

    /// A server's own folder: its URL as far as it fits, for people, and a hash of the whole (64-bit FNV-1a).
    private func folder(of server: String) -> String {
        let shown = server.unicodeScalars.prefix(60).map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                ? Character(scalar) : "_"
        }
        let hash = server.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "\(path)/\(String(shown))-\(String(hash, radix: 16))"
    }

    private static func bounded(_ seconds: Double) -> Double {
        seconds.isNaN ? longestExpectation : min(max(0, seconds), longestExpectation)
    }

    /// One line without control characters, of bounded length.
    private static func line(_ text: String) -> String {
        let words = text.unicodeScalars.prefix(longestTitle).map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        var line = String.UnicodeScalarView()
        line.append(contentsOf: words)
        return String(line)
    }
}
