import Orchestration

/// The specialists that come with teamfix.
public enum Roster {
    /// Every role: the analysts, the deciders, the builders.
    public static let standard: [Specialist] = analysts + deciders + builders

    /// The team with these specialists: one with a name that is already there takes its place, others come last.
    public static func merging(_ added: [Specialist], into team: [Specialist] = standard) -> [Specialist] {
        var merged = team
        for specialist in added {
            if let index = merged.firstIndex(where: { $0.name == specialist.name }) {
                merged[index] = specialist
            } else {
                merged.append(specialist)
            }
        }
        return merged
    }
}
