import Foundation

/// Files of which the size is not known to be sane.
package enum BoundedFile {
    /// The content of a regular file; nil when there is none. A pipe, a device or a folder is refused without waiting on it.
    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw Failure(.environment, "\(path) can't be read: \(String(cString: strerror(code)))")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.environment, "\(path) is not a regular file")
        }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count <= limit {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw Failure(.environment, "\(path) can't be read: \(String(cString: strerror(errno)))") }
            if got == 0 { break }
            count += got
        }
        if count > limit {
            throw Failure(.configuration, "\(path) is larger than \(limit >> 10) KiB, which is the most that is read")
        }
        return Array(bytes.prefix(count))
    }
}
