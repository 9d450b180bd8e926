/// As much of a SARIF 2.1.0 log as `analyze` writes.
struct SARIFLog: Encodable {
    struct Message: Encodable {
        var text: String
        var markdown: String?
    }

    struct Run: Encodable {
        var tool: Tool
        var automationDetails: AutomationDetails
        var invocations: [Invocation]
        var originalUriBaseIds: [String: BaseLocation]
        var columnKind = "unicodeCodePoints"
        var results: [Result]
        var properties: Properties
    }

    struct Tool: Encodable {
        var driver: Driver
    }

    struct Driver: Encodable {
        var name = "teamfix"
        var version: String
        var semanticVersion: String
        var shortDescription: Message
        var rules: [Rule]
    }

    struct Rule: Encodable {
        struct Configuration: Encodable {
            var level: String
        }
        struct Properties: Encodable {
            var tags: [String]
        }
        var id: String
        var shortDescription: Message
        var fullDescription: Message
        var help: Message
        var defaultConfiguration: Configuration
        var properties: Properties
    }

    struct AutomationDetails: Encodable {
        var id: String
        var description: Message
    }

    struct Invocation: Encodable {
        var executionSuccessful: Bool
        var exitCode: Int32
        var toolExecutionNotifications: [Notification]
    }

    struct Notification: Encodable {
        var level: String
        var message: Message
    }

    struct BaseLocation: Encodable {
        var description: Message
    }

    struct Result: Encodable {
        struct Properties: Encodable {
            var sources: [String]
            var confidence: Double?
            var suggestion: String?
        }
        var ruleId: String
        var ruleIndex: Int
        var level: String
        var message: Message
        var locations: [Location]
        var partialFingerprints: [String: String]
        var suppressions: [Suppression]
        var fixes: [Fix]?
        var properties: Properties
    }

    struct Location: Encodable {
        struct Physical: Encodable {
            var artifactLocation: ArtifactLocation
            var region: Region?
        }
        var physicalLocation: Physical
    }

    struct ArtifactLocation: Encodable {
        var uri: String
        var uriBaseId = "%SRCROOT%"
    }

    struct Region: Encodable {
        struct Snippet: Encodable {
            var text: String
        }
        var startLine: Int
        var startColumn: Int?
        var endColumn: Int?
        var snippet: Snippet?
    }

    struct Suppression: Encodable {
        var kind: String
        var status = "accepted"
        var justification: String?
    }

    struct Fix: Encodable {
        struct Change: Encodable {
            var artifactLocation: ArtifactLocation
            var replacements: [Replacement]
        }
        struct Replacement: Encodable {
            var deletedRegion: Region
            var insertedContent: Region.Snippet
        }
        var description: Message
        var artifactChanges: [Change]
    }

    /// What a SARIF log has no place for.
    struct Properties: Encodable {
        var summary: String
        var counts: FindingCounts
        var dropped: Int
        var usedModels: Bool
    }

    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    var version = "2.1.0"
    var runs: [Run]
}
