import Events

/// Second attempts for tasks that take long: the first good answer counts, the other attempt is told to stop.
///
/// Placement by predicted finish can lose to plain first-come when one answer takes far longer than predicted; this is what
/// makes up for it. A task gets a second attempt
///
/// * when nothing else is ready and a slot idles, where that ends it at least 15 % sooner, or
/// * when its answer is lost (it stands still, or never began), and it is no less urgent than what is ready,
///
/// on another server, never where a model is being loaded or would have to be. All second attempts together, those for lost
/// answers left out, are asked for no more than a quarter of the plan's answer tokens (one attempt is always allowed).
extension Scheduler {
    /// Of what is left of the task, so much must be gained.
    private static let leastGain = 0.15
    /// Seconds that are not worth a request.
    private static let leastSeconds = 0.1
    /// Of all answer tokens of the plan.
    private static let tokenShare = 0.25

    mutating func hedge(pool: inout ServerPool, now: Double) {
        while pool.hasRoom(now: now), let (index, server, gain) = bestHedge(pool: pool, now: now) {
            let work = estimated(tasks[index])
            guard start(index, on: server, pool: &pool, now: now) else { return }
            if gain.isFinite { hedgedTokens += work.answerTokens }
            log([
                .taskHedged(
                    task: tasks[index].task.id, attempt: tasks[index].attempts, server: pool.members[server].name,
                    gain: gain.isFinite ? gain : 0)
            ])
        }
    }

    private func bestHedge(pool: ServerPool, now: Double) -> (index: Int, server: Int, gain: Double)? {
        let outlook = PredictivePlacement(pool: pool, now: now)
        guard outlook.hasFree else { return nil }
        let whole = tasks.reduce(0) { $0 + estimated($1).answerTokens }
        let room = Double(whole) * Self.tokenShare - Double(hedgedTokens)
        var best: (index: Int, server: Int, gain: Double)?
        var bestPath = -1.0
        for index in tasks.indices where tasks[index].phase == .running && tasks[index].runs.count == 1 {
            let run = tasks[index].runs[0]
            let member = pool.members[run.server]
            guard let attempt = member.running[run.ticket], let end = member.expectedEnd(run.ticket, now: now) else {
                continue
            }
            // Whoever leaves while a model is loaded ends the load: then it may never be done.
            if attempt.first == nil, member.isResident == false { continue }
            let isLost = !end.isFinite
            if let next = ready.first, !isLost || tasks[index].rank < tasks[next].rank { continue }
            let work = estimated(tasks[index])
            // A lost answer is a fault, not a guess: it costs nothing of what may be guessed.
            guard isLost || hedgedTokens == 0 || Double(work.answerTokens) <= room else { continue }
            for server in usableServers(index, pool: pool)
            where server != run.server && !tasks[index].tried.contains(server) && pool.members[server].loadTime == 0 {
                guard let finish = outlook.finish(of: work, on: server, member: pool.members[server]) else { continue }
                let gain = end - finish
                guard gain > Self.leastGain * (end - now) || isLost, gain > Self.leastSeconds else { continue }
                // The one that holds up the most: the longest way to the plan's end.
                let path = isLost ? .infinity : (end - now) + tasks[index].rank * 1e-9
                if path > bestPath || path == bestPath && gain > (best?.gain ?? 0) {
                    best = (index, server, gain)
                    bestPath = path
                }
            }
        }
        return best
    }

    /// When to look again, if nothing happens before.
    func nextHedge(pool: ServerPool, now: Double) -> Double? {
        guard rules.hedges, openAttempts > 0, pool.members.count > 1,
            pool.members.contains(where: { $0.freeSlots > 0 }),
            tasks.contains(where: { $0.phase == .running && $0.runs.count == 1 })
        else { return nil }
        return now + Self.lookInterval
    }
}
