import Events

/// A record as a line for where there is no live view, and for what scrolls above it; nil when it is not worth one.
package struct ProgressLines: Sendable {
    package var verbosity: Verbosity
    /// Whether a live area shows tasks and builds, so that lines about them would say it twice.
    package var besideLiveView: Bool
    package var style: Style

    package init(verbosity: Verbosity, besideLiveView: Bool, style: Style) {
        self.verbosity = verbosity
        self.besideLiveView = besideLiveView
        self.style = style
    }

    package func line(_ record: RunRecord) -> String? {
        guard verbosity > .quiet, let (level, text) = describe(record.event) else { return nil }
        if verbosity < level { return nil }
        let time = padded(shownDuration(record.elapsed), to: 7, alignRight: true)
        return "\(style.apply(.faint, time))  \(sanitizedLine(text))"
    }

    private func describe(_ event: RunEvent) -> (Verbosity, String)? {
        let task: Verbosity = besideLiveView ? .verbose : .normal
        let arrow = style.glyphs.arrow
        switch event {
        case .runStarted(let start):
            return (.verbose, "\(start.command): \(start.problem)")
        case .planned(let work):
            return (task, "plan: \(work.pattern), \(counted(work.tasks.count, "task")), \(work.strategy)")
        case .serverJoined(let facts):
            return (task, "server \(facts.name): \(facts.model ?? facts.kind) at \(facts.url)")
        case .serverLost(let name, let reason):
            return (.normal, "server \(name) lost: \(reason)")
        case .serverSlots(let name, let slots):
            return (.verbose, "server \(name) works on \(counted(slots, "request")) at once")
        case .serverRecovered(let name):
            return (.normal, "server \(name) is back")
        case .taskStarted(let name, let attempt, let server, let model):
            return (.verbose, "\(name) \(arrow) \(server) (\(model))\(attempt > 1 ? ", attempt \(attempt)" : "")")
        case .taskProgress, .resultShown: return nil
        case .taskPredicted(let name, _, let server, let seconds):
            return (.verbose, "\(name) will probably take \(shownDuration(seconds)) on \(server)")
        case .taskFinished(let end):
            return finished(end, task)
        case .taskMoved(let name, let from, let reason):
            return (.normal, "\(name) leaves \(from): \(reason)")
        case .taskRetried(let name, let attempt, _, let reason):
            return (task, "\(name): attempt \(attempt) follows: \(reason)")
        case .taskHedged(let name, _, let server, let gain):
            let why = gain > 0 ? "to save \(shownDuration(gain))" : "its answer stands still"
            return (.verbose, "\(name) is tried on \(server) as well: \(why)")
        case .taskSkipped(let name, let reason, _):
            return (task, "\(name) skipped: \(reason)")
        case .waveFailed(let wave, let retried):
            return (.normal, "every task of wave \(wave) failed\(retried ? ", it is tried again" : "")")
        case .synthesized(let strategy, let sources, _):
            return (.verbose, "synthesis (\(strategy)) of \(counted(sources.count, "result"))")
        case .orchestrationFinished(let duration):
            return (.verbose, "orchestration took \(shownDuration(duration))")
        case .buildStarted(let purpose, let command):
            return (purpose == .search ? .verbose : task, "\(purpose.rawValue): \(command)")
        case .buildFinished(let end):
            return (end.purpose == .search ? .verbose : task, finished(end))
        case .replyRead(let reply):
            return (
                .verbose,
                "\(reply.task) (\(reply.format)) \(reply.outcome.rawValue)\(reply.reason.map { ": \($0)" } ?? "")"
            )
        case .candidateJudged(let verdict):
            let more = verdict.files.count > 3 ? " and \(verdict.files.count - 3) more" : ""
            let files = verdict.files.prefix(3).joined(separator: ", ") + more
            return (
                task,
                "candidate \(verdict.id) (\(verdict.source)) \(verdict.result.rawValue): \(verdict.reason) [\(files)]"
            )
        case .published(let branch, let commit, let verified, _):
            return (task, "branch \(branch) at \(commit.prefix(12))\(verified ? "" : ", UNVERIFIED")")
        case .notice(let level, let text):
            switch level {
            case .debug: return (.verbose, text)
            case .info: return (.normal, text)
            case .warning: return (.normal, "warning: \(text)")
            }
        case .runFinished(let outcome, _, let duration):
            return (.verbose, "\(outcome) after \(shownDuration(duration))")
        }
    }

    private func finished(_ end: TaskEnd, _ level: Verbosity) -> (Verbosity, String)? {
        switch end.outcome {
        case .succeeded:
            let tokens = end.answerTokens.map { ", \(counted($0, "token"))" } ?? ""
            return (level, "\(end.task) done by \(end.server) in \(shownDuration(end.elapsed))\(tokens)")
        case .failed:
            return (level, "\(end.task) failed on \(end.server): \(end.reason ?? "no reason given")")
        case .cancelled:
            return (.verbose, "\(end.task) on \(end.server) no longer needed")
        }
    }

    private func finished(_ end: BuildEnd) -> String {
        let result =
            if end.timedOut {
                "ran out of time"
            } else if let code = end.exitCode {
                code == 0 ? "passed" : "failed (exit code \(code), \(counted(end.errors, "error")))"
            } else {
                "was ended by a signal"
            }
        return "\(end.purpose.rawValue) \(result) in \(shownDuration(end.duration))"
    }
}
