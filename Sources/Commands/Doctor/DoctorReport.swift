/// What works on this machine, and what each missing thing would bring.
package struct DoctorReport: Report, Equatable {
    package struct Check: Encodable, Sendable, Equatable {
        package enum State: String, Encodable, Sendable {
            case found
            /// Missing, and teamfix works without it.
            case missing
            /// Missing or broken, and something that was asked for can't work.
            case broken
        }

        package var name: String
        package var state: State
        /// Where or which it is, or what is wrong with it.
        package var detail: String
        /// What it would bring; nil when it is there.
        package var brings: String?
        /// The line to type.
        package var install: String?

        package init(name: String, state: State, detail: String, brings: String? = nil, install: String? = nil) {
            self.name = name
            self.state = state
            self.detail = detail
            self.brings = brings
            self.install = install
        }
    }

    package var checks: [Check]

    package init(checks: [Check]) {
        self.checks = checks
    }

    /// Failed when something is broken; missing extras are no failure.
    package var exitStatus: ExitStatus { checks.contains { $0.state == .broken } ? .failed : .done }

    package func lines(width: Int, style: Style) -> [String] {
        let nameWidth = min(24, checks.map { displayWidth($0.name) }.max() ?? 0)
        var lines: [String] = []
        for check in checks {
            let (sign, role): (String, Style.Role) =
                switch check.state {
                case .found: (style.glyphs.succeeded, .success)
                case .missing: (style.glyphs.skipped, .faint)
                case .broken: (style.glyphs.failed, .error)
                }
            let name = padded(check.name, to: nameWidth, ellipsis: style.glyphs.ellipsis)
            let room = max(10, width - nameWidth - 4)
            let detail = style.fit(sanitizedLine(check.detail), to: room)
            lines.append("\(style.apply(role, sign)) \(name)  \(detail)")
            let indent = String(repeating: " ", count: nameWidth + 4)
            if check.state == .found { continue }
            if let brings = check.brings { lines += wrapped("brings: \(brings)", to: room).map { indent + $0 } }
            if let install = check.install { lines.append(indent + style.apply(.hint, install)) }
        }
        return lines
    }
}

/// The text in lines of at most `width` columns, broken at spaces; a longer word stands alone.
package func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if line.isEmpty {
            line = String(word)
        } else if displayWidth(line) + 1 + displayWidth(String(word)) <= width {
            line += " " + word
        } else {
            lines.append(line)
            line = String(word)
        }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
}
