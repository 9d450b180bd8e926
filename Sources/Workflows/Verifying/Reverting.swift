import Diagnostics
import Events

/// A part of the change under repair, taken back.
struct Reversal: Equatable {
    var title: String
    var contents: [String: SourceText]
}

extension ChangeUnderRepair {
    /// The most reversals that are tried: each costs a build.
    static let mostReversals = 8

    /// What might be taken back, the least first: the hunks nearest to the errors, their files, everything.
    func reversals(for causes: [RootCause], in files: WorkingFiles) -> [Reversal] {
        var result: [Reversal] = []
        func add(_ title: String, _ contents: [String: SourceText]) {
            let isNew = !result.contains { $0.contents == contents }
            if isNew, !contents.isEmpty, result.count < Self.mostReversals {
                result.append(Reversal(title: title, contents: contents))
            }
        }
        let modified = earlier.keys.sorted().filter { files[$0] != nil && files[$0] != earlier[$0] }
        var atFault: [String] = []
        for cause in causes.prefix(4) {
            guard let place = cause.location, let before = earlier[place.file], let now = files[place.file] else {
                continue
            }
            if !atFault.contains(place.file) { atFault.append(place.file) }
            let (old, new) = (before.allLines, now.allLines)
            let line = (place.line ?? 1) - 1
            func distance(_ hunk: LineHunk) -> Int {
                hunk.new.contains(line) ? 0 : min(abs(hunk.new.lowerBound - line), abs(hunk.new.upperBound - line))
            }
            guard let nearest = lineHunks(old, new).min(by: { distance($0) < distance($1) }) else { continue }
            let text = new[..<nearest.new.lowerBound] + old[nearest.old] + new[nearest.new.upperBound...]
            let first = nearest.new.lowerBound + 1
            let lines = nearest.new.count > 1 ? "\(first)-\(nearest.new.upperBound)" : "\(first)"
            add("Revert the change at \(place.file):\(lines)", [place.file: SourceText(text.joined())])
        }
        for path in atFault + modified where modified.contains(path) {
            add("Revert the change in \(path)", [path: earlier[path]].compactMapValues { $0 })
        }
        if modified.count > 1 {
            add(
                "Revert the change in \(modified.count) files",
                earlier.filter { modified.contains($0.key) })
            // Everything is the last that is tried, and always is.
            if result.count == Self.mostReversals, result.last?.contents.count != modified.count {
                result[result.count - 1] = Reversal(
                    title: "Revert the change in \(modified.count) files",
                    contents: earlier.filter { modified.contains($0.key) })
            }
        }
        return result
    }
}

/// The last resort, where it was asked for: taking the change under repair back, as little of it as makes the build pass.
struct RevertStage: Sendable {
    var change: ChangeUnderRepair
    var log: RunLog

    func run(_ repair: Repair) async throws {
        let causes = await repair.latest.causes
        let reversals = change.reversals(for: causes, in: repair.files).filter { reversal in
            reversal.contents.keys.allSatisfy(repair.gate.mayEdit)
        }
        for reversal in reversals {
            let candidate = Candidate(
                id: await repair.nextID(), title: reversal.title, source: "revert",
                causes: causes.map(\.fingerprint), contents: reversal.contents,
                origins: reversal.contents.keys.reduce(into: [:]) { $0[$1] = repair.files[$1] })
            let trial = try await repair.consider(
                candidate, scope: Set(candidate.files), acceptsImprovement: false)
            if trial.progress == .passed { return }
        }
        if reversals.isEmpty {
            log.append(.notice(level: .info, text: "there is no earlier change that could be reverted"))
        }
    }
}
