import Diagnostics

/// What a candidate may change, whatever the build says of it.
package struct GateRules: Sendable, Equatable {
    /// Globs of files that no candidate may touch; they win over everything else.
    package var protected: [String]
    /// Paths or globs that candidates may touch although they are outside the task or look like tests or build settings.
    package var allowed: [String]
    /// Whether a candidate may restore what the change under repair replaced.
    package var allowsRevert: Bool

    package init(protected: [String] = [], allowed: [String] = [], allowsRevert: Bool = false) {
        self.protected = protected
        self.allowed = allowed
        self.allowsRevert = allowsRevert
    }
}

/// Refuses candidates that would turn a build green without mending anything.
package struct Gate: Sendable {
    let rules: GateRules
    /// The files in which tools reported errors other than failed assertions: the task itself.
    let taskFiles: Set<String>
    /// What the failure is about.
    let failure: FailureTraits
    /// What broke the build, as far as it is known; what merely restores it is an undo.
    let suspect: ChangeUnderRepair
    /// What is run, for the test files that it names.
    let commands: String
    /// Whether a line holds a value that no model is shown, wherever it stands.
    let holdsKnown: @Sendable (String) -> Bool

    package init(
        rules: GateRules, taskFiles: Set<String>, failure: FailureTraits = FailureTraits(),
        suspect: ChangeUnderRepair = ChangeUnderRepair(), commands: String = "",
        holdsKnown: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.rules = rules
        self.taskFiles = taskFiles
        self.failure = failure
        self.suspect = suspect
        self.commands = commands
        self.holdsKnown = holdsKnown
    }

    /// Whether a file may be edited at all: asked before a model is bothered with it.
    package func mayEdit(_ path: String) -> Bool { refusal(ofPath: path) == nil }

    /// Why a file may not be edited; nil when it may.
    package func refusal(ofPath path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !path.hasPrefix("/"), !parts.contains(".."), !parts.contains(""), parts.first != ".git"
        else {
            return "'\(sanitized(path))' lies outside the repository"
        }
        if rules.protected.contains(where: { Glob($0).matches(path) }) { return "\(path) is protected" }
        if rules.allowed.contains(where: { Glob($0).matches(path) }) { return nil }
        if taskFiles.contains(path) { return nil }
        if GuardedPaths.configuresIntegration(path) {
            return "\(path) configures CI or hooks; --allow \(path) would permit it"
        }
        if looksLikeTest(path) { return "\(path) is a test; --allow \(path) would permit it" }
        if GuardedPaths.isBuildSetting(path) { return "\(path) is a build setting; --allow \(path) would permit it" }
        return nil
    }

    /// Why a candidate is refused; nil when it may be verified.
    package func refusal(of candidate: Candidate, against files: WorkingFiles, scope: Set<String>) -> String? {
        for path in candidate.files {
            if let reason = refusal(ofPath: path) { return reason }
            guard
                scope.contains(path) || taskFiles.contains(path)
                    || rules.allowed.contains(where: { Glob($0).matches(path) })
            else {
                return "\(path) is outside the task; --allow \(path) would permit it"
            }
        }
        for (path, text) in candidate.contents.sorted(by: { $0.key < $1.key }) {
            guard let old = files[path] else { return "\(path) isn't a tracked text file" }
            // The built-in engine's rules are known; conflict markers, for one, delete a whole side.
            if !candidate.isUntrusted, !candidate.isForeign { continue }
            if candidate.model != nil,
                let reason = SecretEdits.refusal(from: old, to: text, path: path, holdsKnown: holdsKnown)
            {
                return reason
            }
            if let reason = refusal(from: old, to: text, path: path) { return reason }
        }
        if candidate.isUntrusted, !rules.allowsRevert,
            suspect.isUndone(by: candidate.contents, present: { files[$0] })
        {
            let names = candidate.files.joined(separator: ", ")
            return "it merely undoes the change under repair in \(names); --allow-revert would permit it"
        }
        return nil
    }

    private func refusal(from old: SourceText, to new: SourceText, path: String) -> String? {
        let change = CodeChange(path: path, from: old, to: new)
        let (oldCode, newCode) = (change.old.words.count, change.new.words.count)
        let search = CheatSearch(
            change: change, failure: failure,
            mayChangeChecks: rules.allowed.contains { Glob($0).matches(path) }, isTask: taskFiles.contains(path))
        if let what = search.finding() { return "it \(what) in \(path)" }
        if oldCode - newCode > 25, Double(newCode) < Double(oldCode) * 0.75 {
            return "it deletes more than it mends: \(oldCode - newCode) of \(oldCode) tokens of \(path)"
        }
        return nil
    }
}
