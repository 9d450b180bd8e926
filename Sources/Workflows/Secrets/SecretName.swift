/// Names that secrets are assigned to.
enum SecretName {
    case password, token, authorization, signature

    /// What a name says of the value assigned to it; nil when it says nothing of a secret.
    init?(_ name: ArraySlice<UInt8>) {
        guard (3...64).contains(name.count) else { return nil }
        var words = Self.words(name)
        while words.count > 1, let last = words.last, Self.suffixes.contains(last) { words.removeLast() }
        guard let last = words.last else { return nil }
        if words == ["sig"] {
            self = .signature
        } else if last == "authorization" {
            self = .authorization
        } else if Self.passwords.contains(last) || Self.passwordEndings.contains(where: last.hasSuffix) {
            self = .password
        } else if Self.tokens.contains(last) || Self.tokenEndings.contains(where: last.hasSuffix) {
            self = .token
        } else if last == "key", words.count > 1, Self.beforeKey.contains(words[words.count - 2]) {
            self = .token
        } else {
            return nil
        }
    }

    /// `dbPassword`, `DB_PASSWORD` and `db-password` as `db` and `password`.
    private static func words(_ name: ArraySlice<UInt8>) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var wasCapital = false
        func isCapital(_ byte: UInt8) -> Bool { ByteClass.upper.contains(byte) }
        func close() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        let bytes = Array(name)
        for (index, byte) in bytes.enumerated() {
            guard ByteClass.alphanumeric.contains(byte) else {
                close()
                wasCapital = false
                continue
            }
            let nextIsSmall = index + 1 < bytes.count && ByteClass.lower.contains(bytes[index + 1])
            if isCapital(byte), !wasCapital || nextIsSmall { close() }
            wasCapital = isCapital(byte)
            word.append(byte.lowercased)
        }
        close()
        return words
    }

    /// Words after which a name still names the secret itself.
    private static let suffixes: Set<String> = [
        "value", "string", "text", "plain", "raw", "prod", "production", "dev", "staging", "base64", "b64", "default",
        "current", "old", "new", "live", "1", "2", "hex", "literal",
    ]
    private static let passwords: Set<String> = ["password", "passwd", "pwd", "passphrase", "passcode", "pass", "pw"]
    private static let passwordEndings = ["password", "passwd", "passphrase"]
    private static let tokens: Set<String> = [
        "secret", "token", "credential", "credentials", "creds", "apikey", "auth",
    ]
    private static let tokenEndings = [
        "apikey", "secretkey", "accesskey", "privatekey", "authtoken", "token", "secret",
    ]
    private static let beforeKey: Set<String> = [
        "api", "access", "secret", "private", "auth", "signing", "encryption", "encrypt", "account", "master", "shared",
        "service", "storage", "app", "consumer", "client", "crypto", "hmac", "jwt", "session", "cookie", "aes",
        "deploy",
        "admin", "license", "webhook", "write", "server", "subscription",
    ]
    /// Parts of names that only may be a secret's: enough to keep a variable from a build, not to call its value a secret.
    private static let hints = [
        "passw", "credential", "api_key", "_key", "private", "cookie", "session", "_auth", "bearer",
    ]
    /// What the names of accounts' variables begin with: they hold secrets, or say where those are.
    private static let accounts = ["aws_", "github_", "azure_", "google_"]

    /// Whether a variable of this name may hold a secret: wider than what names a value one.
    static func maySay(_ name: String) -> Bool {
        let lower = name.lowercased()
        return SecretName(Array(name.utf8)[...]) != nil || lower == "key" || accounts.contains(where: lower.hasPrefix)
            || (hints + passwordEndings + tokenEndings).contains(where: lower.contains)
    }

    /// Words that stand between a name and its value in languages with types, and `value` of XML's attributes.
    private static let between: Set<String> = [
        "string", "str", "text", "char", "bytes", "byte", "secretstr", "nsstring", "value", "data", "varchar", "static",
    ]

    /// Whether the name before this one is the one that counts.
    static func standsBetween(_ name: ArraySlice<UInt8>) -> Bool {
        name.count <= 12 && between.contains(String(decoding: name.map(\.lowercased), as: UTF8.self))
    }
}
