extension SecretScan {
    /// A provider's token that begins here.
    mutating func token(_ rule: TokenRule, at start: Int) -> Bool {
        let bodyStart = start + rule.prefix.count
        guard bodyStart < bytes.count, bytes[start..<bodyStart].elementsEqual(rule.prefix) else { return false }
        let bodyEnd = end(of: rule.body, from: bodyStart)
        let body = bytes[bodyStart..<bodyEnd]
        guard rule.length.contains(body.count), rule.infix.isEmpty || Array(body).holds(rule.infix) else {
            return false
        }
        // Its body goes on with a letter that no such key has: a longer name that begins alike.
        if bodyEnd < bytes.count, ByteClass.word.contains(bytes[bodyEnd]) { return false }
        let value = SecretValue(body)
        guard !value.isTokenStandIn, SecretValue.entropy(body) >= 2.8 else { return false }
        if rule.isWeak, !value.isRandom { return false }
        add(rule.kind, start..<bodyEnd, isSure: true)
        return true
    }

    /// Three parts with dots between them, of which two are JSON in base64.
    mutating func webToken(at start: Int) {
        guard has("eyJ", at: start) else { return }
        var at = start
        for part in 0..<3 {
            if part == 1, !has("eyJ", at: at) { return }
            let end = end(of: .base64URL, from: at)
            guard end - at >= 10 else { return }
            at = end
            if part < 2 {
                guard at < bytes.count, bytes[at] == UInt8(ascii: ".") else { return }
                at += 1
            }
        }
        // The one that the format's own site shows.
        let isShownEverywhere = Array(bytes[start..<min(at, start + 300)]).holds(
            Array("eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4g".utf8))
        if !isShownEverywhere { add(.webToken, start..<at, isSure: true) }
    }

    /// `scheme://user:password@host`.
    mutating func urlPassword(at colon: Int) {
        guard has("://", at: colon), colon > 1, ByteClass.alphanumeric.contains(bytes[colon - 1]) else { return }
        let limit = min(bytes.count, colon + 515)
        let stops = ByteClass("/?#\"'`<> \t\n\r\\)")
        var at = colon + 3
        var separator: Int?
        var host: Int?
        while at < limit, !stops.contains(bytes[at]) {
            if bytes[at] == UInt8(ascii: ":"), separator == nil { separator = at }
            if bytes[at] == UInt8(ascii: "@") { host = at }
            at += 1
        }
        guard let separator, let host, separator < host else { return }
        let range = separator + 1..<host
        let value = SecretValue(bytes[range])
        guard range.count >= 3, !value.isReference, !bytes[range].contains(UInt8(ascii: "{")) else { return }
        let hostName = bytes[host + 1..<at].map(\.lowercased)
        let isLocal =
            ["localhost", "127.0.0.1", "[::1]", "example", "host"].contains { hostName.starts(with: $0.utf8) }
            || hostName.holds(Array("example.".utf8))
        let isSame = bytes[range].elementsEqual(bytes[colon + 3..<separator])
        let isStrong = value.isRandom || value.isChosenPassword || range.count >= 12
        add(.urlPassword, range, isSure: isStrong && !isLocal && !isSame && !value.isStandIn)
    }

    /// `12345678:AA…`: a bot's number and its key.
    mutating func telegram(at colon: Int) {
        guard has("AA", at: colon + 1), colon >= 8 else { return }
        var start = colon
        while start > 0, colon - start < 11, ByteClass.digits.contains(bytes[start - 1]) { start -= 1 }
        let end = end(of: .base64URL, from: colon + 1)
        guard (8...10).contains(colon - start), end - colon - 1 == 35, isWordStart(start) else { return }
        add(.telegram, start..<end, isSure: !SecretValue(bytes[colon + 1..<end]).isTokenStandIn)
    }

    /// `machine HOST login NAME password VALUE`, on one line or several.
    mutating func netrc(at start: Int) {
        guard has("machine", at: start) else { return }
        let limit = min(bytes.count, start + 600)
        var words: [Range<Int>] = []
        var at = start
        while at < limit, words.count < 16 {
            while at < limit, bytes[at] <= 0x20 { at += 1 }
            let from = at
            while at < limit, bytes[at] > 0x20 { at += 1 }
            // Line numbers and marks of a diff, where a prompt shows the file.
            if from < at, !bytes[from..<at].allSatisfy(ByteClass("0123456789|+-").contains) { words.append(from..<at) }
        }
        guard words.count >= 4 else { return }
        var number = 2
        var hasLogin = false
        while number + 1 < words.count {
            let word = bytes[words[number]]
            if word.elementsEqual("login".utf8) || word.elementsEqual("account".utf8) {
                hasLogin = true
            } else if word.elementsEqual("password".utf8) {
                let value = SecretValue(bytes[words[number + 1]])
                if hasLogin || number == 2, value.mayBePassword || value.isRandom, !value.isReference {
                    add(
                        .netrc, words[number + 1],
                        isSure: !value.isStandIn && (value.isRandom || value.isChosenPassword))
                }
            } else {
                return
            }
            number += 2
        }
    }
}

extension TokenRule {
    /// Whether other things begin like this, too.
    var isWeak: Bool { prefix.count <= 4 && kind.isToldByMore || kind == .notion }
}

extension SecretKind {
    fileprivate var isToldByMore: Bool {
        switch self {
        case .openAI, .twilio, .crates, .nuget, .mailgun, .artifactory, .databricks, .replicate, .groq, .pulumi: true
        default: false
        }
    }
}

extension SecretValue {
    /// Whether a provider's token is one of the documentation's.
    var isTokenStandIn: Bool {
        holdsAny(of: ["example", "xxxx", "redacted", "placeholder", "changeme"]) || isCountedUp
    }
}
