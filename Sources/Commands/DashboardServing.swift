import Dashboard
import Foundation
import History

extension Invocation {
    /// Serves the dashboard until it is interrupted, which is how it ends when all is well.
    func serveDashboard(on host: String, port: UInt16) async throws -> ExitStatus {
        guard let store = history() else { return .failed }
        if !DashboardServer.isLocal(host) {
            note(
                "whoever can reach \(host) and knows the address below sees every run with its patches, and nothing is "
                    + "encrypted on the way")
        }
        let output = surroundings.standardOutput
        let (isQuiet, error, style) = (common.verbosity == .quiet, surroundings.standardError, noteStyle)
        do {
            try await DashboardServer(store: store, host: host, port: Int(port), now: surroundings.now).run { url in
                output.write(url + "\n")
                if !isQuiet { error.write("\(style.apply(.hint, "hint:")) open it in a browser; Ctrl-C ends it\n") }
            }
        } catch {
            guard !Task.isCancelled else { return .done }
            throw Failure(
                .environment, "the dashboard can't listen on \(host), port \(port)", causes: ["\(error)"],
                hints: ["let it choose a free port: teamfix stats --serve", "or another address: --listen 127.0.0.1"])
        }
        return .done
    }

    /// Writes the page of the latest runs, of a repository or of all.
    func showRunsPage(of repository: String?, in store: RunStore) throws -> ExitStatus {
        surroundings.standardOutput.write(try HTMLReport.runs(of: repository, in: store, now: surroundings.now()))
        return .done
    }

    /// Writes a run's page.
    func showPage(of run: String, in store: RunStore) throws -> ExitStatus {
        guard let page = try HTMLReport.run(run, in: store, now: surroundings.now()) else {
            throw Failure(.storage, "run \(run) is no longer recorded", hints: ["see the runs: teamfix stats"])
        }
        surroundings.standardOutput.write(page)
        return .done
    }
}
