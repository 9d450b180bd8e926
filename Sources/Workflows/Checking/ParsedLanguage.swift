/// A language whose files an installed program can parse without running anything of them.
///
/// Perl isn't here: its check runs `BEGIN` blocks.
enum ParsedLanguage: String, Sendable, CaseIterable {
    case python, javascript, swift, shell, go, rust, ruby, php, java, c
    case cPlusPlus = "cpp"
    /// A header, which is C or C++.
    case header

    /// By the file's ending, or by what its first line asks to be run with.
    init?(path: String, firstLine: String) {
        let name = path.split(separator: "/").last ?? ""
        switch name.split(separator: ".").dropFirst().last.map(String.init) ?? "" {
        case "py", "pyi", "pyw": self = .python
        case "js", "mjs", "cjs": self = .javascript
        case "swift": self = .swift
        case "sh", "bash": self = .shell
        case "go": self = .go
        case "rs": self = .rust
        case "rb", "gemspec": self = .ruby
        case "php": self = .php
        case "java": self = .java
        case "c": self = .c
        case "cc", "cpp", "cxx", "c++", "C": self = .cPlusPlus
        case "h", "hh", "hpp", "hxx": self = .header
        case "":
            guard firstLine.hasPrefix("#!") else { return nil }
            let words = firstLine.dropFirst(2).split { $0 == " " || $0 == "/" || $0 == "\t" }
            guard let program = words.last(where: { !$0.hasPrefix("-") }) else { return nil }
            switch program {
            case "sh", "bash", "dash": self = .shell
            case "python3", "python": self = .python
            case "node": self = .javascript
            case "ruby": self = .ruby
            default: return nil
            }
        default: return nil
        }
        // Another shell, or another Python, reads another language.
        if firstLine.hasPrefix("#!") {
            let others = ["zsh", "ksh", "fish", "csh", "python2", "node-ts", "bats"]
            if others.contains(where: firstLine.contains) { return nil }
        }
    }

    /// The programs that can do it, the best first.
    var programs: [String] {
        switch self {
        case .python: ["python3"]
        case .javascript: ["node"]
        case .swift: ["swiftc"]
        case .shell: ["bash"]
        case .go: ["gofmt"]
        case .rust: ["rustfmt"]
        case .ruby: ["ruby"]
        case .php: ["php"]
        case .java: ["javac"]
        case .c: ["gcc", "clang", "cc"]
        case .cPlusPlus, .header: ["g++", "clang++", "c++"]
        }
    }

    /// A way to parse a file; it counts as broken when every way fails.
    struct Attempt: Sendable, Equatable {
        /// What the file's copy is called behind its own name: tools tell dialects by that.
        var suffix = ""
        /// The options of the dialect.
        var options = ""
    }

    /// The dialects that a file may be in, the likeliest first.
    func attempts(_ text: SourceText) -> [Attempt] {
        switch self {
        case .javascript:
            // Only a module has these at a line's beginning.
            let isModule = (1...text.lineCount).contains {
                let line = text.line($0)
                return line.hasPrefix("import ") || line.hasPrefix("export ")
            }
            let both = [Attempt(suffix: ".cjs"), Attempt(suffix: ".mjs")]
            return isModule ? both.reversed() : both
        case .shell: return [Attempt(), Attempt(options: "-O extglob")]
        case .rust: return ["2021", "2018", "2015"].map { Attempt(options: "--edition " + $0) }
        case .c: return [Attempt(options: "-x c"), Attempt(options: "-x c -std=gnu89")]
        case .cPlusPlus: return ["gnu++20", "gnu++98"].map { Attempt(options: "-x c++ -std=" + $0) }
        case .header: return [Attempt(options: "-x c"), Attempt(options: "-x c++ -std=gnu++20")]
        default: return [Attempt()]
        }
    }

    var isCompiledC: Bool { self == .c || self == .cPlusPlus || self == .header }

    /// The shell command that parses a file.
    ///
    /// - Parameters:
    ///   - program: the program, quoted where it must be.
    ///   - file: the file, quoted.
    func command(program: String, options: String = "", file: String) -> String {
        switch self {
        case .python:
            "exec \(program) -I -S -c "
                + "'import ast, sys; ast.parse(open(sys.argv[1], \"rb\").read(), sys.argv[1])' \(file)"
        case .javascript: "exec \(program) --check \(file)"
        case .swift: "exec \(program) -parse -enable-bare-slash-regex \(file)"
        case .shell: "exec \(program) \(options) -n \(file)"
        case .go: "exec \(program) -e -l \(file)"
        case .rust: "exec \(program) --check \(options) --color never -l \(file)"
        case .ruby: "exec \(program) -c \(file)"
        case .php: "exec \(program) -n -l \(file)"
        case .java:
            "exec \(program) -proc:none -implicit:none -XDshould-stop.ifNoError=PARSE -XDshould-stop.ifError=PARSE \(file)"
        case .c, .cPlusPlus, .header:
            "exec \(program) -fsyntax-only -w -fdiagnostics-color=never \(options) \(file)"
        }
    }
}
