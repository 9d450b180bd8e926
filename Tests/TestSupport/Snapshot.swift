import Foundation
import Testing

/// Compares a text with `Snapshots/NAME.txt` beside the calling test's file. With `RECORD_SNAPSHOTS=1` it writes the file, and
/// fails all the same, so that a recording never passes for a test.
package func expectSnapshot(
    _ text: String, named name: String, filePath: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = URL(fileURLWithPath: filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        Issue.record("recorded \(file.lastPathComponent); look at it, and run again", sourceLocation: sourceLocation)
        return
    }
    guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
        Issue.record(
            "there is no \(file.lastPathComponent): record it with RECORD_SNAPSHOTS=1", sourceLocation: sourceLocation)
        return
    }
    #expect(text == expected, "differs from \(file.lastPathComponent)", sourceLocation: sourceLocation)
}
