import TestSupport
import Testing

@testable import Sync

/// The rules by which two sides become equal, case by case.
@Suite struct AgreementTests {
    typealias Title = ScalarAgreement<String, String>
    typealias Labels = SetAgreement<String, String>

    /// GitHub's values are in capitals, Plane's are not.
    private static func title(_ name: String) -> Title {
        Title(Title.Pair(github: name.uppercased(), plane: name))
    }

    private static func observe(
        _ github: String,
        _ plane: String,
        _ title: inout Title,
        _ conflict: ConflictRule = .github
    ) -> News {
        title.observe(github, shown: github.lowercased(), plane: plane, conflict)
    }

    @Test func `what GitHub changed comes, and is not sent back`() {
        var title = Self.title("a")
        #expect(Self.observe("B", "a", &title) == .take)
        #expect(!title.isDirty("b"))
        #expect(Self.observe("B", "b", &title) == .none)
    }

    @Test func `what Plane changed is dirty until GitHub shows it`() {
        var title = Self.title("a")
        #expect(title.isDirty("b"))
        title.intend("B", for: "b")
        #expect(title.isDirty("b"), "nothing is agreed by being meant")
        #expect(Self.observe("A", "b", &title) == .none, "an older snapshot is no answer")
        #expect(title.isDirty("b"))
        #expect(Self.observe("B", "b", &title) == .sent)
        #expect(!title.isDirty("b"))
    }

    @Test func `an echo does not undo what was typed since`() {
        var title = Self.title("a")
        title.intend("B", for: "b")
        #expect(Self.observe("B", "c", &title) == .sent)
        #expect(title.isDirty("c"))
    }

    @Test func `of two changes the rule chooses`() {
        var title = Self.title("a")
        #expect(Self.observe("B", "c", &title) == .conflict(.github))
        #expect(!title.isDirty("b"))
        title = Self.title("a")
        #expect(Self.observe("B", "c", &title, .plane) == .conflict(.plane))
        #expect(title.isDirty("c"))
        title = Self.title("a")
        #expect(Self.observe("B", "b", &title, .plane) == .take)
        #expect(!title.isDirty("b"), "both made the same change")
        title = Self.title("a")
        #expect(Self.observe("B", "a", &title, .plane) == .take, "Plane changed nothing")
    }

    @Test func `a call that takes effect late is known again`() {
        var title = Self.title("a")
        title.intend("B", for: "b")
        title.intend("C", for: "c")
        #expect(Self.observe("C", "c", &title) == .sent)
        #expect(Self.observe("B", "c", &title) == .sent)
        #expect(title.isDirty("c"))
        title.forgetIntents()
        #expect(Self.observe("C", "c", &title) == .take)
        #expect(!title.isDirty("c"))
    }

    @Test func `additions and removals of both sides survive`() {
        var labels = Labels(["A": "a", "B": "b"])
        // GitHub: B went and C came. Plane: A went and D came.
        let change = labels.observe(["A": "a", "C": "c"], plane: ["b", "d"])
        #expect(change == .init(added: ["c"], removed: ["b"]))
        #expect(labels.difference(from: ["c", "d"]) == (["d"], ["A"]))
        labels.intend(.add("D", "d"))
        labels.intend(.remove("A"))
        #expect(labels.observe(["C": "c", "D": "d"], plane: ["c", "d"]) == .init())
        #expect(labels.difference(from: ["c", "d"]) == ([], []))
    }

    @Test func `an element that was taken off while it was sent is not put on again`() {
        var labels = Labels([:])
        labels.intend(.add("A", "a"))
        #expect(labels.observe(["A": "a"], plane: []) == .init())
        #expect(labels.difference(from: []) == ([], ["A"]))
        labels.intend(.remove("A"))
        #expect(labels.observe([:], plane: ["a"]) == .init())
        #expect(labels.difference(from: ["a"]) == (["a"], []))
    }

    @Test func `two of GitHub's elements may be one in Plane`() {
        var labels = Labels(["A": "a", "Ä": "a"])
        #expect(labels.observe(["A": "a"], plane: ["a"]) == .init())
        #expect(labels.difference(from: ["a"]) == ([], []))
        #expect(labels.observe([:], plane: ["a"]) == .init(removed: ["a"]))
    }
}
