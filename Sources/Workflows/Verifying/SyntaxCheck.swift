import Diagnostics

/// The quick look at a candidate's file before a build: does it parse?
///
/// Only tools that read one file, run nothing of it, and are the language's own parser. C has none of that kind without
/// the build's own flags: there the compiler decides.
enum SyntaxCheck {
    /// How long a check may take.
    static let deadline = Duration.seconds(15)
    /// What a check is taken to cost before one has run, in seconds.
    static let assumedDuration = 0.4

    /// The command that parses a file, from the root of the checkout; nil where none is certain.
    static func command(for path: String, build: String) -> String? {
        guard !path.utf8.contains(0), !path.utf8.contains(0x0A) else { return nil }
        let language: ParsedLanguage
        switch path.split(separator: ".").last.map(String.init) ?? "" {
        case "py":
            guard !build.contains("python2") else { return nil }
            language = .python
        case "js", "mjs", "cjs": language = .javascript
        case "swift": language = .swift
        case "rb": language = .ruby
        case "php": language = .php
        case "go": language = .go
        default: return nil
        }
        return language.command(program: language.programs[0], file: quoted(path))
    }

    /// A file of the working folder as a word of a shell command.
    static func quoted(_ path: String) -> String {
        // Neither `-x` nor `@x` is a file to tools.
        word("./" + path)
    }

    /// Any text as a word of a shell command.
    static func word(_ text: String) -> String {
        // Byte by byte: to a shell a quote is one whatever stands behind it.
        "'" + text.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    }

    /// Whether a check is worth its time: most candidates parse, and then it is spent for nothing.
    ///
    /// - Parameters:
    ///   - build: how long the build takes, in seconds.
    ///   - check: how long a check took; nil when none has run.
    static func isWorthwhile(build: Double, check: Double?) -> Bool {
        build > 4 * (check ?? assumedDuration)
    }

    /// An error that a check found in a file.
    struct Finding: Equatable {
        var reason: String
        /// Whether it stands in a line that the candidate changed; else the file may have been wrong there before.
        var isInTouchedLine: Bool
    }

    /// Whether a build complains where the check does: one that reads another dialect of the language stands alone.
    static func isBorneOut(_ said: BuildObservation, of path: String, by causes: [RootCause]) -> Bool {
        let lines = Set(said.log.errors.filter { $0.location?.file == path }.compactMap { $0.location?.line })
        return causes.contains { cause in
            guard let place = cause.location, place.file == path, let line = place.line else { return false }
            return lines.contains(line)
        }
    }

    /// What a check has against a file; nil when it found nothing, or nothing certain.
    ///
    /// - Parameters:
    ///   - said: what the check said.
    ///   - touched: the lines that the candidate changed.
    static func finding(in path: String, said: BuildObservation, touched: [ClosedRange<Int>]) -> Finding? {
        let errors = said.log.errors.filter { $0.location?.file == path }
        guard !said.passed, !said.timedOut, let first = errors.first else { return nil }
        let own = errors.first { error in
            error.location?.line.map { line in touched.contains { $0.contains(line) } } ?? false
        }
        let error = own ?? first
        let place = error.location?.line.map { "line \($0): " } ?? ""
        return Finding(reason: "\(path) doesn't parse: \(place)\(error.message)", isInTouchedLine: own != nil)
    }
}
