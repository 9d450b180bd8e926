/// What a binary file is, told by its first bytes.
enum BinaryKind: String {
    case elf = "a compiled binary (ELF)"
    case machO = "a compiled binary (Mach-O)"
    case windows = "a compiled binary (PE)"
    case javaClass = "a compiled Java class"
    case python = "compiled Python"
    case archive = "a library of compiled objects"
    case precompiledHeader = "a precompiled header"

    /// Nil for what no compiler makes: pictures, archives, documents.
    init?(start: [UInt8]) {
        func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
        if has([0x7F, 0x45, 0x4C, 0x46]) {
            self = .elf
        } else if has([0xCA, 0xFE, 0xBA, 0xBE]), start.count >= 8 {
            // Both begin like this; behind it a class has its version (45 and more), a fat binary its few architectures.
            self = start[4] == 0 && start[5] == 0 && start[6] == 0 && start[7] < 30 ? .machO : .javaClass
        } else if has([0xCF, 0xFA, 0xED, 0xFE]) || has([0xCE, 0xFA, 0xED, 0xFE]) || has([0xFE, 0xED, 0xFA, 0xCF]) {
            self = .machO
        } else if has([0x4D, 0x5A]), start.count >= 0x40 {
            let offset = Int(start[0x3C]) | Int(start[0x3D]) << 8
            guard has([0x50, 0x45, 0, 0], at: offset) else { return nil }
            self = .windows
        } else if has([0x0D, 0x0A], at: 2), start.count >= 16, start[4...7].allSatisfy({ $0 < 4 }) {
            self = .python
        } else if has(Array("!<arch>\n".utf8)) {
            self = .archive
        } else if has(Array("gpch".utf8)) || has(Array("CPCH".utf8)) {
            self = .precompiledHeader
        } else {
            return nil
        }
    }
}
