import Diagnostics
import Foundation
import Git
import History
import Inference
import Orchestration
import Workflows

/// An error as people and scripts get to see it. This file is the one place where errors become text.
package struct Failure: Error, Sendable, Equatable {
    /// What kind of thing went wrong; scripts can rely on the names.
    package enum Kind: String, Sendable, Codable {
        case usage, configuration, environment, repository, server, build, storage, budget, interrupted
        case unexpected
    }

    package var kind: Kind
    /// What happened, in a sentence without a full stop.
    package var message: String
    /// Why, from the outermost cause to the innermost.
    package var causes: [String]
    /// What to do next, a line each.
    package var hints: [String]
    package var status: ExitStatus

    package init(
        _ kind: Kind, _ message: String, causes: [String] = [], hints: [String] = [], status: ExitStatus = .failed
    ) {
        self.kind = kind
        self.message = message
        self.causes = causes
        self.hints = hints
        self.status = status
    }
}

/// An error that knows how it is told. The errors of this target conform; those of the targets below are listed in
/// `Failure.init(_:)`, since they know neither hints nor exit codes.
package protocol FailureConvertible: Error {
    var failure: Failure { get }
}

extension Failure {
    /// Puts any error into words.
    package init(_ error: any Error) {
        switch error {
        case let failure as Failure:
            self = failure
        case let error as any FailureConvertible:
            self = error.failure
        case let error as InferenceError:
            self = Self(server: error)
        case let error as GitError:
            let kind: Kind = if case .system = error.code { .environment } else { .repository }
            self = Failure(kind, error.message, hints: error.hint.map { [$0] } ?? [])
        case let error as SandboxError:
            self = Failure(.environment, error.description)
        case let error as CommandError:
            self = Failure(.build, error.description)
        case let error as FileFailure:
            self = Failure(.environment, error.description)
        case let error as HistoryError:
            self = Failure(.storage, error.description)
        case let error as PlanError:
            self = Failure(
                .usage, "the plan can't be run: \(error)",
                hints: ["see what a good one looks like: teamfix plan --format yaml"])
        case let error as ServerAddressError:
            self = Failure(.configuration, error.message)
        case is CancellationError:
            self = Failure(.interrupted, "interrupted", status: .interrupted)
        case let error as CocoaError:
            let path = (error.userInfo[NSFilePathErrorKey] as? String).map { "\($0): " } ?? ""
            self = Failure(.environment, path + error.localizedDescription)
        default:
            self = Failure(
                .unexpected, "an unexpected error: \(error)",
                hints: ["this is a defect in teamfix; please report it with the command line"])
        }
    }

    private init(server error: InferenceError) {
        let hints: [String] =
            switch error.code {
            case .unreachable: ["check that the server runs: teamfix servers", "or work without models: --offline"]
            case .busy: ["wait, or spread the work with another --server"]
            case .timedOut: ["allow more time with --timeout SECONDS, or choose a smaller model with --model"]
            case .modelNotFound: ["see what is installed: teamfix servers", "install it there: ollama pull MODEL"]
            case .unauthorized:
                ["the server wants a token, or it (or a proxy before it) doesn't admit this machine: OLLAMA_ORIGINS"]
            case .contextOverflow: ["choose a model with a larger window, or set `context` for the server"]
            case .badRequest, .serverFailed, .incomplete, .malformed, .limitExceeded, .empty:
                ["try another model with --model, or look into the server's log"]
            case .cancelled: []
            }
        self.init(
            error.code == .cancelled ? .interrupted : .server, error.description, hints: hints,
            status: error.code == .cancelled ? .interrupted : .failed)
    }
}

extension Failure {
    /// The lines for standard error.
    package func text(style: Style) -> String {
        // A line each: a name with a line break in it can't forge another one.
        var lines = ["\(style.apply(.error, "teamfix:")) \(sanitizedLine(message))"]
        lines += causes.map { "  because: \(sanitizedLine($0))" }
        lines += hints.map { "\(style.apply(.hint, "hint:")) \(sanitizedLine($0))" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The object for `--format json`.
    package var json: JSONFailure {
        JSONFailure(
            error: .init(
                kind: kind, message: sanitized(message), causes: causes.map(sanitized), hints: hints.map(sanitized),
                exitCode: status.rawValue))
    }

    package struct JSONFailure: Encodable {
        package struct Body: Encodable {
            var kind: Kind
            var message: String
            var causes: [String]
            var hints: [String]
            var exitCode: Int32
        }
        var error: Body
    }

    /// Tells the user: the object on standard output when that carries JSON, else the lines on standard error.
    package func show(format: OutputFormat, surroundings: Surroundings, style: Style) {
        switch format {
        case .json: surroundings.standardOutput.write(jsonText(json))
        case .text, .markdown, .html: surroundings.standardError.write(text(style: style))
        }
    }
}
