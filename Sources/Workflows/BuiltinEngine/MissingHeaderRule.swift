import Diagnostics

/// The standard header or module that a name comes from, where the compiler names it or every reference manual does.
struct MissingHeaderRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let diagnostic = cause.diagnostic
        // What a macro lacks is included where the macro is used.
        let uses = diagnostic.notes.filter { $0.message.hasPrefix("in expansion of macro") }.compactMap(\.location)
        guard let location = uses.last ?? diagnostic.location, let text = files[location.file] else { return [] }
        let named = ([diagnostic.message] + diagnostic.notes.map(\.message)).lazy.compactMap(Self.headerNamed).first
        switch Syntax(file: location.file) {
        case .cLike where location.file.hasSuffix(".go"):
            return goImport(diagnostic, location.file, text)
        case .cLike where location.file.hasSuffix(".swift"):
            return swiftImport(diagnostic, location.file, text)
        case .cLike:
            let names = SuggestionRule.quoted(in: diagnostic.message)
            let isCPlusPlus = [".cc", ".cpp", ".cxx", ".hpp", ".hh"].contains { location.file.hasSuffix($0) }
            let known = names.lazy.compactMap { Self.header(of: $0, cPlusPlus: isCPlusPlus) }.first
            guard let header = named ?? known, Self.isMissingDeclaration(diagnostic.message) || named != nil else {
                return []
            }
            return include(header, in: location.file, text)
        case .python: return pythonImport(diagnostic, location.file, text)
        case .plain: return []
        }
    }

    private static func isMissingDeclaration(_ message: String) -> Bool {
        [
            "undeclared", "implicit declaration", "unknown type", "was not declared", "is not a member of",
            "no member named",
            "does not name a type", "no template named", "undeclared library function",
        ].contains { message.contains($0) }
    }

    /// `<math.h>` in "include '<math.h>' or provide a declaration of 'sqrt'".
    static func headerNamed(in message: String) -> String? {
        guard message.contains("include"), let open = message.firstIndex(of: "<"),
            let close = message[open...].firstIndex(of: ">")
        else { return nil }
        let header = String(message[open...close])
        return header.count < 40 && !header.contains(" ") ? header : nil
    }

    private func include(_ header: String, in file: String, _ text: SourceText) -> [Proposal] {
        let directive = "#include \(header)"
        guard !text.string.contains(directive) else { return [] }
        let offset = IncludePlace.offset(in: text, .last)
        let edit = Edit(file: file, range: offset..<offset, replacement: directive + text.lineEnding)
        return [Proposal("Include \(header) in \(file)", edits: [edit], grounds: .knownSlip)]
    }

    private func pythonImport(_ diagnostic: Diagnostic, _ file: String, _ text: SourceText) -> [Proposal] {
        guard diagnostic.message.contains("is not defined"),
            let name = SuggestionRule.quoted(in: diagnostic.message).first
        else { return [] }
        let statement: String
        if diagnostic.message.contains("forget to import") || Self.pythonModules.contains(name) {
            statement = "import \(name)"
        } else if let module = Self.pythonNames[name] {
            statement = "from \(module) import \(name)"
        } else {
            return []
        }
        let offset = Self.pythonImportOffset(text)
        let edit = Edit(file: file, range: offset..<offset, replacement: statement + text.lineEnding)
        return [Proposal("Add '\(statement)' to \(file)", edits: [edit], grounds: .knownSlip)]
    }

    /// Before the first import, else after the leading comments and the docstring.
    static func pythonImportOffset(_ text: SourceText) -> Int {
        var afterHeader = 0
        var inDocstring = false
        for line in 1...max(1, text.lineCount) {
            let content = text.line(line).trimmingWhitespace
            if inDocstring {
                if content.contains("\"\"\"") || content.contains("'''") {
                    inDocstring = false
                    afterHeader = text.rangeWithEnding(ofLine: line)?.upperBound ?? 0
                }
                continue
            }
            if content.hasPrefix("from __future__") || content.hasPrefix("#") {
                afterHeader = text.rangeWithEnding(ofLine: line)?.upperBound ?? 0
            } else if content.hasPrefix("import ") || content.hasPrefix("from ") {
                return text.rangeWithEnding(ofLine: line)?.lowerBound ?? 0
            } else if content.hasPrefix("\"\"\"") || content.hasPrefix("'''") {
                let quotes = content.prefix(3)
                inDocstring = !content.dropFirst(3).contains(quotes)
                if !inDocstring { afterHeader = text.rangeWithEnding(ofLine: line)?.upperBound ?? 0 }
            } else if !content.isEmpty {
                break
            }
        }
        return afterHeader
    }

    private func swiftImport(_ diagnostic: Diagnostic, _ file: String, _ text: SourceText) -> [Proposal] {
        guard diagnostic.message.contains("cannot find") || diagnostic.message.contains("has no member"),
            let name = SuggestionRule.quoted(in: diagnostic.message).first(where: { Self.foundationNames.contains($0) }
            ),
            !text.string.contains("import Foundation")
        else { return [] }
        var offset = 0
        for line in 1...max(1, min(text.lineCount, 60)) {
            let content = text.line(line)
            if content.hasPrefix("//") || content.isEmpty { continue }
            offset = text.rangeWithEnding(ofLine: line)?.lowerBound ?? 0
            break
        }
        let edit = Edit(file: file, range: offset..<offset, replacement: "import Foundation" + text.lineEnding)
        return [Proposal("Import Foundation in \(file), for '\(name)'", edits: [edit], grounds: .knownSlip)]
    }

    private func goImport(_ diagnostic: Diagnostic, _ file: String, _ text: SourceText) -> [Proposal] {
        let message = diagnostic.message
        if message.contains("imported and not used"), let line = diagnostic.location?.line,
            let range = text.rangeWithEnding(ofLine: line)
        {
            let edit = Edit(file: file, range: range, replacement: "")
            return [Proposal("Remove the unused import at \(file):\(line)", edits: [edit], grounds: .knownSlip)]
        }
        guard message.hasPrefix("undefined: "), let name = message.split(separator: " ").last.map(String.init),
            Self.goPackages.contains(name)
        else { return [] }
        for line in 1...max(1, min(text.lineCount, 200)) where text.line(line).hasPrefix("package ") {
            guard let end = text.rangeWithEnding(ofLine: line)?.upperBound else { return [] }
            let edit = Edit(
                file: file, range: end..<end, replacement: "\(text.lineEnding)import \"\(name)\"\(text.lineEnding)")
            return [Proposal("Import \"\(name)\" in \(file)", edits: [edit], grounds: .knownSlip)]
        }
        return []
    }

    static func header(of name: String, cPlusPlus: Bool) -> String? {
        if cPlusPlus, let header = cPlusPlusHeaders[name.hasPrefix("std::") ? String(name.dropFirst(5)) : name] {
            return header
        }
        return cHeaders[name]
            ?? families.first { family in name.hasPrefix(family.prefix) && name != family.prefix }?.header
    }

    /// Names that the standard headers define by the dozen.
    private static let families: [(prefix: String, header: String)] = [
        ("DBL_", "<float.h>"), ("FLT_", "<float.h>"), ("LDBL_", "<float.h>"), ("LC_", "<locale.h>"),
        ("PRId", "<inttypes.h>"), ("PRIu", "<inttypes.h>"), ("PRIx", "<inttypes.h>"), ("PRIi", "<inttypes.h>"),
        ("pthread_", "<pthread.h>"), ("S_IR", "<sys/stat.h>"), ("S_IS", "<sys/stat.h>"), ("S_IW", "<sys/stat.h>"),
    ]

    private static let cHeaders: [String: String] = table([
        "<stdio.h>":
            "printf scanf fprintf fscanf sprintf snprintf sscanf puts putchar getchar fopen fclose fgets fputs gets FILE stdin stdout stderr EOF perror fflush fread fwrite fseek ftell rewind feof ferror fileno remove rename tmpfile ungetc getc putc fputc fputs "
            + "vprintf vfprintf vsprintf vsnprintf setvbuf BUFSIZ SEEK_SET SEEK_CUR SEEK_END",
        "<stdlib.h>":
            "malloc calloc realloc free exit abort atoi atof atol strtol strtod rand srand qsort bsearch abs labs system getenv EXIT_SUCCESS EXIT_FAILURE strtoul strtoull strtoll setenv div atexit",
        "<string.h>":
            "strlen strcpy strncpy strcat strncat strcmp strncmp strchr strrchr strstr strtok memcpy memset memmove memcmp strdup strerror memchr strpbrk strspn strcspn strcoll",
        "<math.h>":
            "sqrt pow sin cos tan floor ceil fabs log log10 exp round fmod M_PI hypot cbrt HUGE_VAL INFINITY NAN frexp ldexp modf trunc lround isnan isinf atan atan2 asin acos",
        "<ctype.h>": "isalpha isdigit isalnum isspace isupper islower toupper tolower ispunct isxdigit",
        "<stdbool.h>": "bool true false",
        "<limits.h>":
            "INT_MAX INT_MIN LONG_MAX LONG_MIN UINT_MAX CHAR_BIT LLONG_MAX UCHAR_MAX CHAR_MAX SHRT_MAX ULONG_MAX SCHAR_MAX USHRT_MAX",
        "<stdint.h>":
            "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t intptr_t INT64_MAX UINT32_MAX",
        "<stddef.h>": "size_t ptrdiff_t NULL offsetof", "<float.h>": "DBL_MAX DBL_MIN FLT_MAX DBL_EPSILON",
        "<assert.h>": "assert", "<locale.h>": "localeconv setlocale lconv",
        "<setjmp.h>": "setjmp longjmp jmp_buf", "<inttypes.h>": "intmax_t strtoimax",
        "<errno.h>": "errno EINTR ENOMEM EINVAL ENOENT",
        "<time.h>": "time clock time_t clock_t CLOCKS_PER_SEC localtime gmtime mktime strftime difftime nanosleep",
        "<stdarg.h>": "va_list va_start va_end va_arg",
        "<unistd.h>": "read write close fork sleep usleep getpid access unlink",
        "<signal.h>": "signal raise SIGINT SIGTERM",
        "<pthread.h>": "pthread_t pthread_create pthread_join pthread_mutex_t",
        "<fcntl.h>": "open O_RDONLY O_WRONLY O_CREAT",
    ])

    private static let cPlusPlusHeaders: [String: String] = table([
        "<iostream>": "cout cin cerr endl", "<vector>": "vector", "<string>": "string to_string stoi getline",
        "<map>": "map multimap", "<set>": "set multiset", "<unordered_map>": "unordered_map",
        "<unordered_set>": "unordered_set",
        "<algorithm>": "sort find count reverse min max max_element min_element lower_bound upper_bound",
        "<memory>":
            "unique_ptr shared_ptr make_unique make_shared weak_ptr", "<functional>": "function bind",
        "<queue>": "queue priority_queue",
        "<stack>": "stack", "<deque>": "deque", "<list>": "list", "<array>": "array", "<tuple>": "tuple make_tuple tie",
        "<utility>": "pair make_pair move swap forward", "<sstream>": "stringstream ostringstream istringstream",
        "<fstream>": "ifstream ofstream fstream", "<iomanip>": "setw setprecision setfill",
        "<numeric>": "accumulate iota gcd lcm",
        "<optional>": "optional nullopt", "<thread>": "thread", "<mutex>": "mutex lock_guard unique_lock",
        "<chrono>": "chrono",
        "<stdexcept>": "runtime_error invalid_argument out_of_range logic_error", "<limits>": "numeric_limits",
        "<cstdint>": "uint32_t uint64_t int64_t uint8_t int32_t uint16_t",
        "<climits>": "INT_MAX INT_MIN LLONG_MAX", "<cmath>": "sqrt pow floor ceil",
        "<cstring>": "strlen memcpy memset strcmp",
        "<string_view>": "string_view", "<variant>": "variant", "<atomic>": "atomic", "<random>": "mt19937",
    ])

    private static let pythonModules: Set<String> = [
        "os", "sys", "re", "json", "math", "random", "time", "datetime", "collections", "itertools", "functools",
        "subprocess",
        "pathlib", "typing", "string", "copy", "io", "logging", "argparse", "tempfile", "shutil", "threading", "heapq",
        "bisect",
        "operator", "statistics", "csv", "hashlib", "asyncio", "abc", "enum", "dataclasses", "contextlib", "struct",
        "unittest",
    ]

    private static let pythonNames: [String: String] = table([
        "typing": "List Dict Tuple Optional Set Any Union Callable Iterable Iterator Sequence Mapping TypeVar Generic",
        "collections": "defaultdict Counter deque OrderedDict namedtuple", "dataclasses": "dataclass field",
        "pathlib": "Path",
        "functools": "reduce lru_cache partial wraps cmp_to_key", "enum": "Enum IntEnum", "abc": "ABC abstractmethod",
        "datetime": "timedelta", "itertools": "chain product permutations combinations accumulate groupby",
        "math": "sqrt ceil floor gcd",
        "decimal": "Decimal", "fractions": "Fraction", "copy": "deepcopy", "heapq": "heappush heappop heapify",
    ])

    private static let foundationNames: Set<String> = [
        "Date", "Data", "URL", "UUID", "FileManager", "JSONDecoder", "JSONEncoder", "DateFormatter",
        "NSRegularExpression",
        "ProcessInfo", "Process", "Thread", "NSString", "CharacterSet", "Calendar", "TimeInterval", "NumberFormatter",
        "sqrt",
        "pow", "floor", "ceil", "sin", "cos", "log", "exp", "components", "trimmingCharacters", "replacingOccurrences",
        "contains",
        "NSNumber", "Bundle", "Decimal", "fabs", "round", "exit", "log2", "log10", "String(format:)",
    ]

    private static let goPackages: Set<String> = [
        "fmt", "os", "strings", "strconv", "errors", "time", "sort", "math", "bytes", "bufio", "io", "log", "sync",
        "regexp",
        "context", "reflect", "unicode", "testing", "flag",
    ]

    private static func table(_ source: [String: String]) -> [String: String] {
        var result: [String: String] = [:]
        for (place, names) in source { for name in names.split(separator: " ") { result[String(name)] = place } }
        return result
    }
}
