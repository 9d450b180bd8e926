import Orchestration
import Specialists
import Testing

@testable import Workflows

@Suite("Who is asked")
struct PanelTests {
    @Test func `experts differ in role, model and temperature, in turn`() {
        let panel = Panel(experts: 5, models: ["a", "b"], team: Roster.standard)
        #expect(panel.seats.map(\.id) == ["expert-a", "expert-b", "expert-c", "expert-d", "expert-e"])
        #expect(Set(panel.seats.map(\.role)).count == 5)
        #expect(panel.seats.map(\.model) == ["a", "b", "a", "b", "a"])
        #expect(Set(panel.seats.map(\.temperature)).count == 4)
        #expect(Set(panel.seats.map(\.seed)).count == 5)
        #expect(panel.seats.allSatisfy { seat in Roster.standard.contains { $0.name == seat.role } })
    }

    @Test func `one model is nobody's in particular: any server may answer with its own`() {
        #expect(Panel(experts: 3, models: ["a"], team: Roster.standard).seats.allSatisfy { $0.model == nil })
    }

    @Test func `roles are specialists by name, or words`() {
        let panel = Panel(experts: 3, roles: ["security analyst", "a database\nadministrator"], team: Roster.standard)
        #expect(panel.seats.map(\.role) == ["Security Analyst", "a database administrator", "Security Analyst"])
        let own = Specialist(name: "Chemist", summary: "Knows what reacts with what", instructions: "x")
        #expect(
            Panel(experts: 1, roles: ["Chemist"], team: [own]).seats.first?.viewpoint == "Knows what reacts with what.")
        #expect(!Panel(experts: 2, team: []).seats.isEmpty)
    }

    @Test func `there are never none and never too many`() {
        #expect(Panel(experts: 0, team: []).seats.count == 1)
        #expect(Panel(experts: 99, team: []).seats.count == Panel.most)
    }

    @Test func `what the experts share stands first in each task, and is the same`() {
        let tasks = Panel(experts: 4, team: Roster.standard).tasks(
            question: "Why?", material: "a.c:\n1 | int a;", specialist: "Expert")
        #expect(Set(tasks.map(\.input.shared)) == ["a.c:\n1 | int a;"])
        #expect(Set(tasks.map(\.input.text)).count == 4)
        #expect(tasks.allSatisfy { $0.input.text.hasPrefix("The question: Why?") })
    }
}
