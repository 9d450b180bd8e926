#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A model's reply as a plan: what is unambiguous is mended and said, anything else makes it unusable. A pure function.
struct PlannerReply: Sendable {
    /// The reply can't be used, for this reason.
    struct Unusable: Error, Sendable, Equatable {
        var reason: String
    }

    /// The most bytes of a reply that are looked at.
    static let mostBytes = 256 << 10
    private static let mostTitleBytes = 120
    private static let mostFocusBytes = 600

    var problem: String
    var context: PlanContext
    var specialists: [Specialist]
    var servers: [String]
    /// The window of the largest server, in tokens.
    var window: Int

    private var team: [String] { specialists.map(\.name) }

    /// The plan, and what was mended.
    func plan(from reply: String) throws(Unusable) -> (plan: OrchestrationPlan, repairs: [String]) {
        let outline = try Self.outline(in: reply)
        guard !outline.tasks.isEmpty else { throw Unusable(reason: "it has no tasks.") }
        guard outline.tasks.count <= PlannerPrompt.mostTasks else {
            throw Unusable(
                reason: "it has \(outline.tasks.count) tasks; at most \(PlannerPrompt.mostTasks) are allowed.")
        }
        var repairs: [String] = []
        let pattern = pattern(outline.pattern, &repairs)
        let ids = ids(outline.tasks, &repairs)
        var tasks: [TeamTask] = []
        for (index, written) in outline.tasks.enumerated() {
            let id = ids[index]
            let specialist = try specialist(written.specialist ?? "", of: id, &repairs)
            var task = TeamTask(
                id: id, specialist: specialist,
                input: TaskInput(title: "", text: ""),
                dependencies: dependencies(written.dependencies, of: index, outline.tasks, ids, &repairs),
                server: server(written.server, of: id, &repairs))
            task.input = input(
                written, title: Self.line(written.title ?? "", Self.mostTitleBytes),
                hasResults: !task.dependencies.isEmpty,
                files: files(written.files, of: id, &repairs))
            tasks.append(task)
        }
        do throws(PlanError) {
            _ = try PlanGraph(tasks: tasks)
        } catch {
            throw Unusable(reason: error.description)
        }
        if pattern == .consensus { Self.vary(&tasks) }
        let plan = OrchestrationPlan(
            problem: problem, pattern: pattern, tasks: tasks, synthesis: pattern == .consensus ? .consensus : .mergeAll,
            success: pattern == .consensus ? .anyTaskComplete : .allTasksComplete)
        if let fault = plan.fault(specialists: team, servers: servers) {
            throw Unusable(reason: fault.error.description)
        }
        for task in plan.tasks {
            guard let specialist = specialists.first(where: { $0.name == task.specialist }) else { continue }
            let needed = PromptBuilder.requiredTokens(task, specialist)
            guard needed <= window else {
                throw Unusable(
                    reason: "task '\(task.id)' reads too much: \(needed) tokens, and the largest window has \(window). "
                        + "Give it fewer files.")
            }
        }
        return (plan, repairs)
    }

    // MARK: - Names

    private func pattern(_ written: String?, _ repairs: inout [String]) -> Pattern {
        let chosen = written.flatMap { Pattern(rawValue: PlainName.canonical($0)) }
        if let forced = context.pattern {
            if chosen != forced { repairs.append("the pattern is \(forced.rawValue), as it was asked for") }
            return forced
        }
        if let chosen { return chosen }
        let ruled = RulePlanner.pattern(for: context)
        repairs.append("the pattern was none of the four; by the rules it is \(ruled.rawValue)")
        return ruled
    }

    /// Ids that are plain and unique; of two alike the second gets a number.
    private func ids(_ tasks: [Outline.Task], _ repairs: inout [String]) -> [String] {
        var taken: Set<String> = []
        return tasks.enumerated().map { index, task in
            let plain = Self.plainID(task.id ?? "")
            let base = plain.isEmpty ? "task-\(index + 1)" : plain
            var id = base
            var number = 2
            while !taken.insert(id).inserted {
                id = "\(base)-\(number)"
                number += 1
            }
            if id != base {
                repairs.append("a second task '\(base)' is called '\(id)'")
            } else if plain.isEmpty {
                repairs.append("a task without an id is called '\(id)'")
            }
            return id
        }
    }

