/// The profile under which macOS' sandbox-exec runs a build: no network, writes only where they disappear, and the
/// private places of the home folder unreadable. It can't mount, so the checkout isn't at the repository's path.
package struct SeatbeltProfile: Sendable, Equatable {
    package var checkout: String
    /// Other folders that may be written to.
    package var writable: [String]
    package var home: String?
    /// The names in the home folder that are hidden.
    package var hidden: [String]

    package init(checkout: String, writable: [String], home: String?, hidden: [String]) {
        self.checkout = checkout
        self.writable = writable
        self.home = home
        self.hidden = hidden
    }

    package var text: String {
        var lines = ["(version 1)", "(allow default)", "(deny network*)", "(deny file-write*)"]
        lines += ([checkout] + writable).map { "(allow file-write* (subpath \(Self.quoted($0))))" }
        lines.append("(allow file-write* (literal \"/dev/null\") (literal \"/dev/tty\") (regex #\"^/dev/fd/\"))")
        if let home {
            lines += hidden.map { "(deny file-read* (subpath \(Self.quoted(home + "/" + $0))))" }
        }
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ path: String) -> String {
        "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
