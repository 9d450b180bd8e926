#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Who a commit is by, and who made it.
package struct Identity: Sendable, Hashable {
    package var author: Signature
    package var committer: Signature

    static let keys = [
        "user.name", "user.email", "author.name", "author.email", "committer.name", "committer.email",
    ]

    /// - Parameter now: seconds since 1970; nil is the clock.
    init(environment: [String: String], configuration: [String: String], now: Int64?) throws(GitError) {
        let clock = now ?? Int64(time(nil))
        author = try Self.signature("author", environment, configuration, clock)
        committer = try Self.signature("committer", environment, configuration, clock)
    }

    private static func signature(
        _ role: String, _ environment: [String: String], _ configuration: [String: String], _ now: Int64
    ) throws(GitError) -> Signature {
        let prefix = "GIT_" + role.uppercased()
        let name = [environment[prefix + "_NAME"], configuration[role + ".name"], configuration["user.name"]]
        let email = [
            environment[prefix + "_EMAIL"], configuration[role + ".email"], configuration["user.email"],
            environment["EMAIL"],
        ]
        let cleanName = name.compactMap { $0 }.first { !$0.isEmpty }.map(clean) ?? ""
        let cleanEmail = email.compactMap { $0 }.first { !$0.isEmpty }.map(clean) ?? ""
        guard !cleanName.isEmpty, !cleanEmail.isEmpty else {
            let what = cleanName.isEmpty ? (cleanEmail.isEmpty ? "name and address" : "name") : "address"
            throw GitError(
                .missingIdentity, call: "identity", message: "Git doesn't know your \(what) for commits.",
                hint: """
                    Tell it once:
                      git config --global user.name "Your Name"
                      git config --global user.email "you@example.com"
                    """)
        }
        let (seconds, offset) = try date(environment[prefix + "_DATE"], now: now, variable: prefix + "_DATE")
        return Signature(name: cleanName, email: cleanEmail, time: seconds, offset: offset)
    }

    /// Without what would break a commit's header, and without stray punctuation at the ends, as git does.
    static func clean(_ text: String) -> String {
        let inner = text.unicodeScalars.filter { $0 != "<" && $0 != ">" && $0 != "\n" && $0.value != 0 }
        let isStray = { (scalar: Unicode.Scalar) in
            scalar.value <= 32 || [".", ",", ":", ";", "\"", "\\", "'"].contains(scalar)
        }
        var trimmed = inner.drop(while: isStray)
        while let last = trimmed.last, isStray(last) { trimmed.removeLast() }
        return String(String.UnicodeScalarView(trimmed))
    }

    /// `@SECONDS ±HHMM`, `SECONDS ±HHMM` or `YYYY-MM-DDTHH:MM:SS±HH:MM`; an unset one is now, in local time.
    static func date(_ text: String?, now: Int64, variable: String) throws(GitError) -> (Int64, Int) {
        guard let text, !text.isEmpty else { return (now, localOffset(now)) }
        let words = text.split(separator: " ")
        if (1...2).contains(words.count),
            let seconds = Int64(words[0].hasPrefix("@") ? words[0].dropFirst() : words[0]),
            words[0].hasPrefix("@") || seconds >= 100_000_000
        {
            if words.count == 1 { return (seconds, localOffset(seconds)) }
            if let offset = minutes(words[1]) { return (seconds, offset) }
        }
        if let found = calendarDate(text) { return found }
        throw GitError(
            .invalid, call: "identity", message: "\(variable) is \"\(text)\", which teamfix doesn't understand.",
            hint: "Write it as 2026-01-31T12:00:00+01:00, or unset it.")
    }

    private static func calendarDate(_ text: String) -> (Int64, Int)? {
        let digits = Array(text.utf8)
        guard digits.count >= 19, digits[4] == 45, digits[7] == 45, digits[10] == 84 || digits[10] == 32,
            digits[13] == 58, digits[16] == 58
        else { return nil }
        let number = { (range: Range<Int>) in Int(String(decoding: digits[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day), (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        // Days since 1970 of a date of the Gregorian calendar; years begin in March.
        let y = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
        let local = Int64(days * 86_400 + hour * 3600 + minute * 60 + second)
        let rest = String(decoding: digits[19...], as: UTF8.self).drop { $0 == " " }
        if rest.isEmpty {
            let offset = localOffset(local)
            return (local - Int64(offset * 60), offset)
        }
        return minutes(rest).map { (local - Int64($0 * 60), $0) }
    }

    /// `Z`, `+0130`, `-01:30` in minutes.
    private static func minutes(_ text: Substring) -> Int? {
        if text == "Z" { return 0 }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard let sign = text.first, sign == "+" || sign == "-", digits.count == 4, let number = Int(digits),
            number % 100 < 60, number / 100 < 24
        else { return nil }
        return (sign == "-" ? -1 : 1) * (number / 100 * 60 + number % 100)
    }

    private static func localOffset(_ seconds: Int64) -> Int {
        var (clock, parts) = (time_t(seconds), tm())
        localtime_r(&clock, &parts)
        return Int(parts.tm_gmtoff) / 60
    }
}
