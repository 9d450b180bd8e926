import Foundation

@testable import Orchestration

/// A plan's work and a fleet's speeds, made of a seed: what the comparisons of schedulers run on.
struct Workload {
    enum Shape: String, CaseIterable { case flat, divideAndConquer, pipelines, random }

    struct Job {
        var id: String
        var dependencies: [Int]
        var promptTokens: Int
        var answerTokens: Int
        /// What a scheduler is told of the answer's length.
        var estimate: Int
    }

    struct Machine {
        var name: String
        var slots: Int
        var promptRate: Double
        var answerRate: Double

        func seconds(_ job: Job) -> Double {
            Double(job.promptTokens) / promptRate + Double(job.answerTokens) / answerRate
        }
    }

    var jobs: [Job]
    var machines: [Machine]

    /// - Parameters:
    ///   - spread: how many times faster the fastest machine is than the slowest; those between are spaced evenly in proportion.
    ///   - noise: the standard deviation of the logarithm of estimate ÷ length.
    init(shape: Shape, tasks: Int, servers: Int, spread: Double, slots: Int = 1, noise: Double = 0.5, seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) &* 7919 &+ UInt64(tasks) &+ UInt64(shape.rawValue.count))
        func normal(_ random: inout SeededRandom) -> Double {
            let u = Double.random(in: 1e-12..<1, using: &random)
            return (-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
        }
        jobs = (0..<tasks).map { index in
            let answer = min(1500, max(10, Int(150 * exp(0.8 * normal(&random)))))
            return Job(
                id: "t\(index)",
                dependencies: Self.dependencies(of: index, in: tasks, shape, &random),
                promptTokens: Int.random(in: 200...2000, using: &random), answerTokens: answer,
                estimate: max(1, Int(Double(answer) * exp(noise * normal(&random)))))
        }
        machines = (0..<servers).map { index in
            let share = servers > 1 ? Double(index) / Double(servers - 1) : 0
            let speed = pow(spread, -share)
            return Machine(
                name: "s\(index)", slots: slots, promptRate: 1_000 * speed, answerRate: 50 * speed)
        }
        machines.shuffle(using: &random)
    }

    private static func dependencies(
        of index: Int, in tasks: Int, _ shape: Shape, _ random: inout SeededRandom
    ) -> [Int] {
        switch shape {
        case .flat:
            return []
        case .divideAndConquer:
            // Groups of six: five parts, and one that puts them together; the last joins the groups.
            if index == tasks - 1 { return (0..<index).filter { $0 % 6 == 5 } }
            return index % 6 == 5 ? Array(index - 5..<index) : []
        case .pipelines:
            return index < (tasks + 3) / 4 ? [] : [index - (tasks + 3) / 4]
        case .random:
            return (max(0, index - 8)..<index).filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
        }
    }

    /// A makespan that no schedule can be shorter than: the critical path at the fastest speeds, and for every set of jobs that
    /// have at least `q` seconds of others behind them their earliest start, the time that all slots together need for them,
    /// and `q`.
    var lowerBound: Double {
        let best = jobs.map { job in machines.map { $0.seconds(job) }.min() ?? 0 }
        var head = [Double](repeating: 0, count: jobs.count)
        for index in jobs.indices { head[index] = jobs[index].dependencies.map { head[$0] + best[$0] }.max() ?? 0 }
        var tail = [Double](repeating: 0, count: jobs.count)
        for index in jobs.indices.reversed() {
            for before in jobs[index].dependencies { tail[before] = max(tail[before], tail[index] + best[index]) }
        }
        var bound = zip(zip(head, best), tail).map { $0.0 + $0.1 + $1 }.max() ?? 0
        let speeds = machines.map { machine in
            1 / jobs.reduce(0) { $0 + machine.seconds($1) }
        }
        let whole = zip(machines, speeds).reduce(0) { $0 + Double($1.0.slots) * $1.1 }
        let equal = machines.reduce(0) { $0 + Double($1.slots) }
        for price in [speeds.map { $0 / whole }, machines.map { _ in 1 / equal }] {
            for level in Set(tail) {
                let set = jobs.indices.filter { tail[$0] >= level }
                let area = set.reduce(0) { sum, index in
                    sum + (zip(price, machines).map { $0 * $1.seconds(jobs[index]) }.min() ?? 0)
                }
                bound = max(bound, (set.map { head[$0] }.min() ?? 0) + area + level)
            }
        }
        return bound
    }
}

/// How others would run a workload, on the same clock.
enum Baseline: String, CaseIterable {
    /// Round robin, one wave after the other: the original design's way.
    case waves
    /// A proxy that queues, and gives each request to the server with the fewest (`leastconn` with `maxconn` = slots).
    case leastConnections
    /// The first free slot in the order in which the servers are listed.
    case slotPool

    func makespan(_ work: Workload) -> Double {
        self == .waves ? waves(work) : queue(work)
    }

    private func waves(_ work: Workload) -> Double {
        var level = [Int](repeating: 0, count: work.jobs.count)
        for index in work.jobs.indices {
            level[index] = (work.jobs[index].dependencies.map { level[$0] }.max() ?? -1) + 1
        }
        var now = 0.0
        var turn = 0
        for wave in 0...(level.max() ?? 0) {
            var free = work.machines.map { Array(repeating: now, count: $0.slots) }
            for index in work.jobs.indices where level[index] == wave {
                let server = turn % work.machines.count
                turn += 1
                guard let slot = free[server].indices.min(by: { free[server][$0] < free[server][$1] }) else { continue }
                free[server][slot] += work.machines[server].seconds(work.jobs[index])
            }
            now = free.flatMap { $0 }.max() ?? now
        }
        return now
    }

    private func queue(_ work: Workload) -> Double {
        var now = 0.0
        var waiting = work.jobs.map(\.dependencies.count)
        var ready = work.jobs.indices.filter { waiting[$0] == 0 }
        var busy = work.machines.map { _ in 0 }
        var running: [(end: Double, job: Int, server: Int)] = []
        var turn = 0
        while !ready.isEmpty || !running.isEmpty {
            while let job = ready.first {
                let free = work.machines.indices.filter { busy[$0] < work.machines[$0].slots }
                guard !free.isEmpty else { break }
                var server = free[0]
                if self == .leastConnections {
                    let least = free.map { busy[$0] }.min() ?? 0
                    let equal = free.filter { busy[$0] == least }
                    server = equal.first { $0 >= turn } ?? equal[0]
                    turn = (server + 1) % work.machines.count
                }
                ready.removeFirst()
                busy[server] += 1
                running.append((now + work.machines[server].seconds(work.jobs[job]), job, server))
            }
            guard let next = running.indices.min(by: { running[$0].end < running[$1].end }) else { break }
            let done = running.remove(at: next)
            now = done.end
            busy[done.server] -= 1
            for index in work.jobs.indices where work.jobs[index].dependencies.contains(done.job) {
                waiting[index] -= 1
                if waiting[index] == 0 { ready.append(index) }
            }
        }
        return now
    }
}
