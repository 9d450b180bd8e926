import Events

/// What the live view knows of a run: a fold over its records.
package struct LiveState: Sendable, Equatable {
    package enum Progress: Sendable, Equatable {
        case waiting
        case running(since: Double, attempt: Int, server: String, pieces: Int)
        case succeeded(duration: Double, server: String, tokens: Int?)
        case failed(reason: String)
        case skipped(reason: String)
    }

    package struct Row: Sendable, Equatable {
        package var id: String
        package var specialist: String
        package var title: String
        package var wave: Int
        package var progress: Progress = .waiting
        /// Seconds that the attempt under way will probably take; nil while that isn't known.
        package var predicted: Double?
    }

    package struct Lane: Sendable, Equatable {
        package var name: String
        package var model: String?
        package var slots: Int
        /// Why it can't be used now; nil when it can.
        package var lost: String?
        package var done = 0
    }

    package struct Build: Sendable, Equatable {
        package var purpose: BuildPurpose
        package var command: String
        package var since: Double
    }

    /// More tasks, servers or builds than these are counted, not kept.
    package static let maximumRows = 512

    package var command = ""
    package var pattern: String?
    package var rows: [Row] = []
    package var lanes: [Lane] = []
    package var builds: [Build] = []
    package var candidatesTried = 0
    package var candidatesPassed = 0
    package var isFinished = false

    package init() {}

    /// When what runs now will probably be over; nil when nothing of it is predicted, or something has yet to begin.
    package var predictedEnd: Double? {
        var end: Double?
        for row in rows {
            switch row.progress {
            case .waiting: return nil
            case .running(let since, _, _, _):
                guard let predicted = row.predicted else { return nil }
                end = max(end ?? 0, since + predicted)
            case .succeeded, .failed, .skipped: break
            }
        }
        return end
    }

    package mutating func apply(_ record: RunRecord) {
        switch record.event {
        case .runStarted(let start): command = sanitizedLine(start.command)
        case .planned(let work): plan(work)
        case .serverJoined(let facts): join(facts)
        case .serverLost(let name, let reason): updateLane(name) { $0.lost = sanitizedLine(reason) }
        case .serverRecovered(let name): updateLane(name) { $0.lost = nil }
        case .serverSlots(let name, let slots): updateLane(name) { $0.slots = slots }
        case .taskStarted(let task, let attempt, let server, let model):
            updateRow(task) {
                $0.progress = .running(since: record.elapsed, attempt: attempt, server: server, pieces: 0)
                $0.predicted = nil
            }
            updateLane(server) { $0.model = $0.model ?? sanitizedLine(model) }
        case .taskPredicted(let task, let attempt, let server, let seconds):
            updateRow(task) {
                if case .running(_, attempt, server, _) = $0.progress { $0.predicted = seconds }
            }
        case .taskProgress(let task, let attempt, let server, let pieces):
            updateRow(task) {
                if case .running(let since, attempt, server, _) = $0.progress {
                    $0.progress = .running(since: since, attempt: attempt, server: server, pieces: pieces)
                }
            }
        case .taskFinished(let end): finish(end)
        case .taskHedged: break  // its row shows the attempt that began last
        case .taskMoved(let task, _, _), .taskRetried(let task, _, _, _):
            updateRow(task) { $0.progress = .waiting }
        case .taskSkipped(let task, let reason, _):
            updateRow(task) { $0.progress = .skipped(reason: sanitizedLine(reason)) }
        case .buildStarted(let purpose, let command):
            if builds.count < Self.maximumRows {
                builds.append(Build(purpose: purpose, command: sanitizedLine(command), since: record.elapsed))
            }
        case .buildFinished(let end):
            if let index = builds.firstIndex(where: { $0.purpose == end.purpose }) { builds.remove(at: index) }
        case .candidateJudged(let verdict):
            candidatesTried += 1
            if verdict.result == .passed { candidatesPassed += 1 }
        case .runFinished: isFinished = true
        case .waveFailed, .synthesized, .orchestrationFinished, .replyRead, .published, .notice, .resultShown: break
        }
    }

    private mutating func plan(_ work: PlannedWork) {
        pattern = sanitizedLine(work.pattern)
        for task in work.tasks where rows.count < Self.maximumRows && !rows.contains(where: { $0.id == task.id }) {
            rows.append(
                Row(
                    id: task.id, specialist: sanitizedLine(task.specialist), title: sanitizedLine(task.title),
                    wave: task.wave))
        }
    }

    private mutating func join(_ facts: ServerFacts) {
        let lane = Lane(name: facts.name, model: facts.model.map(sanitizedLine), slots: facts.slots)
        if let index = lanes.firstIndex(where: { $0.name == facts.name }) {
            lanes[index] = lane
        } else if lanes.count < Self.maximumRows {
            lanes.append(lane)
        }
    }

    private mutating func finish(_ end: TaskEnd) {
        updateRow(end.task) {
            // A hedge that lost must not overwrite the winner's result.
            if case .succeeded = $0.progress { return }
            switch end.outcome {
            case .succeeded:
                $0.progress = .succeeded(duration: end.elapsed, server: end.server, tokens: end.answerTokens)
            case .failed: $0.progress = .failed(reason: sanitizedLine(end.reason ?? "failed"))
            case .cancelled: $0.progress = .skipped(reason: "no longer needed")
            }
        }
        if end.outcome == .succeeded { updateLane(end.server) { $0.done += 1 } }
    }

    private mutating func updateRow(_ id: String, _ change: (inout Row) -> Void) {
        if let index = rows.firstIndex(where: { $0.id == id }) { change(&rows[index]) }
    }

    private mutating func updateLane(_ name: String, _ change: (inout Lane) -> Void) {
        if let index = lanes.firstIndex(where: { $0.name == name }) { change(&lanes[index]) }
    }
}
