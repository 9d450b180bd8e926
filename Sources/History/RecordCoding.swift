import Events
import Foundation

/// The JSON form of a record, the same bytes for the same record: what is stored, and a line of an event stream.
package enum RecordCoding {
    package static func text(of record: RunRecord) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }

    /// Nil for what this version can't read: a newer one wrote it.
    package static func record(from text: String) -> RunRecord? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(RunRecord.self, from: Data(text.utf8))
    }
}
