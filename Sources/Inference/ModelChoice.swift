import Foundation

/// The installed model that suits code best, and why.
public struct ModelChoice: Sendable, Equatable {
    /// The model.
    public var model: InstalledModel
    /// Why it, in words that can follow the model's name.
    public var reason: String

    /// Chooses among the models of a server.
    ///
    /// Models made for code come first, then models for general instructions; within a kind the larger one, as far as
    /// memory allows; between equals the one in memory, then the name that sorts first.
    ///
    /// - Parameters:
    ///   - models: what is installed.
    ///   - resident: what is in memory.
    ///   - memory: bytes that a model's file may have; nil when unknown. When every suitable model is larger, the smallest is
    ///     taken.
    /// - Returns: nil when no installed model can answer a prompt in text.
    public init?(among models: [InstalledModel], resident: [ResidentModel] = [], memory: Int64? = nil) {
        let inMemory = Set(resident.map { canonicalModelName($0.name) })
        let candidates = models.compactMap { model -> Candidate? in
            guard let family = ModelFamily(model) else { return nil }
            return Candidate(
                model: model, family: family, parameters: model.parameters ?? 0,
                isResident: inMemory.contains(canonicalModelName(model.name)))
        }
        let fitting = candidates.filter { candidate in
            guard let memory, let size = candidate.model.size else { return true }
            return size <= memory
        }
        if let best = fitting.min(by: { $0.isBetter(than: $1) }) {
            model = best.model
            reason = best.reason
        } else if let smallest = candidates.min(by: { ($0.model.size ?? .max) < ($1.model.size ?? .max) }) {
            model = smallest.model
            reason = "the smallest of the suitable models, all larger than the memory known to be there"
        } else {
            return nil
        }
    }

    private struct Candidate {
        var model: InstalledModel
        var family: ModelFamily
        var parameters: Double
        var isResident: Bool

        func isBetter(than other: Candidate) -> Bool {
            if family.rank != other.family.rank { return family.rank < other.family.rank }
            if parameters != other.parameters { return parameters > other.parameters }
            if isResident != other.isResident { return isResident }
            return model.name < other.model.name
        }

        var reason: String {
            var words = family.words
            if parameters > 0 {
                words +=
                    ", "
                    + (parameters < 1
                        ? "\(Int((parameters * 1_000).rounded()))M" : "\((parameters * 10).rounded() / 10)B")
                words += " parameters"
            }
            return isResident ? words + ", already in memory" : words
        }
    }
}

extension InstalledModel {
    /// The number of parameters, in thousand millions: as the server words it, else from the name's tag, else from the size; nil
    /// when nothing tells.
    public var parameters: Double? {
        if let stated = parameterSize.flatMap(Self.billions) { return stated }
        let words = name.lowercased().split { ":-_/".contains($0) }
        if let named = words.lazy.compactMap(Self.billions).max() { return named }
        // Four-bit weights take a bit over half a byte each.
        return size.map { Double($0) / 0.6e9 }
    }

    private static func billions(_ word: some StringProtocol) -> Double? {
        let scale: Double
        switch word.last {
        case "b", "B": scale = 1
        case "m", "M": scale = 0.001
        default: return nil
        }
        let digits = word.dropLast()
        if let cross = digits.firstIndex(of: "x"), let experts = Double(digits[..<cross]) {
            return Double(digits[digits.index(after: cross)...]).map { $0 * experts * scale }
        }
        return Double(digits).map { $0 * scale }
    }
}

/// What a model is made for, as far as its name and capabilities tell.
struct ModelFamily: Sendable, Equatable {
    /// Lower is better for code.
    var rank: Int
    /// In words.
    var words: String

    /// Names of model families made for code.
    private static let coders = [
        "coder", "codellama", "code-llama", "starcoder", "codestral", "devstral", "granite-code", "codegemma",
        "codeqwen",
        "code", "coding", "gpt-oss", "swe-", "opencoder",
    ]
    private static let otherPurposes = [
        "embed", "bge-", "minilm", "e5-", "rerank", "whisper", "clip", "llava", "bakllava", "moondream", "-ocr",
        "guard",
        "shieldgemma", "ocr",
    ]

    /// Nil for a model that can't answer a prompt in text.
    init?(_ model: InstalledModel) {
        let name = model.name.lowercased()
        if let capabilities = model.capabilities, !capabilities.isEmpty, !capabilities.contains("completion") {
            return nil
        }
        guard !Self.otherPurposes.contains(where: name.contains) else { return nil }
        let isBase = name.contains("-base") || name.contains(":base") || name.contains("-text")
        switch (Self.coders.contains(where: name.contains), isBase) {
        case (true, false): (rank, words) = (0, "a coding model")
        case (false, false): (rank, words) = (1, "a general model; no coding model is installed")
        case (true, true): (rank, words) = (2, "a coding model without instruction training")
        case (false, true): (rank, words) = (3, "a model without instruction training")
        }
    }
}
