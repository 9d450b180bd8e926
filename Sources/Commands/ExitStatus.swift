/// How a command ends, for scripts. This table is the source of the manual's EXIT STATUS sections.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case notFixed = 1
    case failed = 2
    case alreadyGreen = 3
    case notReproducible = 4
    case unverified = 5
    case usage = 64
    case outOfBudget = 124
    case interrupted = 130

    /// What it tells the caller, for the manual.
    package var meaning: String {
        switch self {
        case .done:
            "The command did what it was asked to: fix wrote a verified branch, analyze found nothing at or above --fail-on."
        case .notFixed:
            "The work was done, but the result is negative: no candidate was verified, or findings reached --fail-on."
        case .failed:
            "Something prevented the work: configuration, repository, environment, or an internal error."
        case .alreadyGreen:
            "The build passes already; there is nothing to fix."
        case .notReproducible:
            "The failure can't be seen in a scratch checkout: the command can't run there, runs out of time, or fails otherwise than the log tells."
        case .unverified:
            "A branch that no build has confirmed was written, because --keep-unverified asked for it."
        case .usage:
            "The command line is wrong."
        case .outOfBudget:
            "The budget of --budget ran out before there was a result."
        case .interrupted:
            "Ctrl-C, or another request to end. The repository is as before."
        }
    }
}
