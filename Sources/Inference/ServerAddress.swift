/// Where a server listens and which protocol it speaks, read from `OLLAMA_HOST`, `--server` or a configuration.
///
/// Accepted forms, as Ollama reads them: `host`, `host:port`, `:port`, `http://host[:port][/base]`, `https://…`, IPv6 with
/// or without brackets. Without a scheme the port is 11434, with one it is that scheme's. A base path is kept. In front may
/// stand a name and a kind: `ollama01=http://gpu:11434`, `big=openai+http://gpu:8000/v1`. Without a kind, a base path that
/// ends in `v1` means `openai`, everything else `ollama`.
public struct ServerAddress: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name given in front (`NAME=`); nil when there was none.
    public var name: String?
    /// The protocol.
    public var kind: ServerKind
    /// `http` or `https`.
    public var scheme: String
    /// Host name or IP address, without brackets.
    public var host: String
    /// The port, 0 to 65535.
    public var port: Int
    /// The base path, empty or beginning with a slash, never ending in one.
    public var path: String

    /// The port that Ollama listens on unless told otherwise.
    public static let ollamaPort = 11434

    /// Ollama on this machine.
    public static let localOllama = ServerAddress(scheme: "http", host: "127.0.0.1", port: ollamaPort)

    /// Creates an address from its parts.
    public init(
        name: String? = nil, kind: ServerKind = .ollama, scheme: String, host: String, port: Int, path: String = ""
    ) {
        self.name = name
        self.kind = kind
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// Reads an address.
    ///
    /// Bind addresses (`0.0.0.0`, `::`, an empty host) become loopback. As with Ollama, a port outside 0–65535 becomes the
    /// default one.
    ///
    /// - Throws: ``ServerAddressError`` for an unknown scheme, a user name or password, a query, or an unusable host.
    public init(parsing text: String) throws(ServerAddressError) {
        var rest = Substring(text).trimmed
        var name: String?
        if let equals = rest.firstIndex(of: "=") {
            let before = rest[..<equals]
            if Self.isName(before) {
                name = String(before)
                rest = rest[rest.index(after: equals)...].trimmed
            }
        }
        let (kind, unprefixed) = Self.kind(of: rest)
        rest = unprefixed

        var scheme = "http"
        var defaultPort = Self.ollamaPort
        var hasScheme = false
        if let separator = rest.range(of: "://") {
            hasScheme = true
            scheme = rest[..<separator.lowerBound].lowercased()
            rest = rest[separator.upperBound...]
            switch scheme {
            case "http": defaultPort = 80
            case "https": defaultPort = 443
            default: throw ServerAddressError("'\(scheme)' is no scheme of a model server; use http:// or https://")
            }
        } else if rest == "ollama.com" {
            (scheme, defaultPort) = ("https", 443)
        }

        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = try Self.path(rest[slash...])
        let (host, port) = try Self.hostAndPort(rest[..<slash])
        let found = kind ?? (path == "/v1" || path.hasSuffix("/v1") ? .openai : .ollama)
        guard found == .ollama || hasScheme || port != nil else {
            throw ServerAddressError(
                "an OpenAI-compatible server has no usual port; give one, such as openai+http://\(host):8000/v1")
        }
        self.init(
            name: name, kind: found, scheme: scheme, host: Self.connectable(host), port: port ?? defaultPort, path: path
        )
    }

    /// The URL, without a trailing slash. It never holds credentials.
    public var url: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(shown):\(port)\(path)"
    }

    /// Whether what is sent there can be read on the way by others: plain HTTP to a host outside of private networks.
    public var isExposed: Bool { scheme == "http" && !PrivateNetwork.holds(host) }

    /// What to call the server when the user gave no name: the host, and the port where it isn't the usual one.
    public var defaultName: String {
        if let name { return name }
        let shown = host.contains(":") ? "[\(host)]" : host
        return port == Self.ollamaPort ? shown : "\(shown):\(port)"
    }

    /// The URL, with the kind in front where it isn't Ollama's; safe to show.
    public var description: String { kind == .ollama ? url : "\(kind.rawValue)+\(url)" }

    /// `text` with any user name and password replaced, for messages about values that could not be read.
    public static func redacted(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let start = text.range(of: "://")?.upperBound ?? text.startIndex
        guard start <= at else { return text }
        return text[..<start] + "…" + text[at...]
    }
}

/// Why a server's address can't be used, in words for the person who wrote it; never repeats credentials.
public struct ServerAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to write instead.
    public var message: String
    /// The message.
    public var description: String { message }

    init(_ message: String) { self.message = message }
}

extension ServerAddress {
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, Character(UnicodeScalar(first)).isLetter else { return false }
        return text.utf8.allSatisfy { byte in
            let scalar = UnicodeScalar(byte)
            return scalar.properties.isAlphabetic && byte < 128 || (48...57).contains(byte) || "-_.".utf8.contains(byte)
        }
    }

    private static func kind(of text: Substring) -> (ServerKind?, Substring) {
        for kind in ServerKind.allCases {
            let prefix = kind.rawValue + "+"
            if text.lowercased().hasPrefix(prefix) { return (kind, text.dropFirst(prefix.count)) }
        }
        return (nil, text)
    }

    private static func path(_ text: Substring) throws(ServerAddressError) -> String {
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw ServerAddressError("a server's address has no query and no fragment; leave out what follows ? or #")
        }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw ServerAddressError("the path of a server's address holds a space, control or non-ASCII character")
        }
        var path = text
        while path.last == "/" { path.removeLast() }
        return String(path)
    }

    /// Host and port; nil for the port when there was none, or one that is out of range.
    private static func hostAndPort(_ text: Substring) throws(ServerAddressError) -> (host: String, port: Int?) {
        guard !text.contains("@") else {
            throw ServerAddressError(
                "a server's address can't hold a user name or password; give the token apart from the address")
        }
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw ServerAddressError("a server's address has no query and no fragment; leave out what follows ? or #")
        }
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else {
                throw ServerAddressError("'\(text)' opens a bracket and doesn't close it; write [::1]:\(ollamaPort)")
            }
            host = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            guard after.isEmpty || after.first == ":" else {
                throw ServerAddressError("'\(text)' has text after the bracket that is no port")
            }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let isAddress = host.contains(":")
        let allowed = host.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._".utf8.contains(byte) || (isAddress && (byte == 58 || byte == 37))
        }
        guard allowed else {
            throw ServerAddressError("'\(host.printable)' is no host name or IP address")
        }
        let number = port.flatMap { Int($0) }
        return (String(host), number.flatMap { (0...65535).contains($0) ? $0 : nil })
    }

    private static func connectable(_ host: String) -> String {
        switch host {
        case "", "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}

extension Substring {
    /// Without surrounding spaces and quotes, which shells and service files leave around values.
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first.isWhitespace || first == "\"" || first == "'" { text.removeFirst() }
        while let last = text.last, last.isWhitespace || last == "\"" || last == "'" { text.removeLast() }
        return text
    }
}
