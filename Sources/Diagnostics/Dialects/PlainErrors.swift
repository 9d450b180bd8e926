/// `error: message` with no place: SwiftPM's, cargo's, or anybody's.
enum PlainErrors {
    static func add(
        _ message: String, _ severity: Diagnostic.Severity, code: String?, line: Int, _ log: inout LogContext
    ) {
        if severity == .warning, message.contains(" generated "),
            message.hasSuffix(")") || message.hasSuffix("warning")
                || message.hasSuffix("warnings")
        {
            return
        }
        let isRust =
            code != nil || log.builder == .cargo || rustStarts.contains { message.hasPrefix($0) }
        let tool: Diagnostic.Tool =
            isRust
            ? (message.hasPrefix("aborting") || code != nil ? .rustc : .cargo)
            : log.builder
                ?? (message.hasPrefix("'") || swiftStarts.contains { message.hasPrefix($0) } ? .swiftpm : .generic)
        let consequence =
            consequences.contains { message.hasPrefix($0) }
            || (message.hasPrefix("'") && message.contains(": Invalid manifest (compiled with"))
        log.add(severity, message, code: code, tool: tool, lines: line...line, consequence: consequence)
        log.collector.breakOff()
    }

    private static let rustStarts = [
        "could not compile", "aborting due to", "test failed, to rerun", "no such command",
    ]

    private static let swiftStarts = ["emit-module command", "link command failed", "ExitCode(", "fatalError"]

    /// What says only that something failed before.
    private static let consequences = [
        "could not compile", "aborting due to", "test failed, to rerun", "fatalError", "ExitCode(",
        "emit-module command failed", "link command failed", "linker command failed", "swift-frontend command failed",
        "compile command failed", "Exited with", "Process ", "build failed", "Build failed", "terminated(", "recipe ",
        "some targets failed", "command failed", "process didn't exit", "index store path does not exist",
        "failed to run custom build command", "fatal error", "exit status", "exit code",
    ]
}
