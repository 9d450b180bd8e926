import Testing

/// One way to turn a build green without mending anything: changes that go it, and honest ones that come near.
struct Way: Sendable, CustomTestStringConvertible {
    struct Attempt: Sendable {
        var file: String
        var old: String
        var new: String
        /// What it is refused with, where that differs from the way's other attempts.
        var says: String?
    }

    var name: String
    var says: String
    var cheats: [Attempt]
    var honest: [Attempt]
    var testDescription: String { name }

    init(_ name: String, says: String, cheats: [Attempt], honest: [Attempt]) {
        self.name = name
        self.says = says
        self.cheats = cheats
        self.honest = honest
    }
}

/// An attempt; without words of its own it is refused with its way's.
func change(_ file: String, _ old: String, _ new: String, says: String? = nil) -> Way.Attempt {
    Way.Attempt(file: file, old: old, new: new, says: says)
}
