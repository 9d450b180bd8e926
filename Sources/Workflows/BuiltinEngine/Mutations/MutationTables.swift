/// What is mistaken for what.
enum MutationTables {
    static let comparisons: [String: [String]] = [
        "<": ["<=", ">", ">=", "=="], "<=": ["<", ">=", ">", "=="], ">": [">=", "<", "<=", "=="],
        ">=": [">", "<=", "<", "=="], "==": ["!=", "<=", ">=", "<", ">"], "!=": ["==", "<", ">"], "===": ["!=="],
        "!==": ["==="],
    ]

    static let logic: [String: [String]] = ["and": ["or"], "or": ["and"], "&&": ["||"], "||": ["&&"]]

    /// Between two operands; the likeliest first.
    static let arithmetic: [String: [String]] = [
        "+": ["-", "*"], "-": ["+", "*"], "*": ["+", "/", "**", "//"], "/": ["//", "*", "%"], "//": ["/", "%", "*"],
        "%": ["/", "//", "*"], "**": ["*"], "&": ["|", "^"], "|": ["&", "^"], "^": ["&", "|", "**"], "<<": [">>"],
        ">>": ["<<"],
    ]

    static let assignments: [String: [String]] = [
        "+=": ["-=", "*=", "="], "-=": ["+=", "="], "*=": ["+=", "/=", "="], "/=": ["*=", "="], "//=": ["/=", "*="],
        "%=": ["/=", "="], "|=": ["&=", "="], "&=": ["|=", "="], "^=": ["|="], "<<=": [">>="], ">>=": ["<<="],
        "++": ["--"], "--": ["++"],
    ]

    static let words: [String: [String]] = [
        "True": ["False"], "False": ["True"], "true": ["false"], "false": ["true"], "break": ["continue"],
        "continue": ["break"],
    ]

    /// Names whose meaning is the other's opposite or neighbour.
    static let opposites: [String: [String]] = {
        let groups = [
            ["min", "max"], ["any", "all"], ["lower", "upper"], ["islower", "isupper"], ["lowercased", "uppercased"],
            ["toLowerCase", "toUpperCase"], ["to_lowercase", "to_uppercase"], ["ToLower", "ToUpper"],
            ["tolower", "toupper"], ["isLowercase", "isUppercase"], ["startswith", "endswith"],
            ["startsWith", "endsWith"], ["starts_with", "ends_with"], ["hasPrefix", "hasSuffix"],
            ["HasPrefix", "HasSuffix"], ["prefix", "suffix"], ["first", "last"], ["lstrip", "rstrip", "strip"],
            ["trimStart", "trimEnd", "trim"], ["find", "rfind"], ["index", "rindex"], ["indexOf", "lastIndexOf"],
            ["firstIndex", "lastIndex"], ["floor", "ceil", "round"], ["append", "extend"], ["push", "unshift"],
            ["pop", "shift"], ["push_back", "push_front"], ["pop_back", "pop_front"], ["front", "back"],
            ["begin", "end"], ["left", "right"], ["low", "high"], ["start", "end"], ["keys", "values", "items"],
            ["removeFirst", "removeLast"], ["dropFirst", "dropLast"], ["add", "remove"], ["add", "sub"],
            ["sum", "len"], ["isalpha", "isdigit", "isalnum"], ["isLetter", "isNumber"], ["ord", "chr"],
            ["union", "intersection", "difference"], ["issubset", "issuperset"], ["sin", "cos"], ["head", "tail"],
            ["next", "prev"], ["next", "previous"], ["width", "height"], ["row", "col"], ["rows", "cols"],
            ["row", "column"], ["rows", "columns"], ["x", "y"], ["numerator", "denominator"], ["some", "every"],
            ["lower_bound", "upper_bound"], ["lowerBound", "upperBound"], ["ascending", "descending"],
        ]
        var table: [String: [String]] = [:]
        for group in groups {
            for name in group { table[name, default: []] += group.filter { $0 != name } }
        }
        return table
    }()
}
