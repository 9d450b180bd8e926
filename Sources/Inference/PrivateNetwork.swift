/// Which hosts lie in a network of one's own, by what their address says.
enum PrivateNetwork {
    /// Names below these are given out by routers and machines themselves, never by the public name service.
    private static let endings = [
        ".local", ".lan", ".internal", ".intranet", ".home", ".home.arpa", ".localdomain", ".localhost", ".test",
        ".private",
        ".corp", ".ts.net",
    ]

    /// Whether a host is this machine, or one of a private network. A name says so by its form; it isn't looked up.
    static func holds(_ host: String) -> Bool {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        if host.contains(":") { return holdsAddress6(host) }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt8($0) }
        if numbers.count == 4, parts.count == 4 { return holds(numbers) }
        // A public name has a dot.
        return parts.count == 1 && UInt32(host) == nil || endings.contains(where: host.hasSuffix)
    }

    private static func holds(_ address: [UInt8]) -> Bool {
        switch (address[0], address[1]) {
        case (127, _), (10, _), (192, 168), (169, 254), (172, 16...31): true
        // Addresses that carriers and overlay networks share out.
        case (100, 64...127): true
        default: false
        }
    }

    private static func holdsAddress6(_ host: String) -> Bool {
        let address = host.split(separator: "%").first.map(String.init) ?? host
        if address == "::1" { return true }
        if address.hasPrefix("::ffff:") {
            let inner = String(address.dropFirst(7))
            return !inner.contains(":") && holds(inner)
        }
        guard let first = address.split(separator: ":").first, let number = UInt16(first, radix: 16) else {
            return false
        }
        // Unique local and link-local addresses.
        return number & 0xFE00 == 0xFC00 || number & 0xFFC0 == 0xFE80
    }
}
