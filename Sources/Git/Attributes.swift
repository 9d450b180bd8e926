import CLibgit2

/// What `.gitattributes` say about one attribute of a path.
package enum AttributeValue: Sendable, Hashable {
    case set
    case unset
    case text(String)
}

/// Reading attributes.
enum Attributes {
    static func read(
        _ names: [String], for path: String, in repository: OpaquePointer
    ) throws(GitError) -> [String: AttributeValue] {
        let strings = CStrings(names)
        var values = [UnsafePointer<CChar>?](repeating: nil, count: names.count)
        _ = try strings.withConstantPointers { (names) throws(GitError) in
            try check(
                "git_attr_get_many_with_flags",
                git_attr_get_many(
                    &values, repository, UInt32(GIT_ATTR_CHECK_FILE_THEN_INDEX), path, values.count, names))
        }
        var found: [String: AttributeValue] = [:]
        for (name, value) in zip(names, values) {
            switch git_attr_value(value) {
            case GIT_ATTR_VALUE_TRUE: found[name] = .set
            case GIT_ATTR_VALUE_FALSE: found[name] = .unset
            case GIT_ATTR_VALUE_STRING: found[name] = value.map { .text(String(cString: $0)) }
            default: break
            }
        }
        return found
    }

    /// The attributes that change content on its way in or out.
    static let filtering = ["filter", "ident", "working-tree-encoding"]

    /// The filter that git would run on a path's content, beyond line endings; nil when there is none.
    static func filter(_ values: [String: AttributeValue]) -> String? {
        if case .text(let name) = values["filter"] { return name }
        if case .text(let encoding) = values["working-tree-encoding"],
            !["utf-8", "utf8"].contains(encoding.lowercased())
        {
            return "working-tree-encoding=\(encoding)"
        }
        return values["ident"] == .set ? "ident" : nil
    }
}
