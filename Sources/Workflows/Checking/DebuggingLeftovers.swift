import Specialists

/// Statements that stop a program in a debugger, alone on their line. Notes: somebody may mean them.
package struct DebuggingLeftovers: BuiltinSpecialist {
    package init() {}

    private static let script: Set<String> = ["debugger", "debugger;"]
    private static let statements: [String: Set<String>] = [
        "py": ["breakpoint()", "import pdb; pdb.set_trace()", "pdb.set_trace()", "import ipdb; ipdb.set_trace()"],
        "js": script, "mjs": script, "cjs": script, "jsx": script, "ts": script, "tsx": script, "vue": script,
        "rb": ["binding.pry", "byebug", "binding.irb", "require 'pry'; binding.pry"],
        "php": ["xdebug_break();"], "go": ["runtime.Breakpoint()"],
    ]

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isFile, let statements = Self.statements[file.ending] else { return [] }
        return file.added.compactMap { line in
            let statement = line.text.trimmingWhitespace
            guard statements.contains(statement) else { return nil }
            let indentation = line.text.prefix { $0 == " " || $0 == "\t" }.count
            return file.finding(
                "debugging/breakpoint", .note, line: line.number, column: indentation + 1,
                "\(statement) stops the program in a debugger", evidence: line.text,
                suggestion: "Remove it unless it is meant.")
        }
    }
}
