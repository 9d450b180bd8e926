import Testing

@testable import Workflows

@Suite("A model's format is chosen by its size, then by its record")
struct FormatSkillsTests {
    private let small = FormatSkills.Model(name: "small", isSmall: true)
    private let large = FormatSkills.Model(name: "large", isSmall: false)

    private func count(_ model: String, _ format: EditFormat, _ usable: Int, of asked: Int) -> FormatSkills.Count {
        FormatSkills.Count(model: model, format: format, asked: asked, usable: usable)
    }

    @Test func `small models write lines again, large ones blocks, and a team what all of it can`() {
        let skills = FormatSkills()
        #expect(skills.format(for: [small]) == nil)
        #expect(skills.format(for: [large]) == .searchReplace)
        #expect(skills.format(for: [large, small]) == nil)
        #expect(skills.format(for: []) == nil)
    }

    @Test func `less than twelve replies change nothing, however bad they are`() {
        #expect(FormatSkills([count("small", .window, 0, of: 11)]).format(for: [small]) == nil)
        #expect(FormatSkills([count("large", .searchReplace, 0, of: 11)]).format(for: [large]) == .searchReplace)
        #expect(FormatSkills([count("other", .window, 0, of: 500)]).format(for: [small]) == nil)
    }

    @Test func `a format that a model can't write gives way, and comes back when the other is worse`() {
        let bad = count("large", .searchReplace, 2, of: 12)
        #expect(FormatSkills([bad]).format(for: [large]) == nil)
        #expect(FormatSkills([bad, count("large", .function, 0, of: 40)]).format(for: [large]) == .file)
        let lines = [count("small", .window, 0, of: 9), count("small", .function, 1, of: 9)]
        #expect(FormatSkills(lines).format(for: [small]) == .searchReplace)
        #expect(
            FormatSkills(lines + [count("small", .searchReplace, 0, of: 30), count("small", .file, 0, of: 30)])
                .format(for: [small]) == nil)
    }

    @Test func `a good record keeps the usual format`() {
        #expect(FormatSkills([count("small", .window, 9, of: 12)]).format(for: [small]) == nil)
        #expect(FormatSkills([count("large", .searchReplace, 11, of: 12)]).format(for: [large]) == .searchReplace)
    }

    @Test func `windows and functions count together, and rows of one model add up`() {
        let skills = FormatSkills([
            count("small", .window, 3, of: 4), count("small", .function, 1, of: 4), count("small", .window, 0, of: 2),
        ])
        #expect(abs(skills.mean(small, .lines) - (6 * 0.8 + 4) / 16) < 1e-9)
        #expect(FormatSkills.Count(model: "m", format: .file, asked: -1, usable: 7).usable == 0)
        let huge = FormatSkills([count("small", .window, .max, of: .max), count("small", .window, .max, of: .max)])
        #expect(huge.format(for: [small]) == nil)
    }
}
