import Foundation

/// A file that `--patch` or another option names: found writable before the work, written after it.
struct PatchFile {
    /// What it holds, for messages: a patch.
    private var content: String
    /// As the user typed it.
    private var name: String
    /// Where it is, without links.
    private var path: String

    /// - Throws: a `Failure` when nothing can be written there: what `write` will do is tried, and nothing of it stays.
    init(_ name: String, at path: String, holding content: String = "patch") throws(Failure) {
        self.content = content
        self.name = name
        // A link stays one: what it leads to is replaced.
        self.path = LoadedConfiguration.resolved(path)
        var status = stat()
        if name == "-" || name.isEmpty { throw refusal("it isn't a file's name") }
        if stat(self.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw refusal(status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it isn't a plain file")
        }
        let trial = try temporary()
        unlink(trial)
    }

    /// Replaces the file, whole or not at all.
    func write(_ text: String) throws(Failure) {
        let trial = try temporary()
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: trial))
        } catch {
            unlink(trial)
            throw Failure(
                .environment, "the \(content) can't be written to \(name)", causes: [error.localizedDescription])
        }
        // What was there keeps its rights: others may be meant to read it, or not to.
        var status = stat()
        if stat(path, &status) == 0 { chmod(trial, status.st_mode & 0o777) }
        guard rename(trial, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(trial)
            throw Failure(.environment, "the \(content) can't be written to \(name)", causes: [reason])
        }
    }

    /// A new, empty file beside the patch's own place.
    private func temporary() throws(Failure) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        let trial = "\(folder)/.teamfix-\(UInt32.random(in: 0 ... .max)).patch"
        let file = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw refusal(String(cString: strerror(errno))) }
        close(file)
        return trial
    }

    private func refusal(_ reason: String) -> Failure {
        Failure(
            .usage, "the \(content) can't be written to \(name)", causes: [reason],
            hints: ["give a file in a folder that is there and can be written to"], status: .usage)
    }
}
