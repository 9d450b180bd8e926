extension SecretScan {
    private static let quotes = ByteClass("\"'`")
    private static let betweenNameAndSign = ByteClass(" \t=!:?+\"'`]\\[*")
    private static let afterSign = ByteClass(" \t=>:~\\")
    private static let endOfBare = ByteClass(" \t\n\r\"'`,;)}]&<>|")

    /// A value that is assigned to a secret's name: `name = "value"`, `name: value`, `<name>value</name>`, `("name", "value")`.
    mutating func assignment(at sign: Int) {
        guard let (name, nameStart) = name(before: sign) else { return }
        var at = sign + 1
        let limit = min(bytes.count, sign + 24)
        while at < limit, Self.afterSign.contains(bytes[at]) { at += 1 }
        guard at < bytes.count else { return }
        if name == .authorization { return header(from: at) }
        // A signature is a secret in the query of a URL that it opens, and nowhere else.
        if name == .signature, nameStart == 0 || !ByteClass("?&").contains(bytes[nameStart - 1]) { return }
        // The prefixes of literals: b"", r'', @"", #"".
        if at + 1 < bytes.count, ByteClass("bruflLBRUF@#").contains(bytes[at]), Self.quotes.contains(bytes[at + 1]) {
            at += 1
        }
        if Self.quotes.contains(bytes[at]) {
            return quoted(name, at: at, isCertain: bytes[sign] != UInt8(ascii: ","))
        }
        // XML's text, and a call's arguments, aren't what stands behind every `>` and `,`.
        if bytes[sign] == UInt8(ascii: ",") { return }
        if bytes[sign] == UInt8(ascii: ">") {
            guard nameStart > 0, bytes[nameStart - 1] == UInt8(ascii: "<") else { return }
            return xmlText(name, at: at)
        }
        if let argument = callsArgument(at: at) { return quoted(name, at: argument, isCertain: false) }
        bare(name, nameStart: nameStart, sign: sign, at: at)
    }

    /// The secret's name before a sign, and where it begins.
    private func name(before sign: Int) -> (SecretName, Int)? {
        var at = sign
        for _ in 0..<3 {
            let floor = max(0, at - 16)
            while at > floor, Self.betweenNameAndSign.contains(bytes[at - 1]) { at -= 1 }
            let end = at
            while at > 0, end - at <= 64, ByteClass.name.contains(bytes[at - 1]) { at -= 1 }
            guard end > at, end - at <= 64 else { return nil }
            if let name = SecretName(bytes[at..<end]) {
                // `,` stands between a quoted name and its value only.
                let isQuoted = end < sign && Self.quotes.contains(bytes[end])
                return bytes[sign] != UInt8(ascii: ",") || isQuoted ? (name, at) : nil
            }
            guard SecretName.standsBetween(bytes[at..<end]) else { return nil }
        }
        return nil
    }

    private mutating func quoted(_ name: SecretName, at quote: Int, isCertain: Bool) {
        let mark = bytes[quote]
        var start = quote + 1
        while start < bytes.count, start - quote < 3, bytes[start] == mark { start += 1 }
        var end = start
        let limit = min(bytes.count, start + 4096)
        while end < limit, bytes[end] != mark, !isLineEnd(bytes[end]) {
            // An escaped quote within; but where the opening one is escaped too, it closes.
            if bytes[end] == UInt8(ascii: "\\"), end + 1 < limit {
                if bytes[end + 1] == mark, quote > 0, bytes[quote - 1] == UInt8(ascii: "\\") { break }
                end += 1
                if isLineEnd(bytes[end]) { break }
            }
            end += 1
        }
        end = min(end, limit)
        guard end - start >= 6 else { return }
        let value = SecretValue(bytes[start..<end])
        guard !value.isStandIn else { return }
        let isChosen = name == .password && isCertain && value.isChosenPassword
        if value.isRandom, !bytes[start..<end].contains(where: isBlank) || name == .password {
            add(.assigned, start..<end, isSure: name != .signature || end - start >= 40)
        } else if isChosen {
            add(.assigned, start..<end, isSure: true)
        } else if name == .password && isCertain
            ? value.mayBePassword : value.isUUID || end - start >= 12 && value.isChosenPassword
        {
            add(.assigned, start..<end, isSure: false)
        }
    }

    private mutating func xmlText(_ name: SecretName, at start: Int) {
        var end = start
        let limit = min(bytes.count, start + 1024)
        while end < limit, bytes[end] != UInt8(ascii: "<"), !isLineEnd(bytes[end]) { end += 1 }
        guard has("</", at: end), end - start >= 6 else { return }
        let value = SecretValue(bytes[start..<end])
        guard !value.isStandIn, value.isRandom || name == .password && value.mayBePassword else { return }
        add(.assigned, start..<end, isSure: value.isRandom || value.isChosenPassword)
    }

    /// The quote in `Name("…`, where a value is wrapped.
    private func callsArgument(at start: Int) -> Int? {
        let called = ByteClass.word.union(ByteClass(".:&"))
        let limit = min(bytes.count, start + 40)
        var at = start
        while at < limit, called.contains(bytes[at]) { at += 1 }
        guard at > start, at + 1 < limit, bytes[at] == UInt8(ascii: "("), Self.quotes.contains(bytes[at + 1]) else {
            return nil
        }
        return at + 1
    }

    /// A value without quotes. In code that is a name far more often than a secret.
    private mutating func bare(_ name: SecretName, nameStart: Int, sign: Int, at start: Int) {
        guard start >= bareEnd else { return }
        var end = start
        let limit = min(bytes.count, start + 512)
        while end < limit, !Self.endOfBare.contains(bytes[end]) { end += 1 }
        bareEnd = end
        guard end - start >= 6, end < bytes.count ? bytes[end] != UInt8(ascii: ">") : true else { return }
        let value = SecretValue(bytes[start..<end])
        let isCode = bytes[start..<end].contains { ByteClass("([{").contains($0) }
        guard !value.isStandIn, !isCode else { return }
        if value.isRandom {
            let isAzure =
                has("AccountKey", at: nameStart) || has("SharedAccessKey", at: nameStart) || name == .signature
            add(isAzure ? .azure : .assigned, start..<end, isSure: name != .signature || end - start >= 40)
            return
        }
        guard name == .password || name == .token else { return }
        let isEnvironment =
            bytes[sign] == UInt8(ascii: "=") && sign > nameStart && ByteClass.upper.contains(bytes[nameStart])
            && bytes[nameStart..<sign].allSatisfy(ByteClass.upperDigits.union(ByteClass("_")).contains)
            && start == sign + 1
        if isEnvironment {
            let isStrong = value.isChosenPassword && end - start >= 10
            if value.mayBePassword { add(.assigned, start..<end, isSure: isStrong && name == .password) }
        } else if value.isChosenPassword {
            // In prose, in a log, in the middle of a line: what has such signs in it is no name of code's.
            let hasSign = bytes[start..<end].dropLast().contains { ByteClass("!@#$%^*~+?").contains($0) }
            if isSetting(nameStart: nameStart, sign: sign, end: end) || name == .password && hasSign {
                add(.assigned, start..<end, isSure: false)
            }
        }
    }

    /// `name: value` or `name = value` alone on its line, as in YAML and ini files.
    private func isSetting(nameStart: Int, sign: Int, end: Int) -> Bool {
        guard end >= bytes.count || isLineEnd(bytes[end]) else { return false }
        let leading = ByteClass(" \t0123456789|+-\"'.")
        var at = nameStart
        while at > 0, nameStart - at < 80, !isLineEnd(bytes[at - 1]) {
            let isPart = leading.contains(bytes[at - 1]) || ByteClass.word.contains(bytes[at - 1])
            guard isPart,
                nameStart - at < 2 || leading.contains(bytes[at - 1]) || bytes[nameStart - 1] == UInt8(ascii: ".")
            else { return false }
            at -= 1
        }
        return true
    }

    /// `Authorization: Bearer …`, in a request or in code.
    private mutating func header(from start: Int) {
        var at = start
        let limit = min(bytes.count, start + 4096)
        while at < limit, at - start < 4, Self.quotes.contains(bytes[at]) { at += 1 }
        let word = at
        while at < limit, ByteClass.letters.contains(bytes[at]), at - word < 16 { at += 1 }
        let scheme = String(decoding: bytes[word..<at].map(\.lowercased), as: UTF8.self)
        let isKnown = ["bearer", "basic", "token", "apikey", "negotiate"].contains(scheme)
        if isKnown, at < limit, isBlank(bytes[at]) {
            while at < limit, isBlank(bytes[at]) { at += 1 }
        } else {
            at = word
        }
        let from = at
        while at < limit, !Self.endOfBare.contains(bytes[at]), bytes[at] != UInt8(ascii: "\\") { at += 1 }
        guard at - from >= 8 else { return }
        let value = SecretValue(bytes[from..<at])
        guard !value.isReference, !bytes[from..<at].contains(where: ByteClass("({").contains) else { return }
        let isBasic = scheme == "basic" && isKnown && at - from >= 12
        guard value.isRandom || value.mayBePassword || isBasic else { return }
        add(.authorization, from..<at, isSure: isKnown && !value.isStandIn && (value.isRandom || isBasic))
    }
}
