import Diagnostics
import Foundation
import Synchronization

/// Reads a build's output as it comes, from whichever thread brings it.
final class LogCollector: Sendable {
    private let reader: Mutex<BuildLogReader>

    /// - Parameters:
    ///   - root: the root as the build's messages name it.
    ///   - checkout: the folder that really holds its files.
    init(root: String, checkout: String, directory: String) {
        reader = Mutex(
            BuildLogReader(
                root: root, directory: directory.isEmpty ? root : root + "/" + directory,
                exists: { path in
                    let inside = path.hasPrefix(root + "/")
                    return FileManager.default.fileExists(atPath: inside ? checkout + path.dropFirst(root.count) : path)
                }))
    }

    func consume(_ bytes: [UInt8]) { reader.withLock { $0.consume(bytes) } }

    func finish() -> BuildLog { reader.withLock { $0.finish() } }
}
