/// Who may see what: the decision about a request, from what it says alone.
///
/// The pages show sources, prompts' problems and patches of private repositories, and any web page that the user visits can
/// send requests to loopback. So a request must name the token, which only the printed URL has, and a `Host` that no foreign
/// name server can have made up.
struct Admission: Sendable, Equatable {
    enum Page: Sendable, Equatable {
        case runs
        case runsFeed
        case run(String)
        case runFeed(String)
    }

    enum Refusal: Error, Sendable, Equatable {
        case method, host, token, notFound, tooLong
    }

    /// What stands first in every path.
    let token: String
    /// The address that the server listens on, as it was given.
    let listening: String
    let port: Int

    func page(method: String, host: String?, target: String) throws(Refusal) -> Page {
        guard method == "GET" else { throw .method }
        guard let host, isOurs(host) else { throw .host }
        guard target.utf8.count <= 512 else { throw .tooLong }
        let path = target.prefix { $0 != "?" && $0 != "#" }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts[0].isEmpty, Self.areEqual(parts[1], token) else { throw .token }
        parts.removeFirst(2)
        switch parts {
        case [""]: return .runs
        case ["feed"]: return .runsFeed
        case _ where parts.count == 2 && parts[0] == "run" && Self.isRun(parts[1]): return .run(parts[1])
        case _ where parts.count == 3 && parts[0] == "run" && Self.isRun(parts[1]) && parts[2] == "feed":
            return .runFeed(parts[1])
        default: throw .notFound
        }
    }

    /// Whether a `Host` can only have come from our own URL. A name that a foreign name server points at this machine (DNS
    /// rebinding) is refused, an address is not a name, and `localhost` is never looked up elsewhere.
    func isOurs(_ host: String) -> Bool {
        guard let (name, port) = Self.parts(of: host), port == self.port else { return false }
        if ["127.0.0.1", "localhost", "[::1]"].contains(name) { return true }
        // What the user asked to listen on stands in the printed URL.
        if name == listening.lowercased() || name == "[\(listening.lowercased())]" { return true }
        return !Self.isLoopback(listening) && Self.isAddress(name)
    }

    static func isLoopback(_ address: String) -> Bool {
        ["localhost", "::1"].contains(address.lowercased())
            || (address.hasPrefix("127.") && isAddress(address))
    }

    private static func parts(of host: String) -> (name: String, port: Int)? {
        let host = host.lowercased()
        guard host.utf8.count <= 255 else { return nil }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            if rest.isEmpty { return (host, 80) }
            guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()) else { return nil }
            return (String(host[...end]), port)
        }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 { return (host, 80) }
        guard parts.count == 2, let port = Int(parts[1]) else { return nil }
        return (String(parts[0]), port)
    }

    /// An IPv4 address, or an IPv6 address in brackets.
    private static func isAddress(_ name: String) -> Bool {
        if name.hasPrefix("["), name.hasSuffix("]") {
            return name.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && $0.allSatisfy(\.isNumber) }
    }

    private static func isRun(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// Compares in a time that doesn't tell how much of a guess was right.
    static func areEqual(_ guess: String, _ secret: String) -> Bool {
        let (guess, secret) = (Array(guess.utf8), Array(secret.utf8))
        guard guess.count == secret.count else { return false }
        var difference: UInt8 = 0
        for index in secret.indices { difference |= guess[index] ^ secret[index] }
        return difference == 0
    }

    /// 128 random bits as a word for a path.
    static func newToken(using random: inout some RandomNumberGenerator) -> String {
        (0..<16).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &random)
            return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
