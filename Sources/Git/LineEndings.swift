/// Git's rules for line endings on the way from the repository to the work tree.
struct LineEndings: Sendable {
    /// `core.autocrlf`.
    enum Automatic: Sendable { case on, off, input }

    var automatic: Automatic
    /// `core.eol`, when it says CRLF.
    var defaultIsCRLF: Bool

    /// The attributes that decide.
    static let attributes = ["text", "eol", "crlf"]

    /// Whether some file without attributes could be converted.
    var convertsByDefault: Bool { automatic == .on }

    init(automatic: Automatic = .off, defaultIsCRLF: Bool = false) {
        self.automatic = automatic
        self.defaultIsCRLF = defaultIsCRLF
    }

    init(config: borrowing Handle) {
        let text = Configuration.string("core.autocrlf", in: config)?.lowercased()
        automatic = text == "input" ? .input : Configuration.flag("core.autocrlf", in: config) == true ? .on : .off
        defaultIsCRLF = Configuration.string("core.eol", in: config)?.lowercased() == "crlf"
    }

    /// What a file's attributes come down to.
    enum Conversion: Sendable, Hashable { case none, always, whenText }

    func conversion(_ values: [String: AttributeValue]) -> Conversion {
        let text = values["text"] ?? legacy(values["crlf"])
        switch text {
        case .unset: return .none
        case .text("input"): return .none
        case .text("auto"): return crlf(values["eol"]) ? .whenText : .none
        case .set: return crlf(values["eol"]) ? .always : .none
        default:
            // An end of line alone makes the file text.
            if case .text(let eol) = values["eol"] { return eol == "crlf" ? .always : .none }
            return automatic == .on ? .whenText : .none
        }
    }

    /// The older attribute: `crlf`, `-crlf`, `crlf=input`.
    private func legacy(_ value: AttributeValue?) -> AttributeValue? {
        if case .text(let text) = value, text != "input" { return nil }
        return value
    }

    private func crlf(_ eol: AttributeValue?) -> Bool {
        if case .text(let eol) = eol, eol == "crlf" || eol == "lf" { return eol == "crlf" }
        switch automatic {
        case .on: return true
        case .input: return false
        case .off: return defaultIsCRLF
        }
    }

    /// The content for the work tree, or nil when it stays as it is.
    static func converted(_ bytes: UnsafeRawBufferPointer, _ conversion: Conversion) -> [UInt8]? {
        guard conversion != .none else { return nil }
        let counts = Counts(bytes)
        guard counts.bareLF > 0 else { return nil }
        if conversion == .whenText, counts.bareCR > 0 || counts.crlf > 0 || counts.isBinary { return nil }
        var converted: [UInt8] = []
        converted.reserveCapacity(bytes.count + counts.bareLF)
        var last: UInt8 = 0
        for byte in bytes {
            if byte == 10, last != 13 { converted.append(13) }
            converted.append(byte)
            last = byte
        }
        return converted
    }

    /// What git counts to tell text from binary.
    private struct Counts {
        var bareLF = 0
        var bareCR = 0
        var crlf = 0
        var nul = 0
        var printable = 0
        var other = 0

        var isBinary: Bool { bareCR > 0 || nul > 0 || (printable >> 7) < other }

        init(_ bytes: UnsafeRawBufferPointer) {
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                switch byte {
                case 13 where index + 1 < bytes.count && bytes[index + 1] == 10:
                    crlf += 1
                    index += 1
                case 13: bareCR += 1
                case 10: bareLF += 1
                case 127: other += 1
                case 0:
                    nul += 1
                    other += 1
                case 8, 9, 27, 12: printable += 1
                case 1..<32: other += 1
                default: printable += 1
                }
                index += 1
            }
            // A final end-of-file mark of old text files isn't held against them.
            if bytes.last == 26 { other -= 1 }
        }
    }
}
