import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A command of the user's own that prints a token, as `pass show gpu` does.
package struct CredentialCommand: Sendable {
    /// Why there is no token. It never repeats what the command printed.
    package struct Failed: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    package static let deadline = Duration.seconds(5)
    private static let mostOutput = 64 << 10
    private static let longestToken = 8 << 10

    private let command: String
    private let environment: [String: String]
    private let limit: Duration

    package init(_ command: String, environment: [String: String], deadline: Duration = Self.deadline) {
        self.command = command
        self.environment = environment
        limit = deadline
    }

    private enum Ended: Sendable {
        case printed(String?, succeeded: Bool)
        case failed(String)
        case late
    }

    /// Runs the command in the root folder with nothing to read, and takes the first line that it prints.
    package func token() async throws(Failed) -> String {
        let (command, environment, limit) = (command, environment, limit)
        let ended = await withTaskGroup(of: Ended.self) { group in
            group.addTask {
                var options = PlatformOptions()
                options.createSession = true
                options.teardownSequence = [
                    .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
                ]
                do {
                    let result = try await Subprocess.run(
                        .path("/bin/sh"), arguments: ["-c", command],
                        environment: .custom(
                            Dictionary(
                                uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
                        workingDirectory: FilePath("/"), platformOptions: options, input: .none,
                        output: .string(limit: Self.mostOutput), error: .discarded)
                    return .printed(result.standardOutput, succeeded: result.terminationStatus.isSuccess)
                } catch {
                    return .failed("it can't be run, or prints more than \(Self.mostOutput >> 10) KiB")
                }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return .late
            }
            defer { group.cancelAll() }
            return await group.next() ?? .late
        }
        switch ended {
        case .late: throw Failed(description: "it printed no token within \(limit)")
        case .failed(let reason): throw Failed(description: reason)
        case .printed(_, succeeded: false): throw Failed(description: "it failed")
        case .printed(let text, succeeded: true): return try Self.token(in: text ?? "")
        }
    }

    /// The first line, when it can stand in a header.
    static func token(in text: String) throws(Failed) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let token = line.trimmingCharacters(in: .whitespaces)
        guard !token.isEmpty else { throw Failed(description: "it printed nothing") }
        guard token.utf8.count <= longestToken, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failed(
                description:
                    "the first line that it printed is no token: too long, or with blanks or signs in it that no header can bear"
            )
        }
        return token
    }
}
