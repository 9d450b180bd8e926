import Diagnostics
import Synchronization

/// Reads a build's output as it comes, from whichever thread brings it.
final class LogCollector: Sendable {
    private let reader: Mutex<BuildLogReader>

    init(root: String, directory: String) {
        reader = Mutex(BuildLogReader(root: root, directory: directory.isEmpty ? root : root + "/" + directory))
    }

    func consume(_ bytes: [UInt8]) { reader.withLock { $0.consume(bytes) } }

    func finish() -> BuildLog { reader.withLock { $0.finish() } }
}
