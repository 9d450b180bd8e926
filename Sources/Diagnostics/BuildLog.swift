/// What a build log said, as far as the limits let it be kept.
package struct BuildLog: Sendable, Hashable, Codable {
    /// In log order. When there are too many, warnings go before errors, and errors that explain nothing before the
    /// others, the latest first.
    package var diagnostics: [Diagnostic]
    /// The errors that explain the others, in log order.
    package var rootCauses: [RootCause]
    /// The last lines, cleaned, for those who want to see what the machine saw.
    package var tail: String
    /// What the test runners told of how many tests there were; nil when none did.
    package var tests: TestTotals?
    package var lineCount: Int
    /// The bytes read, the cut ones included.
    package var byteCount: Int
    /// How many diagnostics the limits made it forget. Past the limit lines are counted, not read: repeated ones, too.
    package var droppedDiagnostics: Int

    package init(
        diagnostics: [Diagnostic] = [], rootCauses: [RootCause] = [], tail: String = "",
        tests: TestTotals? = nil, lineCount: Int = 0,
        byteCount: Int = 0, droppedDiagnostics: Int = 0
    ) {
        self.diagnostics = diagnostics
        self.rootCauses = rootCauses
        self.tail = tail
        self.tests = tests
        self.lineCount = lineCount
        self.byteCount = byteCount
        self.droppedDiagnostics = droppedDiagnostics
    }

    /// The errors among the diagnostics.
    package var errors: [Diagnostic] { diagnostics.filter(\.isError) }

    /// Reads a whole log, or a SARIF or JUnit report, at once; see `BuildLogReader` for the parameters.
    package static func read(
        _ bytes: [UInt8], root: String, directory: String? = nil, limits: BuildLogReader.Limits = .init(),
        exists: (@Sendable (String) -> Bool)? = nil
    ) -> BuildLog {
        var reader = BuildLogReader(root: root, directory: directory, limits: limits, exists: exists)
        reader.consume(bytes)
        return reader.finish()
    }
}

/// An error that nothing else explains, with the errors that plausibly follow from it.
package struct RootCause: Sendable, Hashable, Codable {
    package var diagnostic: Diagnostic
    /// In log order; at most `cascadeLimit`.
    package var cascades: [Diagnostic]

    package static let cascadeLimit = 64

    package init(diagnostic: Diagnostic, cascades: [Diagnostic] = []) {
        self.diagnostic = diagnostic
        self.cascades = cascades
    }

    /// Where to look: the error's own place, or, when that lies outside the root (a system header, a library), the
    /// first place below the root among its notes.
    package var location: SourceLocation? {
        if let own = diagnostic.location, PathResolver.isInside(own.file) { return own }
        for note in diagnostic.notes {
            if let place = note.location, PathResolver.isInside(place.file) { return place }
        }
        return diagnostic.location
    }

    package var fingerprint: String { diagnostic.fingerprint }
}
