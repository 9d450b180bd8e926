/// Looks through a change for the ways to turn a build green without mending anything.
///
/// Each rule is a function of the file before and after, and of what is known of the failure; it answers with what the
/// change does, or nil. What was there before is nobody's trick: rules count, and ask for more than there was.
struct CheatSearch {
    let change: CodeChange
    let failure: FailureTraits
    /// Whether the file may be changed like a test: it was allowed by name.
    let mayChangeChecks: Bool
    /// Whether the failure is an error of form in this very file.
    let isTask: Bool

    /// What the change does that no fix does; nil when nothing.
    func finding() -> String? {
        TrickWords.finding(in: change)
            ?? LeavingEarly.finding(in: change)
            ?? HollowCode.finding(in: change, failure)
            ?? SwitchedOffCode.finding(in: change)
            ?? SwallowedErrors.finding(in: change)
            ?? SpecialCases.finding(in: change, failure)
            ?? (mayChangeChecks ? nil : WeakenedChecks.finding(in: change, failure, isTask: isTask))
            ?? DroppedCalls.finding(in: change, failure)
    }
}
