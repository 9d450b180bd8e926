import Foundation

/// The summary of a job of GitHub Actions: the file that `GITHUB_STEP_SUMMARY` names, to which every step may append.
struct JobSummary {
    /// GitHub shows none of a step's summary that is longer.
    static let limit = 1 << 20

    var path: String

    /// Why nothing was appended, in words.
    struct Problem: Error, Equatable {
        var text: String
    }

    /// Appends Markdown to the file, whole or not at all. Only a plain file is written to: a link could lead anywhere, and a
    /// pipe might have no reader.
    ///
    /// - Parameter markdown: the text, of at most that many bytes.
    func append(_ markdown: (Int) -> String) throws(Problem) {
        // Opened so that neither a pipe nor a device makes this wait.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC
        let file = open(path, flags, 0o644)
        guard file >= 0 else {
            throw Problem(text: errno == ELOOP ? "it is a link" : String(cString: strerror(errno)))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Problem(text: "it isn't a plain file")
        }
        let before = Int(status.st_size)
        let text = markdown(Self.limit - before - 1)
        guard !text.isEmpty else {
            throw Problem(text: "it has \(before) bytes already, and GitHub takes \(Self.limit)")
        }
        let bytes = Array(((before > 0 ? "\n" : "") + text).utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                _ = ftruncate(file, off_t(before))
                throw Problem(text: reason)
            }
            rest = rest.dropFirst(count)
        }
    }
}

extension Invocation {
    /// Writes a run's result to standard output, and to the job's summary where GitHub Actions has one. A summary that can't be
    /// written is a warning.
    func showResult(_ report: some Report) {
        show(report)
        guard let path = surroundings.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        do throws(JobSummary.Problem) {
            try JobSummary(path: surroundings.absolute(path)).append { report.markdown(atMost: $0) }
        } catch {
            note("the job's summary (\(path)) isn't written: \(error.text)")
        }
    }
}
