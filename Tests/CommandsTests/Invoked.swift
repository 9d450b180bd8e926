import Commands
import Foundation
import Synchronization

/// One call of teamfix in a folder and a home of its own, with what it wrote.
final class Invoked {
    let folder: URL
    private let output = Collected()
    private let errors = Collected()
    var environment: [String: String]
    var wiring = Wiring()

    init(repository: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("teamfix-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent(repository ? "repo/.git" : "repo"), withIntermediateDirectories: true)
        environment = ["HOME": folder.path, "LANG": "C.UTF-8", "PATH": ""]
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var surroundings: Surroundings {
        Surroundings(
            environment: environment, workingFolder: folder.path + "/repo", standardOutput: output.stream,
            standardError: errors.stream, standardInputIsTerminal: false,
            now: { Date(timeIntervalSince1970: 1_700_000_000) })
    }

    func write(_ text: String, to path: String) throws {
        let file = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func run(_ arguments: String...) async -> (status: Int32, output: String, errors: String) {
        output.clear()
        errors.clear()
        let status = await Teamfix.run(arguments, surroundings: surroundings, wiring: wiring)
        return (status, shown(output.text), shown(errors.text))
    }

    /// The folder's name differs from run to run.
    private func shown(_ text: String) -> String { text.replacingOccurrences(of: folder.path, with: "FOLDER") }
}

/// Collects what is written.
final class Collected: Sendable {
    private let collected = Mutex("")
    private let isTerminal: Bool
    private let size: (columns: Int, rows: Int)?

    init(isTerminal: Bool = false, size: (columns: Int, rows: Int)? = nil) {
        self.isTerminal = isTerminal
        self.size = size
    }

    var text: String { collected.withLock { $0 } }
    func clear() { collected.withLock { $0 = "" } }
    var stream: TextStream {
        TextStream(isTerminal: isTerminal, size: { [size] in size }) { text in self.collected.withLock { $0 += text }
        }
    }
}
