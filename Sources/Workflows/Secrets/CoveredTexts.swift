import Inference
import Orchestration
import Specialists

/// Answers have got their secrets back, and code has its own: what leaves a run for people and programs has asterisks instead.
package enum CoveredTexts {
    /// Covers secrets in several texts, and returns as many.
    package typealias Cover = @Sendable ([String]) -> [String]

    /// The texts with their secrets covered.
    ///
    /// - Parameter cover: nil knows what looks like a secret, and nothing of a run.
    package static func covered(_ texts: [String], by cover: Cover?) -> [String] {
        let covered = cover?(texts) ?? Redaction().covered(texts)
        precondition(covered.count == texts.count, "as many texts are covered as there are")
        return covered
    }

    /// Covers the texts of a value all at once: what is a secret in one of them is one in all.
    ///
    /// - Parameter change: puts each text through what it is given, in the same order each time.
    /// - Returns: whether there was a secret.
    fileprivate static func replace(_ cover: Cover?, _ change: (_ each: (String) -> String) -> Void) -> Bool {
        var texts: [String] = []
        change { text in
            texts.append(text)
            return text
        }
        let covered = covered(texts, by: cover)
        guard covered != texts else { return false }
        var rest = covered[...]
        change { _ in rest.popFirst() ?? "" }
        return true
    }
}

extension Analyze.Report {
    /// Puts asterisks in place of secrets.
    ///
    /// The built-in checks cover what they find, and their own lines stay: what they propose counts the characters. What stands
    /// above is nothing that they looked at.
    mutating func coverSecrets(_ cover: CoveredTexts.Cover?) {
        _ = CoveredTexts.replace(cover) { changeTexts($0) }
    }

    private mutating func changeTexts(_ each: (String) -> String) {
        for index in findings.indices {
            if let above = findings[index].excerpt?.above { findings[index].excerpt?.above = each(above) }
            guard findings[index].sources != [BuiltinChecks.name] else { continue }
            findings[index].finding.changeTexts(each)
            if let text = findings[index].excerpt?.text { findings[index].excerpt?.text = each(text) }
        }
        for index in droppedFindings.indices {
            droppedFindings[index].finding?.changeTexts(each)
            droppedFindings[index].reason = each(droppedFindings[index].reason)
        }
        failures = failures.map(each)
    }
}

extension Finding {
    fileprivate mutating func changeTexts(_ each: (String) -> String) {
        message = each(message)
        evidence = each(evidence)
        suggestion = each(suggestion)
    }
}

extension OrchestrationPlan {
    /// Puts asterisks in place of secrets: who writes a plan into a file doesn't mean to keep them there.
    ///
    /// - Returns: whether there was one.
    package mutating func coverSecrets(_ cover: CoveredTexts.Cover?) -> Bool {
        CoveredTexts.replace(cover) { changeTexts($0) }
    }

    private mutating func changeTexts(_ each: (String) -> String) {
        problem = each(problem)
        if var origin = planner {
            origin.reason = each(origin.reason)
            origin.repairs = origin.repairs.map(each)
            planner = origin
        }
        for index in tasks.indices {
            var input = tasks[index].input
            input.title = each(input.title)
            input.shared = each(input.shared)
            input.text = each(input.text)
            input.prompt = input.prompt?.map { Prompt.Message($0.role, each($0.content)) }
            input.schema = input.schema.map(each)
            tasks[index].input = input
        }
    }
}
