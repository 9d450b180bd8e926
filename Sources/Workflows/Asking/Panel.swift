import Diagnostics
import Orchestration

/// Who is asked: experts that differ in role, model and temperature, so that they don't all err in the same way.
package struct Panel: Sendable, Equatable {
    /// One expert's place.
    package struct Seat: Sendable, Equatable {
        /// The id of its task.
        package var id: String
        /// The name by which people know it.
        package var name: String
        /// The role from whose side it looks.
        package var role: String
        /// What that side is, in a sentence.
        package var viewpoint: String
        /// The model that answers; nil leaves it to the placement.
        package var model: String?
        /// Sampling temperature, 0 to 2.
        package var temperature: Double
        package var seed: Int
    }

    package var seats: [Seat]

    /// The most experts.
    package static let most = 16
    private static let letters = Array("abcdefghijklmnop")
    private static let temperatures = [0.2, 0.5, 0.8, 0.4]
    private static let longestRole = 80

    /// Fills the seats: roles and models in turn, so that neighbours differ in both.
    ///
    /// - Parameters:
    ///   - experts: how many; taken as 1 to 16.
    ///   - roles: names of specialists, or roles in words; empty for the roster's own.
    ///   - models: the models to spread over; fewer than two leave the choice to the placement.
    ///   - team: the specialists that there are.
    package init(experts: Int, roles: [String] = [], models: [String] = [], team: [Specialist]) {
        let count = min(max(experts, 1), Self.most)
        let sides = Self.sides(roles, team)
        let pinned = models.count > 1 ? models : []
        seats = (0..<count).map { number in
            let letter = String(Self.letters[number])
            let side = sides[number % sides.count]
            return Seat(
                id: "expert-\(letter)", name: "Expert \(letter.uppercased())", role: side.role,
                viewpoint: side.viewpoint, model: pinned.isEmpty ? nil : pinned[number % pinned.count],
                temperature: Self.temperatures[number % Self.temperatures.count], seed: number + 1)
        }
    }

    /// The models to spread over: those named, or those that the servers run when they differ.
    package static func models(_ named: [String], servers: [TeamServer]) -> [String] {
        if !named.isEmpty { return named }
        var seen: Set<String> = []
        return servers.map(\.model).filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// The experts' tasks. What they share stands first and is the same to the byte, so that a server evaluates it once.
    func tasks(question: String, material: String, specialist: String) -> [TeamTask] {
        seats.map { seat in
            TeamTask(
                id: seat.id, specialist: specialist,
                input: TaskInput(
                    title: seat.name, shared: material,
                    text: "The question: \(question)\n\nYou speak as the team's \(seat.role): \(seat.viewpoint)"),
                policy: TaskPolicy(retries: 2),
                sampling: Sampling(temperature: seat.temperature, seed: seat.seed), model: seat.model)
        }
    }

    /// What each shipped role asks first; the order is that in which seats are filled.
    private static let shipped: [(role: String, viewpoint: String)] = [
        ("Logic Analyst", "look at what is true and what follows from it; follow the values step by step."),
        ("Architect", "look at what is the least that does the job, and is easy to maintain."),
        ("Security Analyst", "look at what can go wrong, and which choice can be undone."),
        ("QA", "look at how one would find out: which case would show the answer wrong?"),
        ("Root Cause Analyst", "look at what causes what; don't stop at the first symptom."),
        ("Dependency Analyzer", "look at what depends on what, and what each choice costs when it runs."),
        ("Requirements Analyst", "look at what is really asked for, and by whom."),
        ("Pattern Analyst", "look at what the same thing looks like elsewhere, and what differs here."),
    ]

    private static func sides(_ wanted: [String], _ team: [Specialist]) -> [(role: String, viewpoint: String)] {
        let named = wanted.map { String(sanitized($0).replacing("\n", with: " ").prefix(longestRole)) }
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard named.isEmpty else {
            return named.map { name in
                let known = team.first { $0.name.lowercased() == name.lowercased() }
                let own = shipped.first { $0.role == known?.name }
                return own ?? (
                    role: known?.name ?? name, viewpoint: known.map { "\($0.summary)." } ?? "answer from that side."
                )
            }
        }
        let there = shipped.filter { side in team.contains { $0.name == side.role } }
        return there.isEmpty ? shipped : there
    }
}
