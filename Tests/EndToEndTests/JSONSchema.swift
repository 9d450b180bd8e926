import Foundation

/// As much of JSON Schema as the schemas in `docs` use.
struct JSONSchema {
    private let root: [String: Any]

    init(contentsOf file: URL) throws {
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    }

    /// What is wrong with a value, with its place.
    func problems(_ value: Any) -> [String] { problems(value, root, "$") }

    private func problems(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        var schema = schema
        if let reference = schema["$ref"] as? String {
            guard let name = reference.split(separator: "/").last.map(String.init),
                let definition = (root["$defs"] as? [String: Any])?[name] as? [String: Any]
            else { return ["\(place): no \(reference)"] }
            schema = definition
        }
        var found: [String] = []
        if let constant = schema["const"] as? String, value as? String != constant {
            found.append("\(place): not \(constant)")
        }
        if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
            found.append("\(place): \(value) is none of \(choices)")
        }
        if let type = schema["type"] as? String, !Self.has(value, type) {
            found.append("\(place): \(value) is no \(type)")
        }
        if let items = schema["items"] as? [String: Any], let list = value as? [Any] {
            found += list.enumerated().flatMap { problems($0.element, items, "\(place)[\($0.offset)]") }
        }
        guard let object = value as? [String: Any] else { return found }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for key in schema["required"] as? [String] ?? [] where object[key] == nil {
            found.append("\(place): no \(key)")
        }
        for (key, part) in object {
            if let property = properties[key] {
                found += problems(part, property, "\(place).\(key)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place): unknown key \(key)")
            }
        }
        return found
    }

    private static func has(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": value is Bool
        case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": value is NSNumber
        default: false
        }
    }
}