    private static func plainID(_ text: String) -> String {
        let plain = PlainName.canonical(text).unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || scalar == "-" || scalar == "." ? Character(scalar) : "-"
        }
        return String(String(plain).prefix(60))
    }

    private func specialist(
        _ written: String, of id: String, _ repairs: inout [String]
    ) throws(Unusable) -> String {
        if team.contains(written) { return written }
        let plain = PlainName.canonical(written)
        if let same = team.first(where: { PlainName.canonical($0) == plain }) { return same }
        guard let near = nearestName(to: written, among: team) else {
            throw Unusable(
                reason: "task '\(id)' asks for the specialist '\(Self.line(written, 60))'. The specialists are: "
                    + team.joined(separator: ", ") + ".")
        }
        repairs.append("'\(id)' is done by \(near), not by '\(Self.line(written, 60))', who isn't in the team")
        return near
    }

    private func dependencies(
        _ written: [String], of index: Int, _ tasks: [Outline.Task], _ ids: [String], _ repairs: inout [String]
    ) -> [String] {
        var found: [String] = []
        for name in written {
            let plain = Self.plainID(name)
            // A name that two tasks had means the first, which kept it.
            guard let target = ids.firstIndex(of: plain) else {
                repairs.append("'\(ids[index])' doesn't wait for '\(Self.line(name, 60))', which isn't in the plan")
                continue
            }
            guard target != index else {
                repairs.append("'\(ids[index])' doesn't wait for itself")
                continue
            }
            if !found.contains(ids[target]) { found.append(ids[target]) }
        }
        return found
    }

    private func server(_ written: String?, of id: String, _ repairs: inout [String]) -> String? {
        let name = (written ?? "").trimmingSpaces
        if name.isEmpty || ["any", "auto", "null", "none"].contains(name.lowercased()) { return nil }
        if let known = servers.first(where: { PlainName.canonical($0) == PlainName.canonical(name) }) { return known }
        repairs.append("'\(id)' may run anywhere: there is no server '\(Self.line(name, 60))'")
        return nil
    }

    private func files(_ written: [String], of id: String, _ repairs: inout [String]) -> [String] {
        var found: Set<String> = []
        for name in written {
            let known = context.files.filter { $0 == name || $0.hasSuffix("/" + name) }
            if known.contains(name) {
                found.insert(name)
            } else if known.count == 1, let file = known.first {
                found.insert(file)
            } else {
                repairs.append("'\(id)' doesn't read '\(Self.line(name, 100))', which isn't among the files")
            }
        }
        return context.files.filter(found.contains)
    }

    // MARK: - Texts

    /// What a task reads. It is the given material alone: of the model's own words, title and focus.
    private func input(_ written: Outline.Task, title: String, hasResults: Bool, files: [String]) -> TaskInput {
        let focus = Self.line(written.focus ?? "", Self.mostFocusBytes)
        // Who reads results reads files only where it says so: an integrator needs what was found, not the files again.
        let read = files.isEmpty && !hasResults ? context.files : files
        let subject = read.count == 1 ? read[0] : title
        let opening = context.kind == .question ? "The question: \(problem)" : "The problem: \(problem)"
        let texts = [
            opening, files.isEmpty ? "" : "Your part: \(files.joined(separator: ", "))",
            focus.isEmpty ? "" : "Your task: \(focus)",
            hasResults ? "Work with the results above." : "",
        ]
        return TaskInput(
            title: subject.isEmpty ? Self.line(problem, Self.mostTitleBytes) : subject,
            shared: hasResults && files.isEmpty ? "" : context.material(read),
            text: texts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }

    /// Experts who are asked the same differ in their sampling, or they would say the same.
    private static func vary(_ tasks: inout [TeamTask]) {
        for (number, index) in tasks.indices.filter({ tasks[$0].dependencies.isEmpty }).enumerated() {
            tasks[index].sampling = Sampling(temperature: 0.2 + 0.3 * Double(number % 4), seed: number + 1)
        }
    }

    /// A text on one line, without control characters.
    private static func line(_ text: String, _ bytes: Int) -> String {
        let plain = text.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: Character(scalar)
            }
        }
        let words = String(plain).split(separator: " ").joined(separator: " ")
        return words.utf8.count <= bytes ? words : String(decoding: words.utf8.prefix(bytes - 3), as: UTF8.self) + "…"
    }
}

// MARK: - Reading

extension PlannerReply {
    /// What a model writes, field by field; whatever has a wrong type counts as left out.
    struct Outline: Decodable {
        struct Task: Decodable {
            var id: String?
            var specialist: String?
            var title: String?
            var focus: String?
            var files: [String]
            var dependencies: [String]
            var server: String?

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: AnyKey.self)
                func text(_ key: String) -> String? {
                    try? values.decode(String.self, forKey: AnyKey(stringValue: key))
                }
                func list(_ key: String) -> [String] {
                    (try? values.decode([String].self, forKey: AnyKey(stringValue: key))) ?? text(key).map { [$0] }
                        ?? []
                }
                id = text("id")
                specialist = text("specialist")
                title = text("title")
                focus = text("focus")
                files = list("files")
                dependencies = list("dependencies")
                server = text("server")
            }
        }

        var pattern: String?
        var tasks: [Task]

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: AnyKey.self)
            pattern = try? values.decode(String.self, forKey: AnyKey(stringValue: "pattern"))
            tasks = try values.decode([Task].self, forKey: AnyKey(stringValue: "tasks"))
        }
    }

    /// The plan's object in a reply, whatever stands around it: the first that has tasks.
    static func outline(in reply: String) throws(Unusable) -> Outline {
        let bytes = Array(reply.utf8.prefix(mostBytes))
        var start = bytes.firstIndex(of: UInt8(ascii: "{"))
        var looks = 0
        while let open = start, looks < 64 {
            looks += 1
            if let end = closing(bytes, from: open) {
                let object = Data(bytes[open...end])
                if let outline = try? JSONDecoder().decode(Outline.self, from: object) { return outline }
            }
            start = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "{"))
        }
        throw Unusable(reason: "it isn't a JSON object with \"pattern\" and a list of \"tasks\", each an object.")
    }

    /// The place of the brace that closes the one at `open`; braces in texts don't count.
    private static func closing(_ bytes: [UInt8], from open: Int) -> Int? {
        var depth = 0
        var inText = false
        var isEscaped = false
        for index in open..<bytes.count {
            let byte = bytes[index]
            if inText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inText = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }
}
