import Workflows

/// Something that a user can do about a fix that brought no verified branch.
package struct NextStep: Encodable, Sendable, Equatable {
    /// Why, in words that lead to the command.
    var why: String
    /// Options for another `teamfix fix`, or a whole command.
    var command: String

    /// What helps after a run that ended so, the likeliest first; nothing after a fix.
    static func after(_ view: FixView, _ trials: Trials, _ asked: FixView.Asked) -> [NextStep] {
        switch view.outcome {
        case .fixed: []
        case .unverified: [all(view)].compactMap { $0 }
        case .notFixed, .outOfTime: searched(view, trials, asked)
        case .alreadyGreen: green(asked)
        case .notReproducible: notReproducible(view)
        }
    }

    private static func searched(_ view: FixView, _ trials: Trials, _ asked: FixView.Asked) -> [NextStep] {
        var steps: [NextStep] = []
        if trials.servers.isEmpty {
            let lost = trials.lostServers.sorted().map(sanitizedLine).joined(separator: ", ")
            steps.append(
                lost.isEmpty
                    ? NextStep(
                        why: "No model took part. With a server the search goes on",
                        command: "--server http://HOST:11434")
                    : NextStep(
                        why: "No model took part: \(lost) can't be used. What is wrong", command: "teamfix servers"))
        } else if view.outcome == .notFixed {
            let rounds = min(32, asked.rounds + 2)
            let candidates = min(32, asked.candidates * 2)
            if rounds > asked.rounds || candidates > asked.candidates {
                steps.append(
                    NextStep(
                        why: "More tries, each with what the ones before it showed",
                        command: "--rounds \(rounds) --candidates \(candidates)"))
            }
            steps.append(NextStep(why: "A larger model, where there is one", command: "--model NAME"))
        }
        if view.outcome == .outOfTime {
            steps.append(NextStep(why: "More time", command: "--budget SECONDS"))
        }
        if !view.steps.isEmpty {
            steps.append(
                NextStep(
                    why: "What got the build further, on a branch below teamfix/unverified/",
                    command: "--keep-unverified"))
        }
        return steps + [all(view)].compactMap { $0 }
    }

    /// The whole list, where the report had room for a part of it.
    private static func all(_ view: FixView) -> NextStep? {
        guard !view.candidates.isEmpty else { return nil }
        return NextStep(why: "Every candidate and what became of it", command: "teamfix stats \(view.run)")
    }

    private static func green(_ asked: FixView.Asked) -> [NextStep] {
        asked.check == nil
            ? [NextStep(why: "When it is the tests that fail", command: "--check COMMAND")]
            : [NextStep(why: "When another command fails", command: "--build COMMAND")]
    }

    private static func notReproducible(_ view: FixView) -> [NextStep] {
        guard let failure = view.failure else {
            return [NextStep(why: "What fails, so that it can be seen to", command: "--build COMMAND")]
        }
        if failure.timedOut {
            return [NextStep(why: "More time for each build", command: "--build-timeout SECONDS")]
        }
        var steps = [NextStep(why: "The command whose failure the log tells of", command: "--build COMMAND")]
        if !failure.passed {
            steps.append(
                NextStep(
                    why: "What the scratch checkout lacks of your work tree's ignored files", command: "--carry PATH"))
        }
        return steps
    }
}
