import ArgumentParser
import Git

package struct DoctorCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks what works on this machine, and says what each missing thing would bring.",
        discussion: "Ends with 2 when something that is configured doesn't work, with 0 when only extras are missing.")

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        var checks: [DoctorReport.Check] = []
        var isReadable = true
        do {
            if let root = try invocation.workTree() {
                checks.append(.init(name: "repository", state: .found, detail: root))
            } else {
                checks.append(
                    .init(
                        name: "repository", state: .missing, detail: "this folder is not in a git repository",
                        brings: "something to fix", install: "git init"))
            }
        } catch let error as GitError {
            // What is wrong here is what doctor is asked for; the configuration can't be found without the repository.
            isReadable = false
            checks.append(
                .init(name: "repository", state: .broken, detail: error.message, install: error.hint))
        }
        checks += DoctorReport.programs(path: invocation.surroundings.environment["PATH"] ?? "")
        checks += await invocation.wiring.checks(invocation.surroundings)
        if isReadable {
            let configuration = try invocation.configuration().configuration
            checks += DoctorReport.servers(
                try await ServersReport.gather(
                    try await invocation.serversOrLocal(configuration),
                    connect: common.offline ? nil : invocation.wiring.connect,
                    deadline: .seconds(5)))
        }
        let report = DoctorReport(checks: checks)
        invocation.show(report)
        return report.exitStatus
    }
}
