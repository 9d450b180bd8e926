/// Why a finding of a model isn't believed, though what it quotes is in the file.
package enum Objection: String, Sendable, CaseIterable {
    case parses = "it claims an error of syntax, and the file parses"
    case alreadyThere = "what it misses is there"
    case unchanged = "what it proposes is there already"
    case defined = "the name that it misses is defined in the file"
    case elsewhere = "what a file uses may be defined in another"
    case used = "what it calls unused is used"
    case absent = "what it speaks of isn't in the file"
    case comment = "it quotes a comment, no code"
    case checked = "the check that it misses is there"
    case header = "it quotes a function's first line and gives no reason"
    case repeated = "it says the same of many lines"
    case refuted = "refuted by a second look"
}
