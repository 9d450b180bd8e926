extension StringProtocol {
    /// The text without control characters, so that what a server sends can't steer a terminal; line ends become spaces.
    var printable: String {
        var clean = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                if clean.last != " " { clean.append(" ") }
            case .format, .surrogate, .privateUse, .unassigned:
                continue
            default:
                clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// At most `limit` printable characters of the text.
    func excerpt(_ limit: Int = 300) -> String {
        // Cutting first bounds the work; four times leaves room for what is dropped.
        let clean = prefix(limit * 4).printable
        return clean.count <= limit ? clean : clean.prefix(limit) + "…"
    }
}
