import Diagnostics

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Findings that were there at some time and that nobody wants to hear of again.
package struct Baseline: Sendable, Equatable, Codable {
    /// One of them: known by its fingerprint; the rest is for people who read the file.
    package struct Entry: Sendable, Equatable, Codable {
        package var fingerprint: String
        package var file: String
        package var rule: String
        package var message: String
    }

    package static let schema = "teamfix.baseline/1"
    /// The most bytes of a baseline that are read.
    package static let mostBytes = 32 << 20
    /// The most findings in a baseline.
    package static let mostEntries = 100_000

    package var schema = Self.schema
    package var findings: [Entry]

    package init(findings: [Entry] = []) { self.findings = findings }

    /// Why a text isn't a baseline, in words.
    package struct Problem: Error, Equatable {
        package var text: String
    }

    /// Reads a baseline.
    package init(_ bytes: [UInt8]) throws(Problem) {
        struct Head: Decodable {
            var schema: String?
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(bytes)) else {
            throw Problem(text: "it isn't a JSON object")
        }
        guard let schema = head.schema else { throw Problem(text: "it doesn't say \"schema\": \"\(Self.schema)\"") }
        guard schema == Self.schema else {
            throw Problem(text: "its schema is \(sanitized(String(schema.prefix(60)))), not \(Self.schema)")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw Problem(text: Self.told(error))
        } catch {
            throw Problem(text: "its findings can't be read")
        }
        guard findings.count <= Self.mostEntries else {
            throw Problem(text: "it has \(findings.count) findings; \(Self.mostEntries) are the most")
        }
    }

    private static func told(_ error: DecodingError) -> String {
        let (path, what): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath, "has no \(key.stringValue)")
            case .typeMismatch(_, let context), .valueNotFound(_, let context):
                (context.codingPath, "is of another type")
            case .dataCorrupted(let context): (context.codingPath, "can't be read")
            @unknown default: ([], "can't be read")
            }
        let place = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return "\(place.isEmpty ? "it" : String(place.drop { $0 == "." })) \(what)"
    }

    package var fingerprints: Set<String> { Set(findings.map(\.fingerprint)) }

    /// This baseline with some findings more, in an order that makes small differences between versions. What a comment
    /// asks to ignore stays out: the comment tells it better.
    package func adding(_ judged: [JudgedFinding]) -> Baseline {
        var known = fingerprints
        var entries = findings
        for finding in judged {
            if case .ignored = finding.setAside { continue }
            guard known.insert(finding.fingerprint).inserted else { continue }
            let told = finding.reported.finding
            entries.append(
                Entry(
                    fingerprint: finding.fingerprint, file: told.file, rule: finding.reported.ruleID,
                    message: sanitized(told.message)))
        }
        let sorted = entries.sorted {
            ($0.file, $0.rule, $0.message, $0.fingerprint) < ($1.file, $1.rule, $1.message, $1.fingerprint)
        }
        return Baseline(findings: Array(sorted.prefix(Self.mostEntries)))
    }
}
