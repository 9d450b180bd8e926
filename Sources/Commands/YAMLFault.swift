import Foundation
import Workflows
import Yams

/// Larger texts aren't parsed: nobody writes them.
private let mostYAMLBytes = 512 << 10

/// What is wrong with a YAML text of one or several documents; nil when nothing is. Tags needn't be known.
@Sendable func yamlFault(in text: String) -> SyntaxFault? {
    // What is compared as a key is followed through its aliases, which a few lines can make endless.
    guard text.utf8.count <= mostYAMLBytes, !text.contains(/\*[^\s,\]}]+\s*:|(?m)^\s*\?\s/) else { return nil }
    do {
        let parser = try Parser(yaml: text, resolver: .basic)
        while try parser.nextRoot() != nil {}
        return nil
    } catch let error as YamlError {
        return SyntaxFault(error)
    } catch {
        return nil
    }
}

extension SyntaxFault {
    /// Nil for what says nothing of the text.
    fileprivate init?(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: max(1, mark.line), column: max(1, mark.column), message: sanitizedLine(problem))
        case .duplicatedKeysInMapping(let duplicates, let context):
            guard let first = duplicates.first else { return nil }
            self.init(
                line: max(1, context.mark.line), column: max(1, context.mark.column),
                message: "the key \(sanitizedLine(first)) is there twice")
        default:
            return nil
        }
    }
}
